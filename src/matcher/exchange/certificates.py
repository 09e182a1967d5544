"""Certificates in files: read with every fault and its path, written so that the same proofs give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from matcher.errors import BadInput, Fault
from matcher.exchange.faults import JsonPath, model_faults
from matcher.exchange.grid import say
from matcher.exchange.jsonfile import load_json
from matcher.problem.certificate import BY_ROLE, BY_START, Certificate

_ONE, _SEVERAL = "matcher-certificate/2", "matcher-certificates/2"


def read_certificates(path: Path, *, lang: str = "zh") -> tuple[Certificate, ...]:
    """The certificates in a .json file: one, or a list of several. Raises ``BadInput`` with every fault."""
    document = load_json(path, lang=lang)
    if document.get("format") == _ONE:
        rows: Any = [document]
        places = [JsonPath(())]
    else:
        rows = _listed(document, path, lang)
        places = [JsonPath(("certificates", number)) for number in range(len(rows))]
    found, faults = [], []
    for row, place in zip(rows, places):
        try:
            found.append(Certificate.model_validate(row))
        except ValidationError as error:
            faults += [_as_in_the_file(fault) for fault in model_faults(error, place, lang)]
    if faults:
        raise BadInput(faults)
    return tuple(found)


def _as_in_the_file(fault: Fault) -> Fault:
    """The fault at its place in the file, which does not say how a visit's prices are told."""
    return replace(fault, path=tuple(step for step in fault.path if step not in (BY_ROLE, BY_START)))


def _listed(document: dict[str, Any], path: Path, lang: str) -> list[Any]:
    if document.get("format") != _SEVERAL:
        raise BadInput([Fault(
            say(lang, f"“{path.name}”不是质量证明。", f'"{path.name}" is not a certificate.'),
            say(
                lang, "请用 matcher plan 写出的 certificate.json。", "Use the certificate.json that matcher plan wrote."
            ),
            path=("format",), code="format",
        )])
    rows = document.get("certificates")
    if not isinstance(rows, list) or not rows:
        raise BadInput([Fault(
            say(lang, "要写成列表 […]，至少一份。", "must be a list […] of one certificate at least."),
            path=("certificates",), code="list_type",
        )])
    faults = [
        Fault(say(lang, "没有这一项。", "is not known here."), path=(key,), code="extra_forbidden")
        for key in sorted(document.keys() - {"format", "certificates"})
    ]
    if faults:
        raise BadInput(faults)
    return rows


def certificates_json(certificates: Iterable[Certificate]) -> str:
    """Certificates as one JSON document; each visit's prices on a line of their own."""
    documents = []
    for certificate in certificates:
        facts = certificate.model_dump(mode="json")
        prices = sorted(facts.pop("duals").items())
        rows = ",\n".join(f"{json.dumps(visit, ensure_ascii=False)}: {json.dumps(own)}" for visit, own in prices)
        documents.append(f'{json.dumps(facts, ensure_ascii=False)[:-1]}, "duals": {{\n{rows}\n}}}}')
    listed = ",\n".join(documents)
    return f'{{"format": "{_SEVERAL}", "certificates": [\n{listed}\n]}}'

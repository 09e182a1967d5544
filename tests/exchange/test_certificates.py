"""Certificates in files: what is written reads back the same, beside the roster it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from output_samples import wu_plan

from matcher.errors import BadInput
from matcher.exchange import page
from matcher.exchange.certificates import certificates_json, read_certificates
from matcher.exchange.outputs import write_outputs
from matcher.problem.certificate import Certificate

NEEDS = Certificate(scenario="ab", tier="needs", bound=3, duals={"吴伯/2": [3000], "event/1": [0, 12]})
QUALITY = Certificate(
    scenario="ab", tier="quality", needs=3, bound=70, lambda_milli=9,
    duals={"吴伯/1": [("2026-12-05T09:00:00+08:00", [7, 0]), ("2026-12-05T10:00:00+08:00", [0, 8])], "goods/1": [(None, [5])]},
)


@pytest.mark.parametrize("certificates", [(NEEDS,), (QUALITY, NEEDS)], ids=["one", "two"])
def test_what_is_written_reads_back(tmp_path, certificates):
    path = tmp_path / "certificate.json"
    path.write_text(certificates_json(certificates), "utf-8")
    assert read_certificates(path) == certificates


def test_the_order_of_prices_does_not_change_the_bytes():
    turned = NEEDS.model_copy(update={"duals": dict(reversed(NEEDS.duals.items()))})
    assert certificates_json([NEEDS]) == certificates_json([turned])


def test_a_plan_with_a_proof_writes_it_down(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "render_pdf", lambda html: None)
    write_outputs(replace(wu_plan(), certificates=(NEEDS,)), tmp_path / "out")
    assert read_certificates(tmp_path / "out" / "certificate.json") == (NEEDS,)


def test_every_fault_is_told_with_its_place(tmp_path):
    path = tmp_path / "certificate.json"
    text = certificates_json([NEEDS, QUALITY]).replace('"bound": 3,', '"bound": "three",')
    path.write_text(text.replace('"needs": 3,', '"needs": -3,'), "utf-8")
    with pytest.raises(BadInput) as told:
        read_certificates(path, lang="en")
    assert [fault.where for fault in told.value.faults] == ["certificates[0].bound", "certificates[1].needs"]

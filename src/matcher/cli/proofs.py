"""Certificates on the command line: read before the judge works, verified after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from matcher.cli.text import Language

if TYPE_CHECKING:
    from matcher.domain.scenario import Scenario
    from matcher.problem.certificate import Certificate, Verdict
    from matcher.problem.roster import Report


def read_proofs(path: Path | None, lang: Language) -> tuple[Certificate, ...]:
    """The certificates of a file, or of the folder ``plan`` wrote; none if none was asked for."""
    if path is None:
        return ()
    from matcher.exchange.certificates import read_certificates

    return read_certificates(path / "certificate.json" if path.is_dir() else path, lang=lang)


def verify_proofs(scenario: Scenario, proofs: tuple[Certificate, ...], report: Report) -> tuple[Verdict, ...]:
    """What each certificate proves about a roster the judge has reported on."""
    if not proofs:
        return ()
    from matcher.problem.certificate import verify
    from matcher.problem.problem import Problem

    problem = Problem.of(scenario)
    return tuple(verify(problem, proof, report=report) for proof in proofs)

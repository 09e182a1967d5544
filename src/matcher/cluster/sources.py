"""The communities to plan: files and folders of files; each is read when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from matcher.cluster.words import say
from matcher.domain.scenario import Scenario
from matcher.errors import BadInput, Fault

_FILES = (".json", ".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Facts:
    """A community's facts, and what was assumed on reading them."""

    scenario: Scenario
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Community:
    """A community to plan; ``read`` gives its facts, or raises ``BadInput`` with every fault."""

    name: str
    read: Callable[[], Facts]


def communities_in(
    paths: Iterable[Path], *, encoding: str | None = None, lang: str | None = None, spoken: str = "zh"
) -> list[Community]:
    """A community per file. A folder of .csv files is one too; any other folder stands for what lies in it.

    Nothing is read yet; faults found then are told in ``lang``, else in the file's own. Raises ``BadInput`` for paths
    that lead nowhere, folders without any scenario, and names that occur twice: a community is called after its file.
    """
    faults: list[Fault] = []
    found: dict[str, Path] = {}
    for path in paths:
        scenarios = list(_scenarios(path))
        if not scenarios:
            key = "no-scenarios" if path.is_dir() else "no-such-path" if not path.exists() else "not-a-scenario"
            faults.append(Fault(say(key, spoken, path=path), say(f"{key}-advice", spoken), code=key))
        for one in scenarios:
            name = one.name if one.is_dir() else one.stem
            other = found.setdefault(name.casefold(), one)
            if other.absolute() != one.absolute():
                message = say("same-name", spoken, name=name, one=other, other=one)
                faults.append(Fault(message, say("same-name-advice", spoken), code="same-name"))
    if faults:
        raise BadInput(faults)
    return [Community(path.name if path.is_dir() else path.stem, _reader(path, encoding, lang)) for path in found.values()]


def _scenarios(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        if path.exists() and path.suffix.lower() in _FILES:
            yield path
        return
    if _is_csv_folder(path):
        yield path
        return
    for inside in sorted(path.iterdir()):
        is_ours = not inside.name.startswith((".", "~$"))
        if is_ours and (_is_csv_folder(inside) if inside.is_dir() else inside.suffix.lower() in _FILES):
            yield inside


def _is_csv_folder(path: Path) -> bool:
    return any(inside.suffix.lower() == ".csv" for inside in path.iterdir())


def _reader(path: Path, encoding: str | None, lang: str | None) -> Callable[[], Facts]:
    def read() -> Facts:
        from matcher.exchange import read_scenario

        facts = read_scenario(path, encoding=encoding, lang=lang)
        return Facts(facts.scenario, tuple(str(fault) for fault in (*facts.assumptions, *facts.warnings)))

    return read

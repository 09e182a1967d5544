"""What is done stays done: a folder per community, written whole, that says of which facts and config it was made."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from matcher.cluster.words import say
from matcher.errors import BadInput
from matcher.exchange.files import write_whole
from matcher.exchange.outputs import file_stems
from matcher.service.solving.config import RunConfig

FORMAT, DISTRICT_FORMAT = "matcher-checkpoint/1", "matcher-district/1"
MARK, SUMMARY = "checkpoint.json", "district.json"
_LOCK, _ASIDE = ".lock", ".making-"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a community's roster is made of. The same again need not be made again."""

    scenario: str
    """Fingerprint of the facts."""
    config: Mapping[str, Any]
    """Seed, limits and strategy; and whether there are pages."""


def asked_of(scenario: str, config: RunConfig, *, pages: bool) -> Asked:
    """What decides over a roster; how much memory it may take does not, nor do seconds where work is counted."""
    idle = {"memory_mb"} if config.work is None else {"memory_mb", "seconds"}
    return Asked(scenario, config.model_dump(exclude=idle) | {"pages": pages})


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A community that is done."""

    community: str
    asked: Asked
    files: Mapping[str, str]
    """SHA-256 of every file."""
    tiers: tuple[dict[str, Any], ...]
    visits: int
    """With a crew."""
    empty: int
    """Seats nobody fills."""
    window: Mapping[str, str]
    """The days that were planned: start and end."""
    attempts: int = 1
    seconds: float = 0.0
    used: Mapping[str, float] = field(default_factory=dict)
    """Processor seconds and memory."""


class DistrictFolder:
    """The folder of a district: ``district.json``, and a folder per community."""

    def __init__(self, path: Path, names: list[str], lang: str) -> None:
        self.path, self._lang = path, lang
        self._stems = file_stems((name, "") for name in names)

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts nobody else writes here.

        Raises ``BadInput`` if somebody does, or if the folder holds what is not ours.
        """
        with ExitStack() as stack:
            try:
                self._enter(stack)
            except OSError as error:
                raise _refused(error, self.path, self._lang) from error
            yield

    def _enter(self, stack: ExitStack) -> None:
        path, lang = self.path, self._lang
        if path.exists() and not (path / SUMMARY).is_file() and any(one.name != _LOCK for one in path.iterdir()):
            raise BadInput(say("not-ours", lang, path=path), say("not-ours-advice", lang))
        path.mkdir(parents=True, exist_ok=True)
        _lock(stack.enter_context((path / _LOCK).open("w")).fileno(), path, lang)
        for left in path.glob(f"{_ASIDE}*"):  # by a run that was killed while it wrote
            shutil.rmtree(left, ignore_errors=True)

    def of(self, community: str) -> Path:
        """The community's folder."""
        return self.path / self._stems[community]

    def found(self, community: str, asked: Asked) -> tuple[Checkpoint | None, str]:
        """The checkpoint, if it is whole and of the same facts and config; else why not: a key of the words, or nothing."""
        folder = self.of(community)
        if not folder.exists():
            return None, ""
        try:
            told = json.loads((folder / MARK).read_text("utf-8"))
            if told.pop("format") != FORMAT:
                return None, "damaged"
            told["asked"] = Asked(**told["asked"])
            told["tiers"] = tuple(told["tiers"])
            checkpoint = Checkpoint(**told)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None, "damaged"
        if checkpoint.asked.scenario != asked.scenario:
            return None, "facts-changed"
        if dict(checkpoint.asked.config) != dict(asked.config):
            return None, "config-changed"
        return (checkpoint, "") if _is_whole(folder, checkpoint.files) else (None, "damaged")

    def keep(self, community: str, asked: Asked, made: Mapping[str, Any], *, attempts: int, seconds: float) -> Checkpoint:
        """Write a community's files and its checkpoint, whole or not at all; what was there before goes."""
        files = {name: b64decode(content) for name, content in made["files"].items()}
        roster = json.loads(files["roster.json"])
        checkpoint = Checkpoint(
            community, asked, {name: _digest(content) for name, content in sorted(files.items())},
            tuple(roster["tiers"]), len(roster["visits"]), sum(one["count"] for one in roster["unfilled"]),
            made["window"], attempts, round(seconds, 3), made.get("used", {}),
        )
        told = {"format": FORMAT} | asdict(checkpoint)
        files[MARK] = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
        try:
            _replace_folder(self.of(community), files)
        except OSError as error:
            raise _refused(error, self.path, self._lang) from error
        return checkpoint

    def summarize(self, told: Mapping[str, Any]) -> None:
        """Write ``district.json``, whole."""
        text = json.dumps({"format": DISTRICT_FORMAT} | dict(told), ensure_ascii=False, indent=1) + "\n"

        def write(path: Path) -> None:
            path.write_text(text, "utf-8")

        write_whole(self.path / SUMMARY, write, self._lang)


def _lock(handle: int, path: Path, lang: str) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BadInput(say("in-use", lang, path=path), say("in-use-advice", lang)) from error


def _is_whole(folder: Path, files: Mapping[str, str]) -> bool:
    with suppress(OSError):
        return all(_digest((folder / name).read_bytes()) == digest for name, digest in files.items())
    return False


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=folder.parent))
    try:
        whole = aside / "whole"
        whole.mkdir()
        for name, content in files.items():
            path = whole / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            folder.rename(aside / "before")
        whole.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _refused(error: OSError, path: Path, lang: str) -> BadInput:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BadInput(say("disk-full", lang, path=path), say("disk-full-advice", lang))
    reason = error.strerror or os.strerror(error.errno or 0)
    return BadInput(say("unwritable", lang, path=path, reason=reason), say("unwritable-advice", lang))

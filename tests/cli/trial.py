"""One trial: a command run in this process on a spoiled file, and everything that is wrong with how it ended."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import mutants

from matcher.cli.main import run

LONGEST_SECONDS = 20
MACHINE_WORDS = re.compile(
    r"Traceback|<class|object at 0x|pydantic|ValidationError|\[Errno|NoneType|Error\(|unhashable|has no attribute|"
    r"errors\.pydantic|validation error|Input should|argument must"
)
"""What no coordinator should read."""


class TooLongError(BaseException):
    """Not an Exception: nothing may catch it and go on."""


@dataclass
class Ended:
    """How a command ended."""

    words: list[str]
    code: int
    out: str
    err: str
    seconds: float
    log: str = ""


@dataclass
class Verdict:
    """A trial and what is wrong with it, if anything."""

    case: str
    ended: Ended
    wrong: list[str] = field(default_factory=list)


def call(words: list[str], logs: Path) -> Ended:
    """Run a command as the shell would; streams as strict as a terminal's."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace", write_through=True)
    began, code = time.process_time(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _alarm(LONGEST_SECONDS):
        try:
            run(words)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        except TooLongError:
            code = 124
    seconds = time.process_time() - began
    log = "".join(path.read_text("utf-8") for path in logs.glob("matcher-*.log"))
    for path in logs.glob("matcher-*.log"):
        path.unlink()
    return Ended(words, code, _text(out), _text(err), seconds, log)


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextlib.contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooLongError

    # Seconds of work, not of the clock: a busy machine is no fault of the file.
    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def quiet_room(folder: Path) -> Iterator[Path]:
    """A place for logs, and pages without the slow PDF; the folder commands are run in."""
    from matcher.exchange import page

    logs = folder / "logs"
    logs.mkdir()
    before, pdf = tempfile.tempdir, page.render_pdf
    tempfile.tempdir = str(logs)
    page.render_pdf = lambda _html: None
    try:
        yield logs
    finally:
        tempfile.tempdir, page.render_pdf = before, pdf


# ---------------------------------------------------------------------------------------------------- trials


def trial(seed: int, number: int, folder: Path, logs: Path) -> Verdict:
    """The numbered trial of a seed, in an empty folder."""
    dice = random.Random(f"{seed}/{number}")
    make = dice.choice(
        (mutants.spoiled_workbook, mutants.spoiled_csv, mutants.spoiled_json, mutants.odd_json, _with_a_roster)
    )
    return make(dice, folder, logs) if make is _with_a_roster else _of_a_scenario(make(dice), dice, folder, logs)


def _of_a_scenario(mutant: mutants.Mutant, dice: random.Random, folder: Path, logs: Path) -> Verdict:
    path = mutant.write(folder)
    command = dice.choices(("convert", "plan", "supply"), (4, 6, 4) if mutant.kind == "odd" else (15, 3, 1))[0]
    out = folder / dice.choice(("out", "out.json", "out.xlsx") if command == "convert" else ("out",))
    words = {
        "convert": ["convert", str(path), str(out)],
        "plan": ["plan", str(path), "-o", str(out), "--strategy", "flow", "--work", "0.001", "--workers", "1"],
        "supply": ["supply", str(path)],
    }[command]
    return _judged(mutant, words + _manner(dice), out, folder, logs, dice)


def _manner(dice: random.Random) -> list[str]:
    lang = dice.choice(([], ["--lang", "zh"], ["--lang", "en"]))
    return lang + (["--json"] if dice.random() < 0.5 else [])


def _with_a_roster(dice: random.Random, folder: Path, logs: Path) -> Verdict:
    name = dice.choice(mutants.NAMES)
    mutant = mutants.spoiled_roster(name, dice)
    path = mutant.write(folder)
    facts = mutants.ROOT / "scenarios" / name / "scenario.json"
    words = [dice.choice(("check", "check", "explain")), str(facts), str(path)]
    return _judged(mutant, words + _manner(dice), None, folder, logs, dice)


def _judged(
    mutant: mutants.Mutant, words: list[str], out: Path | None, folder: Path, logs: Path, dice: random.Random
) -> Verdict:
    before = set(os.listdir(folder))
    ended = call(words, logs)
    verdict = Verdict(f"{mutant.kind} {'+'.join(mutant.done)}", ended, list(_how_it_ended(ended)))
    new = set(os.listdir(folder)) - before
    wanted = {out.name} if out is not None and ended.code == 0 and words[0] != "supply" else set()
    if new != wanted:
        verdict.wrong.append(f"files: {sorted(new)} instead of {sorted(wanted)}")
    if mutant.secret and _tells(mutants.SECRET, ended, folder / out.name if out else None):
        verdict.wrong.append("an identity number is told")
    if words[0] == "convert" and ended.code == 0 and dice.random() < 0.3 and out is not None:
        verdict.wrong += _read_again(out, folder, logs)
    return verdict


def _how_it_ended(ended: Ended) -> Iterator[str]:
    allowed = (0, 2, 3, 4) if ended.words[0] == "check" else (0, 2, 3)
    if ended.code == 124:
        yield f"longer than {LONGEST_SECONDS} s"
    elif ended.code not in allowed:
        yield f"exit {ended.code}"
    if ended.log:
        yield "traceback"
    if ended.code in (2, 3) and "--json" in ended.words:
        yield from _told_to_machines(ended)
    elif ended.code in (2, 3) and (len(ended.err.strip()) < 12 or ended.out.strip()):
        yield "no sentence, or in the wrong stream"
    if found := MACHINE_WORDS.search(ended.err if ended.code in (2, 3) else ""):
        yield f"machine words: {found[0]}"


def _told_to_machines(ended: Ended) -> Iterator[str]:
    try:
        told: dict[str, Any] = json.loads(ended.out)["error"]
    except (ValueError, KeyError):
        yield "not JSON"
        return
    for fault in told.get("faults", []):
        if len(fault["message"]) < 4:
            yield f"an empty message: {fault}"
        if not fault["where"] and not fault["advice"]:
            yield f"neither place nor advice: {fault['message'][:80]}"
        if found := MACHINE_WORDS.search(fault["message"] + fault["advice"]):
            yield f"machine words: {found[0]}"


def _tells(secret: str, ended: Ended, out: Path | None) -> bool:
    if secret in ended.out + ended.err + ended.log:
        return True
    files = (
        [path for path in (out.rglob("*") if out.is_dir() else [out]) if path.is_file()] if out and out.exists() else []
    )
    return any(secret.encode() in _unpacked(path) for path in files)


def _unpacked(path: Path) -> bytes:
    import zipfile

    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def _read_again(out: Path, folder: Path, logs: Path) -> Iterator[str]:
    """What was written can be read, and is the same."""
    first, second = folder / "first.json", folder / "second.json"
    again = call(["convert", str(out), str(first)], logs)
    if again.code != 0:
        yield f"its own output is refused: exit {again.code} {again.err[-400:]}{again.log[-400:]}"
    elif out.suffix == ".json" and out.read_bytes() != first.read_bytes():
        yield "its own output reads differently"
    second.unlink(missing_ok=True)
    first.unlink(missing_ok=True)

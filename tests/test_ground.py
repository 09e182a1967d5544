"""The ground everything stands on: floors, locks, what a commit may not name, and how fast help is."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""  # a workbook or a picture


def test_a_file_imports_only_from_its_own_floor_or_below():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_versions_and_hashes_and_no_address(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert pins
    assert all(re.match(r"[a-z0-9][a-z0-9._-]*==[^ ]+ ", pin) for pin in pins), "every package at one version"
    assert sum("--hash=sha256:" in line for line in lines) >= len(pins)
    assert not [line for line in lines if re.search(r"https?:|file:|index-url|find-links|@ ", line)]


def test_both_locks_agree():
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9][^ ]*==[^ ]+", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    assert versions("requirements.lock") <= versions("requirements-dev.lock")


def test_the_lock_holds_every_run_time_dependency():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    for line in wanted:
        name = re.split(r"[<>=!~\[ ]", line)[0].lower().replace("_", "-")
        assert re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE), name


# Put together here, so that this file does not name them itself.
_FOLDERS = "|".join(["work", "opt", "root", "home", "tmp"])
_MACHINE_PATH = re.compile(rf"(?:^|[\s\"'`(=])/(?:{_FOLDERS})/\w", re.MULTILINE)
_PACKAGE_HOST = re.compile("|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "index" + r"-url\s*="]))


@pytest.mark.parametrize("unwanted", [_MACHINE_PATH, _PACKAGE_HOST], ids=["machine path", "package host"])
def test_no_file_names_a_machine_or_a_package_host(unwanted):
    found = {path.relative_to(ROOT): unwanted.findall(_text(path)) for path in _tracked()}
    assert not {path: words for path, words in found.items() if words}


def test_help_needs_no_heavy_import():
    script = (
        "import sys\nfrom matcher.cli import main\n"
        "heavy = {'numpy', 'pandas', 'ortools', 'pydantic', 'openpyxl', 'networkx', 'rich.table'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

"""What encryption at rest costs: a large community imported, put together, and claimed in, with a key and without.

``python -m benchmarks.encryption [--visits N]``: processor time of each, in one run, on SQLite; a table to standard output.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from matcher.generate import generate
from matcher.store import facts
from matcher.store.address import address_of
from matcher.store.assembly import replace_facts, scenario_of
from matcher.store.crypto import NO_KEYS, keyring, new_key
from matcher.store.database import Database
from matcher.store.migrate import upgrade
from matcher.store.scope import Scope
from matcher.store.tenants import ensure

HERE = Scope("main", "town")
CLAIMS = 200


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="quantang")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    scenario = generate(asked.preset, 1)
    count = sum(len(getattr(scenario, noun)) for noun in ("places", "residents", "volunteers", "teams", "wishes", "claims", "history"))
    rows = {"plain": [], "encrypted": []}
    for _ in range(asked.rounds):  # in turns: the machine is the same for both
        for name, ring in (("plain", NO_KEYS), ("encrypted", keyring(new_key()))):
            rows[name].append(measured(scenario, ring))
    print(f"{asked.preset}: {count} facts; the least of {asked.rounds} rounds, seconds of processor time\n")
    print("| | plain | encrypted | ratio |\n|---|---|---|---|")
    for place, title in enumerate(("import", "put together", f"one of {CLAIMS} facts put", "bytes of the file")):
        plain, sealed = (min(row[place] for row in rows[name]) for name in ("plain", "encrypted"))
        print(f"| {title} | {plain:.4g} | {sealed:.4g} | {sealed / plain:.2f} |")


def measured(scenario, ring):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "town.db"
        database = Database(address_of(str(path)), lang="en", keys=ring)
        upgrade(database)
        ensure(database, HERE, "bench")
        began = time.process_time()
        with database.writing(HERE, "bench") as session:
            replace_facts(session, scenario)
        imported = time.process_time()
        with database.reading(HERE) as session:
            assert scenario_of(session).fingerprint == scenario.fingerprint
        read = time.process_time()
        for number in range(CLAIMS):
            with database.writing(HERE, "bench") as session:
                facts.put(session, "teams", {"id": f"bench-{number}", "name": "队"})
        put = time.process_time()
        database.close()
        return imported - began, read - imported, (put - read) / CLAIMS, path.stat().st_size


if __name__ == "__main__":
    main()

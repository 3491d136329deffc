"""Prints every case with what it owes and got as a Markdown table; failures first.

    python tests/faults/table.py [PATTERN] [--plain] [--wrong] [--apart]

``--plain`` adds what ordinary geopandas code answers; ``--wrong`` prints failures only;
``--apart`` runs each case in a process of its own, which a driver may bring down.
"""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from corpus.all import all_cases
from corpus.ground import Case, bed
from corpus.judged import MILD, Got, judged, wrong
from corpus.plain import plain_answer

PATIENCE_S = 60


def main() -> int:
    """Runs the cases; 1 where one does not get what it owes."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("pattern", nargs="?", default="*")
    ask.add_argument("--plain", action="store_true")
    ask.add_argument("--wrong", action="store_true")
    ask.add_argument("--apart", action="store_true")
    asked = ask.parse_args()
    picked = [one for one in all_cases() if fnmatch(f"{one.group}-{one.name}", asked.pattern)]
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = Path(name)
        bed(root / "shared")
        rows = [_row(one, root, plain=asked.plain, apart=asked.apart) for one in picked]
    faulty = [row for row in rows if row[3]]
    print("| case | group | owes | got | plain geopandas |\n|---|---|---|---|---|")
    for case, got, plain, fault in faulty if asked.wrong else [*rows]:
        mark = "**wrong** " if fault else ""
        print(f"| {case.name} | {case.group} | {case.owes} | {mark}{got.outcome} | {plain} |")
    for case, _, _, fault in faulty:
        print(f"\n{case.group}-{case.name}: {' '.join(fault.split())[:400]}")
    _totals([(case, got, plain) for case, got, plain, _ in rows], len(faulty))
    return 1 if faulty else 0


def _row(case: Case, root: Path, *, plain: bool, apart: bool) -> tuple[Case, Got, str, str]:
    folder = root / f"{case.group}-{case.name}"
    beside = folder.with_name(f"plain-{folder.name}")

    def asked() -> Got:
        return judged(case, folder, root / "shared")

    def asked_plainly() -> Got:
        return Got(plain_answer(case.build(beside, root / "shared")), "")

    got = _apart(asked) if apart else asked()
    answer = _apart(asked_plainly).outcome if plain else ""
    shutil.rmtree(folder, ignore_errors=True)
    return case, got, answer, wrong(case, got)


def _apart(run: Callable[[], Got]) -> Got:
    """The answer found in a child process, which a driver may bring down."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE_S)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # drivers print past Python
        try:
            os.write(writing, pickle.dumps(run()))
        except Exception as error:  # noqa: BLE001 - a case that cannot be made must be shown
            os.write(writing, pickle.dumps(Got("not made", repr(error))))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        content = told.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(content) if content else Got("crashed", f"process died: {status}")


def _totals(rows: list[tuple[Case, Got, str]], faulty: int) -> None:
    bad = [row for row in rows if not row[0].is_good]
    good = [row for row in rows if row[0].is_good]
    print(f"\n{len(bad)} bad inputs, {len(good)} good; {faulty} do not get what they owe")
    print(f"wrong permission: geozone {sum(got.is_wrong_permission for _, got, _ in bad)}", end="")
    print(f", plain geopandas {sum(plain in MILD for _, _, plain in bad)}")
    print(f"good refused: geozone {sum(got.outcome == 'refused' for _, got, _ in good)}", end="")
    print(f", plain geopandas {sum(plain not in ('', 'prohibited') for _, _, plain in good)}")
    print(dict(sorted(Counter(case.group for case, _, _ in rows).items())))


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"{time.monotonic() - started:.0f} s")
    sys.exit(code)

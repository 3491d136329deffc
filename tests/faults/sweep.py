"""Cuts files at every 5 % and turns single bits over, and sorts what reading them gives.

    python tests/faults/sweep.py [--flips N]      2,000 bits over all formats by default

Each damaged file is read as the only layer of a project, in a child process. Outcomes:

- ``refused``   reading stops;
- ``seen``      it is read, and the receipt tells other counts, repairs, CRS or encoding;
- ``nothing``   it is read, and every shape and value is as before: the bits are not used;
- ``hair``      it is read, and corners lie less than a millimetre from where they were;
- ``moved``     it is read, and corners lie elsewhere;
- ``words``     it is read, and a text has other characters;
- ``shape``     it is read, and something has another number of corners;
- ``crashed``   an exception that is no refusal, or the process died.

With the hash declared every one has to be refused. Seeded: the same bits each time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import shapely
from corpus.samples import KINDS, SEED, files_of, read, write

from geozone.law.errors import Refused

STEPS = range(5, 100, 5)


@dataclass(frozen=True)
class Damage:
    """One damage: a file cut at a share of its length, or a bit of a byte turned over."""

    kind: str
    """The format, by its ending."""
    file: str
    keep: int = -1
    """Bytes that stay; -1 for all."""
    at: int = -1
    bit: int = 0

    def done_to(self, content: bytes) -> bytes:
        if self.at < 0:
            return content[: self.keep]
        changed = bytearray(content)
        changed[self.at] ^= 1 << self.bit
        return bytes(changed)


def told(layer: Any) -> str:
    """What the receipt says of the content, without its hashes."""
    receipt = {k: v for k, v in asdict(layer.receipt).items() if k not in ("sha256", "files")}
    return json.dumps(receipt, sort_keys=True, default=str)


def content(layer: Any) -> str:
    """A digest of every shape, class and attribute."""
    digest = hashlib.sha256()
    for one in layer.shapes:
        digest.update(one.wkb)
    digest.update(json.dumps([layer.classes, dict(layer.attributes), layer.ids]).encode())
    digest.update(layer.coverage.wkb)
    return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class Good:
    """The sample of a format as read whole."""

    layer: Any
    told: str
    content: str


def changed(layer: Any, good: Any) -> str:
    """What is other than was written: ``hair``, ``moved``, ``words`` or ``shape``."""
    here, there = (shapely.get_coordinates(one.shapes) for one in (layer, good))
    if here.shape != there.shape or not layer.coverage.equals(good.coverage):
        return "shape"
    if (layer.attributes, layer.classes, layer.ids) != (good.attributes, good.classes, good.ids):
        return "words"
    return "hair" if np.abs(here - there).max(initial=0.0) < 0.001 else "moved"


def outcome(folder: Path, damage: Damage, good: Good) -> tuple[str, bool]:
    """How a damaged file is read, and whether the declared hash has it refused."""
    path = folder / damage.file
    whole = path.read_bytes()
    path.write_bytes(damage.done_to(whole))
    try:
        plain = _sorted(lambda: read(folder, damage.kind), good)
        hashed = _sorted(lambda: read(folder, damage.kind, good.layer.receipt.sha256), good)
    finally:
        path.write_bytes(whole)
    return plain, hashed == "refused"


def _sorted(reading: Callable[[], Any], good: Good) -> str:
    try:
        layer = reading()
    except Refused:
        return "refused"
    except Exception as error:  # noqa: BLE001 - a crash is what is looked for
        return f"crashed: {error!r}"
    if told(layer) != good.told:
        return "seen"
    return "nothing" if content(layer) == good.content else changed(layer, good.layer)


def work() -> None:
    """Reads damages from standard input, one a line, and prints the outcome of each."""
    folder = Path(sys.argv[2])
    good: dict[str, Good] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for line in sys.stdin:
            damage = Damage(**json.loads(line))
            if damage.kind not in good:
                layer = read(folder, damage.kind)
                good[damage.kind] = Good(layer, told(layer), content(layer))
            print(json.dumps(outcome(folder, damage, good[damage.kind])), flush=True)


def outcomes(folder: Path, damages: Sequence[Damage]) -> list[tuple[str, bool]]:
    """The outcome of each damage; a child that dies is a crash of the damage it was at."""
    found: list[tuple[str, bool]] = []
    while len(found) < len(damages):
        write(folder)  # whole again, should the last child have died over a damaged file
        rest = "".join(json.dumps(asdict(one)) + "\n" for one in damages[len(found) :])
        call = [sys.executable, __file__, "--work", str(folder)]
        done = subprocess.run(call, input=rest, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
        found += [(str(plain), bool(hashed)) for plain, hashed in lines]
        if len(found) < len(damages):
            last = done.stderr.strip().splitlines()[-1:] or [""]
            found.append((f"crashed: the process died ({done.returncode}) {last[0]}", False))
    return found


def cuts(folder: Path) -> Iterator[Damage]:
    """Every file that holds data cut at every 5 % of its length."""
    for kind in KINDS:
        for name in files_of(kind):
            if not name.endswith(("prj", "cpg")):
                size = (folder / name).stat().st_size
                for share in STEPS:
                    yield Damage(kind, name, keep=size * share // 100)


def flips(folder: Path, number: int) -> Iterator[Damage]:
    """Seeded bits, as many of each format, spread over its files by their size."""
    random_ = random.Random(SEED)
    for i in range(number):
        kind = KINDS[i % len(KINDS)]
        sizes = [(name, (folder / name).stat().st_size) for name in files_of(kind)]
        at = random_.randrange(sum(size for _, size in sizes))
        for name, size in sizes:
            if at < size:
                yield Damage(kind, name, at=at, bit=random_.randrange(8))
                break
            at -= size


@dataclass(frozen=True)
class Swept:
    """A sweep: what was done to the files, and what came of it."""

    damages: tuple[Damage, ...]
    found: tuple[tuple[str, bool], ...]

    @property
    def crashes(self) -> list[str]:
        both = zip(self.damages, self.found, strict=True)
        return [f"{one}: {said}" for one, (said, _) in both if said.startswith("crashed")]

    @property
    def accepted_against_their_hash(self) -> list[Damage]:
        both = zip(self.damages, self.found, strict=True)
        return [one for one, (_, refused) in both if not refused]

    def table(self) -> str:
        """Markdown: a row per format, a column per outcome."""
        columns = ("refused", "seen", "nothing", "hair", "moved", "words", "shape", "crashed")
        counts = Counter(
            (one.kind, said.partition(":")[0])
            for one, (said, _) in zip(self.damages, self.found, strict=True)
        )
        rows = [f"| format | {' | '.join(columns)} | all |", "|---|" + "---:|" * 9]
        for kind in KINDS:
            row = [counts[kind, one] for one in columns]
            rows.append(f"| {kind} | {' | '.join(map(str, row))} | {sum(row)} |")
        return "\n".join(rows)


def sweep(folder: Path, damages: Sequence[Damage]) -> Swept:
    return Swept(tuple(damages), tuple(outcomes(folder, damages)))


def main() -> int:
    """Runs the whole sweep; 1 where something crashed or passed against its hash."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--flips", type=int, default=2000)
    number = ask.parse_args().flips
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        for title, damages in (("cut", [*cuts(folder)]), ("flipped", [*flips(folder, number)])):
            swept = sweep(folder, damages)
            print(f"\n{title}: {len(damages)}\n\n{swept.table()}\n")
            for line in swept.crashes:
                print(line)
            bad += len(swept.crashes) + len(swept.accepted_against_their_hash)
            print(f"accepted against their hash: {len(swept.accepted_against_their_hash)}")
            if title == "cut":
                both = zip(damages, swept.found, strict=True)
                print(*(f"{one}: {said}" for one, (said, _) in both if said != "refused"), sep="\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(work() if sys.argv[1:2] == ["--work"] else main())

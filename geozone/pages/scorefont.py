"""A font with Chinese letters for charts, out of those on the machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

KNOWN = (
    "notosanssc", "notosanscjk", "sourcehansanssc", "sourcehansans", "msyh", "simhei", "deng",
    "pingfang", "hiraginosansgb", "stheiti", "wqy", "droidsansfallback", "simsun", "notoserifsc",
    "notoserifcjk", "unifont",
)  # fmt: skip
"""How the files of such fonts begin, the better ones first; boldness is left out."""

_BOLD = ("bold", "black", "heavy", "bd", "light", "thin")
_FACES = 12
"""Faces of a collection that are looked at for the one of simplified Chinese."""


@cache
def chinese_font(letters: str) -> Any:  # a path of matplotlib's, which has no better type
    """A font file that has every one of the letters; none where the machine has no such font.

    Of a collection of faces that of simplified Chinese. Needs matplotlib.
    """
    from matplotlib import font_manager  # noqa: PLC0415 - only charts need it

    for path in _candidates(font_manager.findSystemFonts()):
        for face in _faces(path):
            if _has(path, face, letters):
                return font_manager.FontPath(str(path), face)
    return None


def _candidates(found: Iterable[str]) -> list[Path]:
    ranked = []
    for path in map(Path, found):
        name = path.stem.lower().replace("-", "").replace("_", "").replace(" ", "")
        rank = next((at for at, known in enumerate(KNOWN) if name.startswith(known)), None)
        if rank is not None:
            ranked.append((any(one in name for one in _BOLD), rank, str(path)))
    return [Path(path) for _, _, path in sorted(ranked)]


def _faces(path: Path) -> Sequence[int]:
    """The faces of a file, those of simplified Chinese first."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - as above

    names: list[str] = []
    for face in range(_FACES if path.suffix.lower() in (".ttc", ".otc") else 1):
        try:
            names.append(FT2Font(str(path), face_index=face).family_name)
        except (OSError, RuntimeError):  # no more faces, or none that can be read
            break
    return sorted(range(len(names)), key=lambda at: (not names[at].endswith(("SC", "GB")), at))


def _has(path: Path, face: int, letters: str) -> bool:
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - as above

    font = FT2Font(str(path), face_index=face)
    return all(font.get_char_index(ord(one)) for one in letters if not one.isspace())

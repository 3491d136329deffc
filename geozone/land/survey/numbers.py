"""Numbers and marks as surveyors type them: full-width characters, and digits that lose nothing."""

from __future__ import annotations

import re

FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(0x5E)} | {0x3000: " "}
"""Full-width letters, digits and marks, and their ASCII twins."""
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
WRONG = {
    r"[+-]?[\d.]+[eEdD][+-]?\d+": "科学计数法会丢失位数 / exponents lose digits",
    r"[+-]?\d{1,3}([, ']\d{3})+(\.\d*)?": "千位分隔符 / thousands separator",
    r"[+-]?\d+,\d+": "小数逗号 / decimal comma",
}
"""What is often written in place of a plain number."""


def half_width(text: str) -> str:
    """The text with full-width ASCII brought to half width."""
    return text.translate(FULL_WIDTH)


def plain_number(text: str) -> float:
    """A coordinate in plain decimal digits. Raises ``ValueError``, which says what else it is."""
    bare = half_width(text).strip()
    if PLAIN.fullmatch(bare):
        return float(bare)
    why = next((f"（{says}）" for shape, says in WRONG.items() if re.fullmatch(shape, bare)), "")
    raise ValueError(f"不是数字{why} / not a number: {text!r}")


def plain_count(text: str) -> int:
    """A whole number that is not negative. Raises ``ValueError``."""
    bare = half_width(text).strip()
    if not (bare.isascii() and bare.isdigit()):
        raise ValueError(f"不是整数 / not a whole number: {text!r}")
    return int(bare)

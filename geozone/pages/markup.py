"""Building HTML safely: every text is escaped, only tags written here are markup."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape


class Html(str):
    """A piece of HTML that is already safe to place into a page."""

    __slots__ = ()


Child = str | None
"""A text, which is escaped, or ``Html``, which is not; ``None`` is nothing."""


def safe(child: Child) -> Html:
    """The child as HTML: texts escaped, ``Html`` as it is."""
    if child is None:
        return Html("")
    return child if isinstance(child, Html) else Html(escape(child, quote=True))


def tag(name: str, *children: Child, **attributes: str | None) -> Html:
    """An element; ``class_`` stands for ``class``, ``_`` in names for ``-``.

    Attributes of ``None`` are left out; their values are escaped.
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value, quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = joined(*children)
    return Html(f"<{name}{shown}>{inside}</{name}>")


def joined(*children: Child) -> Html:
    """The children one after the other."""
    return Html("".join(safe(one) for one in children))


def static_policy(style: str) -> Html:
    """The content-security tag of a page without scripts: this one style sheet and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">')


def json_block(block_id: str, value: object) -> Html:
    """A data block for a page's script: JSON in which nothing can end the block.

    Every ``<``, ``>``, ``&`` and line separator is written as an escape.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return Html(f'<script type="application/json" id="{escape(block_id)}">{whole}</script>')

"""Putting a map page together: the frame, its data blocks and scripts, and what may run."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.pages.assets import asset
from geozone.pages.content import MapContent
from geozone.pages.frame import (
    HEAD_SLOT,
    META_SLOT,
    SCRIPT_SLOT,
    frame,
    leaflet_script,
    leaflet_style,
)
from geozone.pages.markup import Html, joined, json_block, tag
from geozone.pages.style import colour_variables

_DATA_SLOT = "<!--geozone:data-->"


def map_page(
    title: str, blocks: Mapping[str, object], *, scripts: Sequence[str], styles: Sequence[str]
) -> str:
    """The page as one HTML text; the same content gives the same text.

    ``blocks`` are JSON values by element id, ``scripts`` and ``styles`` names of assets. Data
    stands in escaped JSON blocks, put in after the frame is rendered; the page's script writes
    it as text nodes only. A content-security policy lets nothing else run or load.
    """
    data = joined(*(json_block(name, value) for name, value in blocks.items()))
    style = Html(leaflet_style() + colour_variables() + "".join(asset(name) for name in styles))
    script = Html("(function () {\n" + "".join(asset(name) for name in scripts) + "})();")
    nonce = _nonce(data, style, script)
    head = joined(
        Html(f"<style>{style}</style>"),
        Html(f"<script>{leaflet_script()}</script>"),
    )
    page = frame().replace(HEAD_SLOT, head)
    page = page.replace(SCRIPT_SLOT, f"{_DATA_SLOT}<script>{script}</script>")
    page = page.replace("<script>", f'<script nonce="{nonce}">')
    page = page.replace("<style>", f'<style nonce="{nonce}">')
    page = page.replace(META_SLOT, _meta(title, nonce))
    return page.replace(_DATA_SLOT, data)


def packed_index(content: MapContent) -> str:
    """Base64 of the gzip of the index, little-endian, row by row from the north-west."""
    wide = content.index.dtype.itemsize
    if wide not in (2, 4):
        raise ValueError("the index must be uint16 or uint32")
    return packed(content.index)


def packed(cells: NDArray[np.unsignedinteger[Any]]) -> str:
    """Base64 of the gzip of cells (rows, cols), as ``packed_index`` has them."""
    raw = np.ascontiguousarray(cells, dtype=cells.dtype.newbyteorder("<")).tobytes()
    return base64.b64encode(gzip.compress(raw, 9, mtime=0)).decode("ascii")


def _meta(title: str, nonce: str) -> Html:
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return joined(
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        Html('<meta name="referrer" content="no-referrer">'),
        tag("title", title),
    )


def _nonce(*parts: str) -> str:
    """A nonce out of all content: nothing in the data can carry it, and it repeats."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8")).digest()
    return base64.b64encode(digest[:18]).decode("ascii")

"""The frame of the web map: folium's page without any of its outside hosts and without data."""

from __future__ import annotations

import re

from geozone.pages.assets import asset
from geozone.pages.markup import Html

META_SLOT, HEAD_SLOT, SCRIPT_SLOT = (
    "<!--geozone:meta-->",
    "<!--geozone:head-->",
    "<!--geozone:script-->",
)
_FRAME_SLOT = "<!--geozone:frame-->"
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'
_NAMESPACE = "http://www.w3.org/2000/svg"


def frame() -> str:
    """The page with slots for metadata, head and script; the same text at every call.

    No content passes through folium: what is rendered here holds no data.
    """
    import folium  # noqa: PLC0415 - heavy, and only the web map needs it

    made = folium.Map([35.0, 110.0], zoom_start=5, tiles=None, attributionControl=False,
                      maxZoom=18, minZoom=3, zoomSnap=0.5)  # fmt: skip
    made.default_js, made.default_css = [], []
    made._id = "geozone"
    text = made.get_root().render()
    text = re.sub(r"<script[^>]*\bsrc=[^>]*>\s*</script>|<link\b[^>]*>", "", text)
    text = re.sub(r'<meta name="viewport".*?/>', _VIEWPORT, text, flags=re.DOTALL)
    for end, slotted in (
        ("<html>", '<html lang="zh-CN">'),
        ("<head>", '<head><meta charset="utf-8">' + META_SLOT),
        ("</head>", HEAD_SLOT + "</head>"),
        ("</html>", SCRIPT_SLOT + "</html>"),
    ):
        text = _put(text, end, slotted)
    drawn = re.findall(r'<div class="folium-map".*?</div>', text, flags=re.DOTALL)[0]
    return _put(text, drawn, _put(asset("map.html"), _FRAME_SLOT, drawn))


def _put(text: str, old: str, new: str) -> str:
    """The text with its one ``old`` replaced. Raises ``ValueError`` if it is not there once."""
    if text.count(old) != 1:
        raise ValueError(f"the map's frame has changed: {old!r} stands {text.count(old)} times")
    return text.replace(old, new)


def leaflet_script() -> Html:
    """Leaflet as vendored, without source map and without any address in its text.

    The name of the SVG namespace, which is no address, is put together when it runs.
    """
    script = asset("leaflet-1.9.4.js").split("//# sourceMappingURL")[0]
    script = script.replace(f' xmlns="{_NAMESPACE}"', "")
    script = script.replace(f'"{_NAMESPACE}"', '"http:"+"//www.w3.org/2000/svg"')
    script = script.replace("https://leafletjs.com", "leafletjs.com")
    return Html("/*\n" + asset("leaflet-LICENSE.txt") + "*/\n" + script)


def leaflet_style() -> Html:
    """Leaflet's style sheet without comments and without its images, which are not used."""
    bare = re.sub(r"/\*.*?\*/", "", asset("leaflet-1.9.4.css"), flags=re.DOTALL)
    return Html(re.sub(r"[\w-]+:\s*url\([^)]*\);", "", bare))

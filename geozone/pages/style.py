"""One colour per verdict: the QGIS style of zones, and the variables of style sheets."""

from __future__ import annotations

from html import escape

from geozone.law.verdict import Verdict
from geozone.pages.text import VERDICT_COLOURS, VERDICT_INKS, VERDICT_NAMES


def qml(field: str = "verdict") -> str:
    """A QML text that colours a layer by a field of verdicts."""
    verdicts = list(reversed(Verdict))
    categories = "".join(
        f'<category render="true" symbol="{number}" value="{one.code}" '
        f'label="{escape(VERDICT_NAMES[one.code]["zh"])} {escape(VERDICT_NAMES[one.code]["en"])}"/>'
        for number, one in enumerate(verdicts)
    )
    symbols = "".join(_symbol(number, one) for number, one in enumerate(verdicts))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        '<qgis version="3.22" styleCategories="Symbology">'
        f'<renderer-v2 type="categorizedSymbol" attr="{field}" forceraster="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols>"
        "</renderer-v2><layerGeometryType>2</layerGeometryType></qgis>"
    )


def colour_variables() -> str:
    """The verdicts' colours and inks as variables of a style sheet."""
    rules = [f"--{code}: {colour};" for code, colour in VERDICT_COLOURS.items()]
    rules += [f"--{code}-ink: {colour};" for code, colour in VERDICT_INKS.items()]
    return ":root { " + " ".join(rules) + " }\n"


def _symbol(number: int, verdict: Verdict) -> str:
    colour = VERDICT_COLOURS[verdict.code].lstrip("#")
    red, green, blue = (int(colour[place : place + 2], 16) for place in (0, 2, 4))
    return (
        f'<symbol type="fill" name="{number}" alpha="0.6" clip_to_extent="1">'
        '<layer class="SimpleFill" enabled="1" locked="0" pass="0">'
        f'<prop k="color" v="{red},{green},{blue},255"/>'
        '<prop k="outline_style" v="no"/><prop k="style" v="solid"/></layer></symbol>'
    )

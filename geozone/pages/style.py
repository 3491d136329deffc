"""A colour per verdict: the QGIS style of zones, and the variables of style sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from geozone.law.verdict import Verdict
from geozone.pages.text import VERDICT_COLOURS, VERDICT_INKS, VERDICT_NAMES


@dataclass(frozen=True)
class Look:
    """A value of a field, how it is called in a legend, and its colour as ``#rrggbb``."""

    value: str
    label: str
    colour: str


def qml(field: str = "verdict") -> str:
    """A QML text that colours a layer by a field of verdicts."""
    return qml_of(
        field,
        [
            Look(
                one.code,
                f"{VERDICT_NAMES[one.code]['zh']} {VERDICT_NAMES[one.code]['en']}",
                VERDICT_COLOURS[one.code],
            )
            for one in reversed(Verdict)
        ],
    )


def qml_of(field: str, looks: Sequence[Look]) -> str:
    """A QML text that colours a layer by a field of these values."""
    categories = "".join(
        f'<category render="true" symbol="{number}" value="{escape(one.value)}" '
        f'label="{escape(one.label)}"/>'
        for number, one in enumerate(looks)
    )
    symbols = "".join(_symbol(number, one) for number, one in enumerate(looks))
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


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of ``#rrggbb``."""
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


def _symbol(number: int, look: Look) -> str:
    red, green, blue = rgb(look.colour)
    return (
        f'<symbol type="fill" name="{number}" alpha="0.6" clip_to_extent="1">'
        '<layer class="SimpleFill" enabled="1" locked="0" pass="0">'
        f'<prop k="color" v="{red},{green},{blue},255"/>'
        '<prop k="outline_style" v="no"/><prop k="style" v="solid"/></layer></symbol>'
    )

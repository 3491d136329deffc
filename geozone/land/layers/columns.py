"""Classes and attributes of features, from the words that the data uses."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping

from geozone.land.faults import Faults
from geozone.land.formats.features import Texts
from geozone.land.problems import SHOWN, Problems
from geozone.land.projectspec import short_adcode
from geozone.land.proposals.factvalues import NO, YES, fact_value, written
from geozone.land.spec import LayerSpec
from geozone.rules.vocabulary import facts, themes

WORDS = {"地下水": "groundwater", "地表水": "surface"}
WORDS |= dict.fromkeys(YES, "yes") | dict.fromkeys(NO, "no")
ADCODE_DIGITS = 6


def classes_of(spec: LayerSpec, values: Texts, problems: Problems) -> tuple[str | None, ...]:
    """The class of each feature; a value that the map lacks is a problem."""
    mapping = spec.class_map or {}
    unmapped = sorted({value or "" for value in values} - set(mapping))
    if unmapped:
        shown = ", ".join(repr(one) for one in unmapped[:SHOWN])
        more = f" … ({len(unmapped)})" if len(unmapped) > SHOWN else ""
        problems.report(
            "unknown-class",
            f"类别字段 {spec.class_field} 有未映射的值 / {spec.class_field} has unmapped values: "
            f"{shown}{more}{_alike(unmapped, mapping)}",
            'class.map 中补写（可映射为 "unknown"） / add to class.map ("unknown" is possible)',
            place="class",
        )
    return tuple(mapping.get(value or "") for value in values)


def _alike(unmapped: Iterable[str], mapping: Iterable[str]) -> str:
    """Which value differs from a mapped one only in width, case or blanks: told, never guessed."""
    plain = {_folded(one): one for one in mapping}
    for value in unmapped:
        near = plain.get(_folded(value))
        if near is not None and value:
            return (
                f"（{value!r} 与 {near!r} 仅全半角、大小写或空格不同） / ({value!r} differs from "
                f"{near!r} only in width, case or blanks)"
            )
    return ""


def _folded(value: str) -> str:
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def attributes_of(
    spec: LayerSpec, columns: Mapping[str, Texts], names: tuple[str, ...], faults: Faults
) -> dict[str, Texts]:
    """The mapped attributes as canonical text; a value of no meaning is a fault."""
    return {
        attribute: _read(attribute, columns[field], names, _reader(spec.theme, attribute), faults)
        for attribute, field in (spec.fields or {}).items()
    }


def _read(
    attribute: str,
    values: Texts,
    names: tuple[str, ...],
    read: Callable[[str], str],
    faults: Faults,
) -> Texts:
    known: dict[str | None, str | None] = {None: None}
    wrong: dict[str, str] = {}
    for name, value in zip(names, values, strict=True):
        if value in known or value is None:
            continue
        try:
            known[value] = read(value)
        except ValueError as error:
            known[value] = None
            wrong[value] = f"{name}: {error}"
    for what in list(wrong.values())[:SHOWN]:
        faults.at(f"fields.{attribute}").add(what, "在源数据中改正 / correct it in the source")
    if len(wrong) > SHOWN:
        more = f"另有 {len(wrong) - SHOWN} 个错值 / {len(wrong) - SHOWN} more wrong values"
        faults.at(f"fields.{attribute}").add(more, "在源数据中改正 / correct it in the source")
    return tuple(known[value] for value in values)


def _reader(theme: str, attribute: str) -> Callable[[str], str]:
    attributes = themes()[theme].attributes
    if attribute == "adcode":
        return _adcode
    if attribute in attributes:
        return lambda text: _word(text, attributes[attribute])
    return lambda text: written(fact_value(facts()[attribute], text))


def _word(text: str, known: tuple[str, ...]) -> str:
    plain = text.strip().casefold()
    word = plain if plain in known else WORDS.get(plain, plain)
    if word not in known:
        raise ValueError(f"未知的值 / unknown value {text!r}; known: {', '.join(known)}")
    return word


def _adcode(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) in (2, 4, 6, 9, 12)):
        raise ValueError(f"不是行政区划代码 / not an adcode: {text!r}")
    return short_adcode(text[:ADCODE_DIGITS])

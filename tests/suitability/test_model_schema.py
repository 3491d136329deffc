"""The JSON schema of models says what the reader does."""

from __future__ import annotations

import copy
import json
import tomllib
from datetime import date
from importlib.resources import files

import jsonschema
import pytest

from geozone.answers.suitability import modelkeys as keys
from geozone.answers.suitability.model import Breaks, Combination, Curve
from geozone.answers.suitability.modelfile import shipped_models
from geozone.answers.suitability.modelreader import read_model
from geozone.land.factors.spec import Measure, Resampling
from geozone.law.errors import Refused

SCHEMA = json.loads(files("geozone.schemas").joinpath("model.schema.json").read_text("utf-8"))
JUNK = [True, -1, 0, 1, 0.5, 12345.678, "", "x", "a b", [], [1], [[1, 2]], {}, {"x": 1}]


def plain(value):
    """A TOML value as JSON has it: dates as text."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def shipped(name):
    return tomllib.loads((files("geozone.models") / f"{name}.toml").read_text("utf-8"))


def fits(raw) -> bool:
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(plain(raw))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_has_the_keys_of_the_reader():
    told = SCHEMA["properties"]
    factor, data = told["factor"]["items"], told["data"]["additionalProperties"]
    override = told["membership"]["additionalProperties"]
    curve = factor["properties"]["membership"]
    tables = [
        (SCHEMA, keys.TOP_KEYS),
        (told["model"], {**keys.MODEL_KEYS}),
        (told["group"]["items"], keys.GROUP_KEYS),
        (factor, keys.FACTOR_KEYS),
        (curve, keys.CURVE_KEYS),
        (override, keys.OVERRIDE_KEYS),
        (data, keys.DATA_KEYS),
        (told["classes"], keys.CLASSES_KEYS),
        (told["chance"], keys.CHANCE_KEYS),
        (told["ahp"], keys.AHP_KEYS),
        (told["ahp"]["properties"]["between"], keys.MATRIX_KEYS),
    ]
    for table, read in tables:
        assert set(table["properties"]) == set(read)
        if table is not told["model"]:  # who extends a model need not repeat it
            assert set(table["required"]) == {name for name, key in read.items() if key.required}
    needed = {name for name, key in keys.MODEL_KEYS.items() if key.required}
    assert set(SCHEMA["else"]["properties"]["model"]["required"]) == needed


def test_the_schema_has_the_words_of_the_reader():
    told = SCHEMA["properties"]
    factor = told["factor"]["items"]["properties"]
    data = told["data"]["additionalProperties"]["properties"]
    words = [
        (factor["measure"], Measure),
        (data["measure"], Measure),
        (data["resampling"], Resampling),
        (factor["membership"]["properties"]["curve"], Curve),
        (told["classes"]["properties"]["breaks"], Breaks),
        (told["model"]["properties"]["combine"], Combination),
    ]
    for table, kind in words:
        assert table["enum"] == [one.value for one in kind]
    assert told["chance"]["properties"]["draws"]["maximum"] == keys.MOST_DRAWS


@pytest.mark.parametrize("name", shipped_models())
def test_shipped_models_fit(name):
    jsonschema.validate(shipped(name), SCHEMA)


EXTENDING = {
    "data": {"data": {"pebble_m": {"path": "p.tif", "as_of": date(2024, 1, 1)}}},
    "weights": {"weights": {"pebble_m": 1}, "model": {"source": "x"}, "leave_out": ["aquifer_m"]},
    "membership": {
        "membership": {"pebble_m": {"curve": "table", "points": [["> 5", 1]], "source": "x"}}
    },
}


@pytest.mark.parametrize("name", EXTENDING)
def test_files_that_extend_fit(name):
    assert fits({"schema": 1, "extends": "shallow_closed_loop", **EXTENDING[name]})


def changed(path, value):
    raw = copy.deepcopy(shipped("shallow_closed_loop"))
    table = raw
    for key in path[:-1]:
        table = table[key]
    if value is ...:
        del table[path[-1]]
    else:
        table[path[-1]] = value
    return raw


BAD = {
    "no schema": (["schema"], ...),
    "unknown key": (["shcema"], 1),
    "no classes": (["classes"], ...),
    "no weights": (["ahp"], ...),
    "both": (["weights"], {"pebble_m": 1}),
    "leave out": (["leave_out"], ["pebble_m"]),
    "no source": (["model", "source"], ...),
    "factors of a file that extends": (["extends"], "x"),
    "points": (["factor", 0, "membership", "curve"], "linear"),
    "below": (["factor", 0, "membership", "curve"], "classes"),
    "worth": (["factor", 0, "membership", "points", 0, 1], 2),
    "over": (["factor", 0, "membership", "points", 1, 0], "< 5"),
    "no cite": (["factor", 0, "source"], ...),
    "limits": (["classes", "breaks"], "natural_breaks"),
    "no limits": (["classes", "limits"], ...),
    "entry": (["ahp", "within", "geology", "rows", 0, 0], 10),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_models_do_not_fit(name):
    assert not fits(changed(*BAD[name]))


def written(value) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ", ".join(written(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(one)}" for key, one in value.items()) + " }"
    return repr(value)


def places(raw, path=()):
    """The path of every value in a table, tables and lists included."""
    items = raw.items() if isinstance(raw, dict) else enumerate(raw)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


PLACES = sorted(places(shipped("shallow_closed_loop")), key=str)


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_what_does_not_fit_is_refused_and_junk_never_breaks_the_reader(path, tmp_path):
    data = {one: {"path": "a.tif"} for one in ("quaternary_m", "pebble_m", "aquifer_m")}
    for junk in [*JUNK, ...]:
        raw = changed(list(path), junk) | {"data": data}
        file = tmp_path / "m.toml"
        file.write_text("\n".join(f"{key} = {written(one)}" for key, one in raw.items()), "utf-8")
        try:
            read_model(file)
        except Refused:
            continue
        assert fits(raw), (path, junk)

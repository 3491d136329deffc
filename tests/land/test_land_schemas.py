"""The JSON schemas say what the readers do."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from geozone.land.layers.layerspec import LAYER_KEYS
from geozone.land.projectspec import PROJECT_KEYS
from geozone.land.proposals.heads import own_heads
from geozone.land.spec import WAIVABLE
from geozone.rules.vocabulary import facts, themes

SAMPLES = sorted((Path(__file__).parents[2] / "layers").glob("*/geozone.toml"))


def schema(name):
    return json.loads(files("geozone.schemas").joinpath(f"{name}.schema.json").read_text("utf-8"))


def plain(value):
    """A TOML value as JSON has it: dates as text."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def test_project_schema_has_the_keys_of_the_reader():
    told = schema("project")["properties"]
    layer = told["layer"]["items"]
    assert set(told["project"]["properties"]) == set(PROJECT_KEYS)
    assert set(layer["properties"]) == set(LAYER_KEYS)
    assert layer["properties"]["theme"]["enum"] == list(themes())
    problems = layer["properties"]["waive"]["items"]["properties"]["problem"]["enum"]
    assert problems == list(WAIVABLE)
    needed = {name for name, key in LAYER_KEYS.items() if key.required}
    assert set(layer["required"]) == needed
    assert set(told["project"]["required"]) == {n for n, k in PROJECT_KEYS.items() if k.required}


def test_proposals_schema_has_the_columns_of_the_reader():
    assert set(schema("proposals")["properties"]) == {*own_heads(), *facts()}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_sample_projects_fit(path):
    jsonschema.validate(plain(tomllib.loads(path.read_text("utf-8"))), schema("project"))


PROJECT = {"name": "x", "area": "a.gpkg", "adcode": "13"}
LAYER = {"theme": "railway", "path": "r.gpkg", "accuracy_m": 0}
BAD = {
    "no_schema": {"project": PROJECT},
    "unknown_key": {"schema": 1, "project": {**PROJECT, "polices": []}},
    "layer_key": {"schema": 1, "project": PROJECT, "layer": [{**LAYER, "x": 1}]},
    "no_accuracy": {"schema": 1, "project": PROJECT, "layer": [{"theme": "railway", "path": "r"}]},
    "two_paths": {"schema": 1, "project": PROJECT, "layer": [{**LAYER, "paths": ["a"]}]},
    "age": {"schema": 1, "project": PROJECT, "layer": [{**LAYER, "max_age_days": 1}]},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_projects_do_not_fit(name):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(BAD[name], schema("project"))


def test_rows():
    good = {"id": "W1", "lon": 114.2, "lat": "38.0", "depth_m": "1800", "takes_water": "是"}
    jsonschema.validate(good, schema("proposals"))
    for bad in ({"lon": 1}, {"depth_m": "deep"}, {"reinjection_ratio": 95}, {"stage": "nwe"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema("proposals"))

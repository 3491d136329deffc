"""The models that come with geozone: the tables they stand for, their sources, their activities."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from itertools import product

import numpy as np
import pytest

from geozone.answers.suitability.breaks import classified
from geozone.answers.suitability.combine import combined
from geozone.answers.suitability.membership import worths
from geozone.answers.suitability.model import Breaks, Class, Model
from geozone.answers.suitability.modelfile import shipped_models
from geozone.answers.suitability.modelreader import read_model
from geozone.land.factors.spec import Measure
from geozone.rules.vocabulary import activities

READY = ("middeep_hydrothermal", "shallow_closed_loop", "shallow_groundwater")
NAN = float("nan")


def ready(name, folder) -> Model:
    """A shipped model with data for every factor."""
    raw = tomllib.loads((files("geozone.models") / f"{name}.toml").read_text("utf-8"))
    lines = ["schema = 1", f'extends = "{name}"']
    for factor in raw["factor"]:
        lines.append(f"[data.{factor['id']}]")
        lines.append('path = "a.tif"' if factor["measure"] == "value" else 'path = "a.gpkg"')
        lines += [] if factor["measure"] == "value" else ["accuracy_m = 5"]
    file = folder / "model.toml"
    file.write_text("\n".join(lines), "utf-8")
    return read_model(file)


def class_of(model, values) -> Class:
    """The class of one cell with these values by factor."""
    parts = [
        worths(np.array([values[one.id]], dtype=np.float32), one.membership)
        for one in model.factors
    ]
    weights = [one.weight for one in model.factors]
    score = combined(np.array(parts), weights, model.combination, model.order_weights)
    assert model.classes.limits is not None
    return Class(int(classified(score, model.classes.limits)[0]))


def test_what_ships():
    assert shipped_models() == READY


@pytest.mark.parametrize("name", READY)
def test_a_ready_model_reads_cites_and_names_an_activity_that_exists(name, tmp_path):
    model = ready(name, tmp_path)
    assert model.id == name
    assert model.activity in activities()
    assert sum(one.weight for one in model.factors) == pytest.approx(1, abs=1e-12)
    assert sum(one.weight for one in model.groups) == pytest.approx(1, abs=1e-12)
    assert all(one.cite.source and one.cite.verify for one in model.factors)
    assert model.cite.source
    assert model.cite.verify
    assert all(one.ratio is not None and one.ratio < 0.1 for one in model.groups)


# The tables of DZ/T 0225-2009; where two classes share a limit the worse one has it.
SUITABLE, MODERATE, UNSUITABLE = Class.SUITABLE, Class.MODERATE, Class.UNSUITABLE
PIPE = {
    "quaternary_m": {
        **dict.fromkeys((100.5, 101, 400), SUITABLE),
        **dict.fromkeys((0, 29.9, 50.5, 99, 100), MODERATE),
        **dict.fromkeys((30, 40, 50), UNSUITABLE),
    },
    "pebble_m": {
        **dict.fromkeys((0, 4.9), SUITABLE),
        **dict.fromkeys((5, 7, 10), MODERATE),
        **dict.fromkeys((10.1, 60), UNSUITABLE),
    },
    "aquifer_m": {
        **dict.fromkeys((30.1, 150), SUITABLE),
        **dict.fromkeys((10, 20, 30), MODERATE),
        **dict.fromkeys((0, 9.9), UNSUITABLE),
    },
}
WATER = {
    "yield_m3_d_m": {501: SUITABLE, 500: MODERATE, 300: MODERATE, 299: UNSUITABLE},
    "reinjection_pct": {81: SUITABLE, 80: MODERATE, 50: MODERATE, 49: UNSUITABLE},
    "decline_m_a": {-1: SUITABLE, 0.79: SUITABLE, 0.8: MODERATE, 1.5: MODERATE, 1.51: UNSUITABLE},
    "subsidence_mm": {0: SUITABLE, 500: SUITABLE, 501: UNSUITABLE},
    "water_source": {0: SUITABLE, 1: UNSUITABLE},
}


def by_pipe_table(classes):
    if all(one is SUITABLE for one in classes):
        return SUITABLE
    return UNSUITABLE if sum(one is UNSUITABLE for one in classes) >= 2 else MODERATE


def by_water_table(classes):
    if all(one is SUITABLE for one in classes):
        return SUITABLE
    return UNSUITABLE if UNSUITABLE in classes else MODERATE


@pytest.mark.parametrize(
    ("name", "indices", "rule"),
    [
        ("shallow_closed_loop", PIPE, by_pipe_table),
        ("shallow_groundwater", WATER, by_water_table),
    ],
)
def test_classes_are_those_of_the_table_in_every_case(name, indices, rule, tmp_path):
    model = ready(name, tmp_path)
    for chosen in product(*(one.items() for one in indices.values())):
        values = dict(zip(indices, (value for value, _ in chosen), strict=True))
        assert class_of(model, values) is rule([one for _, one in chosen]), values


@pytest.mark.parametrize("name", ["shallow_closed_loop", "shallow_groundwater"])
def test_one_index_that_is_not_known_leaves_the_class_open(name, tmp_path):
    model = ready(name, tmp_path)
    best = {"quaternary_m": 200, "pebble_m": 0, "aquifer_m": 90, "yield_m3_d_m": 900}
    best |= {"reinjection_pct": 95, "decline_m_a": 0, "subsidence_mm": 0, "water_source": 0}
    assert class_of(model, best) is SUITABLE
    for one in model.factors:
        assert class_of(model, {**best, one.id: NAN}) is Class.UNDETERMINED


@pytest.mark.parametrize("name", ["shallow_closed_loop", "shallow_groundwater"])
def test_weights_a_fifth_off_keep_the_table(name, tmp_path):
    """The limits leave room for weights that are drawn with a spread of a tenth."""
    model = ready(name, tmp_path)
    indices = PIPE if name == "shallow_closed_loop" else WATER
    rule = by_pipe_table if name == "shallow_closed_loop" else by_water_table
    worth_of = {SUITABLE: 1.0, MODERATE: 0.9, UNSUITABLE: 0.0}
    for off in product((0.8, 1.0, 1.2), repeat=len(indices)):
        weights = np.array(off) / sum(off)
        for classes in product(*({*one.values()} for one in indices.values())):
            worth = np.array([[worth_of[one]] for one in classes])
            score = combined(worth, weights, model.combination)
            assert Class(int(classified(score, model.classes.limits)[0])) is rule(classes)


def test_the_mid_deep_model_asks_for_what_the_documents_name(tmp_path):
    model = ready("middeep_hydrothermal", tmp_path)
    measures = {one.id: one.source.measure for one in model.factors}
    assert measures == {
        "field": Measure.INSIDE,
        "reservoir": Measure.VALUE,
        "temperature_c": Measure.VALUE,
        "heat_demand": Measure.VALUE,
        "network_m": Measure.DISTANCE,
        "priority_area": Measure.INSIDE,
    }
    assert model.classes.breaks is Breaks.NATURAL
    assert {one.id: round(one.weight, 3) for one in model.groups} == {
        "resource": 0.667,
        "demand": 0.333,
    }

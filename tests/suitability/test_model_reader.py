"""Models from TOML: what is read, what may be changed, and every fault at its place."""

from __future__ import annotations

import math
from itertools import permutations

import pytest

from geozone.answers.suitability.model import (
    Breaks,
    Chance,
    Cite,
    Combination,
    Curve,
    Group,
    Label,
)
from geozone.answers.suitability.modelreader import read_model
from geozone.land.factors.spec import Measure, Resampling
from geozone.law.errors import Refused

HEAD = """
schema = 1
[model]
id = "mine"
zh = "我的模型"
en = "My model"
activity = "shallow_closed_loop:project"
combine = "weighted_sum"
resolution_m = 50
source = "a panel"
[[group]]
id = "ground"
zh = "地质"
en = "Ground"
[[group]]
id = "need"
zh = "需求"
en = "Need"
"""
DEPTH = """
[[factor]]
id = "depth"
zh = "厚度"
en = "Depth"
group = "ground"
unit = "m"
measure = "value"
membership = { curve = "trapezoid", points = [[0, 0], [10, 1], [20, 1], [40, 0.5]] }
source = "a standard"
verify = true
"""
ROCK = """
[[factor]]
id = "rock"
zh = "岩性"
en = "Rock"
group = "ground"
unit = "code"
measure = "value"
membership = { curve = "classes", points = [[7, 0.0], [1, 1.0]] }
source = "a map"
"""
ROADS = """
[[factor]]
id = "roads"
zh = "道路距离"
en = "Distance to roads"
group = "need"
unit = "m"
measure = "distance"
reach_m = 3000
membership = { curve = "linear", points = [[0, 1], [2000, 0]] }
source = "a guess"
"""
CLASSES = """
[classes]
breaks = "thresholds"
limits = [0.4, 0.7]
"""
WEIGHTS = """
[weights]
depth = 0.5
rock = 0.3
roads = 0.2
"""
AHP = """
[ahp.between]
of = ["need", "ground"]
rows = [[1, "1/3"], [3, 1]]
[ahp.within.ground]
of = ["depth", "rock"]
rows = [[1, 2], ["1/2", 1]]
"""
DATA = """
[data.depth]
path = "depth.tif"
band = 2
resampling = "bilinear"
error = 1.5
as_of = 2024-01-31
[data.rock]
path = "rock.gpkg"
layer = "rocks"
field = "code"
where = { field = "age", values = ["Q", "N"] }
accuracy_m = 25
coverage = "area"
[data.roads]
path = "roads.gpkg"
accuracy_m = 0
synthetic = true
"""
FACTORS = DEPTH + ROCK + ROADS
WHOLE = HEAD + FACTORS + CLASSES + WEIGHTS + DATA


def read(folder, text, **beside):
    for name, other in beside.items():
        (folder / f"{name}.toml").write_text(other, "utf-8")
    file = folder / "MODEL.toml"
    file.write_text(text, "utf-8")
    return read_model(file)


def told(folder, text, **beside):
    with pytest.raises(Refused) as refused:
        read(folder, text, **beside)
    return [(one.place, one.what) for one in refused.value.faults]


def test_a_whole_model(tmp_path):
    model = read(tmp_path, WHOLE)
    assert (model.id, model.label) == ("mine", Label("我的模型", "My model"))
    assert str(model.activity) == "shallow_closed_loop:project"
    assert model.combination is Combination.WEIGHTED_SUM
    assert model.resolution_m == 50
    assert model.cite == Cite("a panel")
    assert model.chance == Chance()
    assert (model.classes.breaks, model.classes.limits) == (Breaks.THRESHOLDS, (0.4, 0.7))
    assert [one.id for one in model.factors] == ["depth", "roads", "rock"]
    assert [one.weight for one in model.factors] == [0.5, 0.2, 0.3]
    assert model.groups == (
        Group("ground", Label("地质", "Ground"), 0.8),
        Group("need", Label("需求", "Need"), 0.2),
    )
    depth, roads, rock = model.factors
    assert depth.cite == Cite("a standard", verify=True)
    assert depth.error == 1.5
    assert (depth.source.band, depth.source.as_of) == (2, "2024-01-31")
    assert depth.source.resampling is Resampling.BILINEAR
    assert depth.membership.points[3] == (40, 0.5)
    assert rock.membership.points == ((1, 1), (7, 0))
    assert rock.source.where == ("age", ("Q", "N"))
    assert (rock.source.accuracy_m, rock.source.coverage) == (25, "area")
    assert (roads.source.measure, roads.source.reach_m) == (Measure.DISTANCE, 3000)
    assert roads.source.synthetic


def test_judgements_within_and_between_groups(tmp_path):
    model = read(tmp_path, HEAD + FACTORS + CLASSES + AHP + DATA)
    assert {one.id: one.weight for one in model.factors} == pytest.approx(
        {"depth": 0.5, "rock": 0.25, "roads": 0.25}
    )
    assert [(one.id, one.ratio) for one in model.groups] == [("ground", 0.0), ("need", 0.0)]
    assert model.ratio == 0


def test_the_order_in_which_things_are_written_changes_nothing(tmp_path):
    matrices = """
[ahp.between]
of = ["ground", "need"]
rows = [[1, 3], ["1/3", 1]]
[ahp.within.ground]
of = ["rock", "depth"]
rows = [[1, "1/2"], [2, 1]]
"""
    models = {
        read(tmp_path, HEAD + "".join(order) + CLASSES + ahp + DATA)
        for order in permutations([DEPTH, ROCK, ROADS])
        for ahp in (AHP, matrices)
    }
    assert len(models) == 1


def test_order_weights_of_owa(tmp_path):
    text = WHOLE.replace('"weighted_sum"', '"owa"\norder_weights = [0.1, 0.3, 0.6]')
    assert read(tmp_path, text).order_weights == (0.1, 0.3, 0.6)


def test_chance_and_natural_breaks(tmp_path):
    text = WHOLE.replace(CLASSES, '[classes]\nbreaks = "natural_breaks"\n[chance]\ndraws = 50\n')
    model = read(tmp_path, text)
    assert model.classes.limits is None
    assert model.chance == Chance(draws=50)


def test_a_step_just_above_a_value(tmp_path):
    table = '{ curve = "table", below = 1, points = [["> 5", 0.5], [10, 0], ["> 10", 0.2]] }'
    text = WHOLE.replace(
        '{ curve = "trapezoid", points = [[0, 0], [10, 1], [20, 1], [40, 0.5]] }', table
    )
    membership = read(tmp_path, text).factors[0].membership
    assert membership.curve is Curve.TABLE
    assert membership.below == 1
    (first, _), (second, _), (third, _) = membership.points
    assert 5 < first < 5.000001
    assert second == 10 < third < 10.00001


PIPE = """
schema = 1
extends = "shallow_closed_loop"
"""
PIPE_DATA = """
[data.quaternary_m]
path = "q.tif"
[data.pebble_m]
path = "p.tif"
[data.aquifer_m]
path = "a.tif"
"""


def test_a_shipped_model_takes_data(tmp_path):
    model = read(tmp_path, PIPE + PIPE_DATA)
    assert model.id == "shallow_closed_loop"
    assert [one.source.path for one in model.factors] == ["a.tif", "p.tif", "q.tif"]


def test_what_a_file_that_extends_may_change(tmp_path):
    own = """
[model]
zh = "本县"
combine = "topsis"
source = "the county's panel"
[membership.pebble_m]
curve = "linear"
points = [[0, 1], [20, 0]]
source = "drillers"
[classes]
breaks = "natural_breaks"
[weights]
quaternary_m = 0.6
pebble_m = 0.3
aquifer_m = 0.1
"""
    model = read(tmp_path, PIPE + own + PIPE_DATA)
    assert model.label == Label(
        "本县", "Suitability for shallow closed loops (indices of DZ/T 0225)"
    )
    assert model.combination is Combination.TOPSIS
    assert model.cite == Cite("the county's panel")
    assert model.classes.breaks is Breaks.NATURAL
    aquifer, pebble, quaternary = model.factors
    assert (aquifer.weight, pebble.weight, quaternary.weight) == (0.1, 0.3, 0.6)
    assert pebble.membership.curve is Curve.LINEAR
    assert pebble.cite == Cite("drillers")
    assert model.groups[0].ratio is None


def test_a_factor_left_out_with_weights_stated_anew(tmp_path):
    own = """
leave_out = ["pebble_m"]
[model]
source = "no drilling here"
[weights]
quaternary_m = 0.5
aquifer_m = 0.5
[data.quaternary_m]
path = "q.tif"
[data.aquifer_m]
path = "a.tif"
"""
    model = read(tmp_path, PIPE + own)
    assert [one.id for one in model.factors] == ["aquifer_m", "quaternary_m"]


def test_a_file_beside_that_itself_extends(tmp_path):
    county = PIPE + '[data.pebble_m]\npath = "old.tif"\n'
    own = 'schema = 1\nextends = "county.toml"\n' + PIPE_DATA
    model = read(tmp_path, own, county=county)
    assert [one.source.path for one in model.factors] == ["a.tif", "p.tif", "q.tif"]


def test_a_distance_that_somebody_has_already_drawn(tmp_path):
    text = WHOLE.replace('path = "roads.gpkg"\naccuracy_m = 0', 'path = "r.tif"\nmeasure = "value"')
    roads = read(tmp_path, text).factors[1]
    assert (roads.source.measure, roads.source.reach_m) == (Measure.VALUE, None)


def test_a_raster_may_be_cut_by_a_coverage(tmp_path):
    text = WHOLE.replace("band = 2", 'coverage = "seen.gpkg"')
    assert read(tmp_path, text).factors[0].source.coverage == "seen.gpkg"


# What is changed of the whole model, and its fault: the place, and part of what is said.
FAULTS = {
    "schema": ("schema = 1", "schema = 2", "schema", "must be 1"),
    "no schema": ("schema = 1", "", "schema", "missing"),
    "unknown key": ("schema = 1", "schema = 1\nshcema = 1", "shcema", "unknown key"),
    "model key": ('id = "mine"', 'id = "mine"\nname = "x"', "model, name", "unknown key"),
    "id": ('id = "mine"', 'id = "Mine!"', "model, id", "small letters"),
    "activity": (":project", ":projekt", "model, activity", "did you mean"),
    "combine": ('"weighted_sum"', '"sum"', "model, combine", "weighted_sum"),
    "no source": ('source = "a panel"\n', "", "model, source", "missing"),
    "order weights of a sum": (
        "resolution_m = 50",
        "order_weights = [1, 0, 0]",
        "model, order_weights",
        "only owa",
    ),
    "no order weights": ('"weighted_sum"', '"owa"', "model, order_weights", "here are 0"),
    "too few order weights": (
        '"weighted_sum"',
        '"owa"\norder_weights = [0.5, 0.5]',
        "model, order_weights",
        "here are 2",
    ),
    "order weights": (
        '"weighted_sum"',
        '"owa"\norder_weights = [0.5, 0.5, 0.5]',
        "model, order_weights",
        "sum to 1.5",
    ),
    "group of a factor": (
        'group = "need"',
        'group = "neet"',
        "factor (roads), group",
        "no such group",
    ),
    "measure": ('measure = "distance"', 'measure = "far"', "factor 3 (roads), measure", "distance"),
    "unit": ('unit = "code"\n', "", "factor 2 (rock), unit", "missing"),
    "no cite": ('source = "a map"\n', "", "factor 2 (rock), source", "missing"),
    "curve": ('"linear"', '"line"', "factor 3 (roads), membership, curve", "linear"),
    "worth": ("[40, 0.5]", "[40, 1.5]", "factor 1 (depth), membership, points", "0 to 1"),
    "nan": ("[40, 0.5]", "[nan, 0.5]", "factor 1 (depth), membership, points", "finite"),
    "point": ("[40, 0.5]", "[40]", "factor 1 (depth), membership, points", "[value, worth]"),
    "points": (", [40, 0.5]", "", "factor 1 (depth), membership, points", "here are 3"),
    "falling": ("[40, 0.5]", "[15, 0.5]", "factor 1 (depth), membership, points", "must rise"),
    "twice": ("[1, 1.0]", "[7, 1.0]", "factor 2 (rock), membership, points", "none twice"),
    "below": (
        "[2000, 0]] }",
        "[2000, 0]], below = 0 }",
        "factor 3 (roads), membership, below",
        "only a table",
    ),
    "limits": ("[0.4, 0.7]", "[0.7, 0.4]", "classes, limits", "second above"),
    "three limits": ("[0.4, 0.7]", "[0.4, 0.6, 0.7]", "classes, limits", "two limits"),
    "limit of 0": ("[0.4, 0.7]", "[0, 0.4]", "classes, limits", "two limits"),
    "no limits": ("limits = [0.4, 0.7]\n", "", "classes, limits", "two limits"),
    "limits of natural breaks": (
        '"thresholds"',
        '"natural_breaks"',
        "classes, limits",
        "found from scores",
    ),
    "no classes": (CLASSES, "", "classes", "missing"),
    "draws": (CLASSES, CLASSES + "[chance]\ndraws = 0", "chance, draws", "1 or more"),
    "too many draws": (CLASSES, CLASSES + "[chance]\ndraws = 1000000", "chance, draws", "at most"),
    "sum": ("roads = 0.2", "roads = 0.21", "weights", "sum to 1.01, not 1"),
    "sum by a little": ("roads = 0.2", "roads = 0.200002", "weights", "not 1"),
    "weight": ("roads = 0.2", "roads = -0.2", "weights", "0 to 1"),
    "weight missing": ("roads = 0.2\n", "", "weights", "missing: roads"),
    "no weights": (WEIGHTS, "", "weights", "no weights"),
    "both": (WEIGHTS, WEIGHTS + AHP, "weights", "both"),
    "path": ('path = "depth.tif"\n', "", "data.depth, path", "missing"),
    "resampling": ('"bilinear"', '"cubic"', "data.depth, resampling", "bilinear"),
    "band": ("band = 2", "band = 0", "data.depth, band", "1 or more"),
    "error": ("error = 1.5", "error = -1", "data.depth, error", "0 or more"),
    "error of codes": (
        'layer = "rocks"',
        'layer = "rocks"\nerror = 0.5',
        "data.rock, error",
        "codes of classes have no standard error",
    ),
    "error of inside": (
        "accuracy_m = 0",
        'accuracy_m = 0\nmeasure = "inside"\nerror = 0',
        "data.roads, error",
        "inside or outside has no standard error",
    ),
    "raster with a field": ("band = 2", 'field = "x"', "data.depth, field", "a raster has no"),
    "raster inside": ("band = 2", 'measure = "inside"', "data.depth, measure", "a raster has no"),
    "shapes resampled": ('layer = "rocks"', 'resampling = "mode"', "data.rock, resampling", "only"),
    "accuracy": ("accuracy_m = 25\n", "", "data.rock, accuracy_m", "accuracy"),
    "field": ('field = "code"\n', "", "data.rock, field", "needs a field"),
    "field of a distance": (
        "accuracy_m = 0",
        'accuracy_m = 0\nfield = "x"',
        "data.roads, field",
        "has none",
    ),
    "reach": ("reach_m = 3000\n", "", "data.roads, reach_m", "needs reach_m"),
    "reach of a value": (
        "accuracy_m = 25",
        "accuracy_m = 25\nreach_m = 5",
        "data.rock, reach_m",
        "none",
    ),
    "where": ('values = ["Q", "N"]', 'value = "Q"', "data.rock, where", "field"),
    "sha256": ("synthetic = true", 'sha256 = "12"', "data.roads, sha256", "64"),
    "codes are mixed": (
        'path = "rock.gpkg"\nlayer = "rocks"\nfield = "code"\n'
        'where = { field = "age", values = ["Q", "N"] }\naccuracy_m = 25\ncoverage = "area"',
        'path = "rock.tif"\nresampling = "average"',
        "data.rock, resampling",
        "cannot be mixed",
    ),
    "no data": (DATA[DATA.index("[data.roads]") :], "", "data.roads", "has no data"),
    "data of nothing": (DATA, DATA + '[data.raods]\npath = "x"', "data.raods", "no such factor"),
    "factor twice": ('id = "roads"', 'id = "rock"', "factor (rock)", "twice"),
    "group twice": ('id = "need"', 'id = "ground"', "group (ground)", "twice"),
    "group of nothing": ('group = "need"', 'group = "ground"', "group (need)", "no factor"),
    "leave out": ("schema = 1", 'schema = 1\nleave_out = ["rock"]', "leave_out", "extends"),
    "no such base": ("schema = 1", 'schema = 1\nextends = "deep"', "extends", "no such model"),
    "base elsewhere": ("schema = 1", 'schema = 1\nextends = "../x.toml"', "extends", "same folder"),
    "base by root": ("schema = 1", 'schema = 1\nextends = "/x.toml"', "extends", "same folder"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_at_its_place(name, tmp_path):
    old, new, place, what = FAULTS[name]
    assert WHOLE.count(old) >= 1
    found = [one for one in told(tmp_path, WHOLE.replace(old, new, 1)) if one[0] == place]
    assert len(found) == 1, told(tmp_path, WHOLE.replace(old, new, 1))
    assert what in found[0][1]


NOT_ALONE = ("leave out", "group of a factor", "factor twice", "group twice")
ALONE = [name for name in FAULTS if name not in NOT_ALONE]


@pytest.mark.parametrize("name", ALONE)
def test_a_fault_brings_no_others_with_it(name, tmp_path):
    old, new, *_ = FAULTS[name]
    assert len(told(tmp_path, WHOLE.replace(old, new, 1))) == 1


EXTENDING = {
    "no data": ("", "data.aquifer_m", "has no data"),
    "left out, weights as before": ('leave_out = ["pebble_m"]', "leave_out", "stated anew"),
    "left out, unknown": ('leave_out = ["pebbles"]', "leave_out", "no such factor"),
    "a factor": ('[[factor]]\nid = "x"', "factor", "with extends has none"),
    "a group": ('[[group]]\nid = "x"\nzh = "x"\nen = "x"', "group", "with extends has none"),
    "membership of nothing": (
        '[membership.x]\ncurve = "table"\npoints = [[1, 1]]\nsource = "s"',
        "membership.x",
        "no such factor",
    ),
    "membership without source": (
        '[membership.pebble_m]\ncurve = "table"\npoints = [[1, 1]]',
        "membership.pebble_m, source",
        "missing",
    ),
    "classes without source": ('[classes]\nbreaks = "natural_breaks"', "model, source", "missing"),
    "data of what is left out": (
        'leave_out = ["pebble_m"]\n[data.pebble_m]\npath = "x.tif"',
        "data.pebble_m",
        "left out",
    ),
}


@pytest.mark.parametrize("name", EXTENDING)
def test_faults_of_a_file_that_extends(name, tmp_path):
    text, place, what = EXTENDING[name]
    found = [one for where, one in told(tmp_path, PIPE + text) if where == place]
    assert any(what in one for one in found)


MATRICES = {
    "not reciprocal": ("[3, 1]]", "[2, 1]]", "ahp, between, rows", "not reciprocal"),
    "entry": ('"1/3"', '"1/30"', "ahp, between, rows", "1/9"),
    "size": ('[[1, 2], ["1/2", 1]]', "[[1]]", "ahp, within.ground, rows", "2 by 2"),
    "name": ('"depth", "rock"', '"depth", "roads"', "ahp, within.ground, of", "no such name"),
    "name twice": ('"depth", "rock"', '"depth", "depth"', "ahp, within.ground, of", "twice"),
    "group": ("within.ground", "within.grounds", "ahp, within.grounds", "no such group"),
    "missing": ("[ahp.within.ground]", "[ahp.within.need]", "ahp, within.ground", "is missing"),
}


@pytest.mark.parametrize("name", MATRICES)
def test_faults_of_judgements(name, tmp_path):
    old, new, place, what = MATRICES[name]
    text = HEAD + FACTORS + CLASSES + AHP.replace(old, new, 1) + DATA
    found = [one for one in told(tmp_path, text) if one[0] == place]
    assert found
    assert any(what in one for _, one in found)


def test_judgements_that_do_not_agree_are_refused_with_numbers_and_the_worst(tmp_path):
    heat = ROCK.replace('"rock"', '"heat"')
    ahp = """
[ahp.between]
of = ["ground", "need"]
rows = [[1, 1], [1, 1]]
[ahp.within.ground]
of = ["depth", "rock", "heat"]
rows = [[1, 3, 1], ["1/3", 1, 9], [1, "1/9", 1]]
"""
    data = DATA + DATA[DATA.index("[data.rock]") : DATA.index("[data.roads]")].replace(
        "data.rock", "data.heat"
    )
    ((place, what),) = told(tmp_path, HEAD + FACTORS + heat + CLASSES + ahp + data)
    assert place == "ahp, within.ground, rows"
    for part in ("λmax = ", "CI = ", "RI = 0.58", "CR = ", "depth:heat = 1", "equally off"):
        assert part in what


def test_every_fault_at_once(tmp_path):
    text = WHOLE
    for name in ("activity", "worth", "no cite", "limits", "sum", "field", "no data"):
        old, new, *_ = FAULTS[name]
        text = text.replace(old, new, 1)
    places = [place for place, _ in told(tmp_path, text)]
    assert places == [
        "model, activity",
        "factor 1 (depth), membership, points",
        "factor 2 (rock), source",
        "classes, limits",
        "data.roads",
        "weights",
        "data.rock, field",
    ]


FILES = {
    "not toml": (b"schema = ", "TOML"),
    "not utf-8": (b"schema = 1 # \xd6\xd0", "UTF-8"),
    "deep": (b"x = " + b"[" * 100_000, "TOML"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_cannot_be_read(name, tmp_path):
    data, what = FILES[name]
    file = tmp_path / "m.toml"
    file.write_bytes(data)
    with pytest.raises(Refused, match=what):
        read_model(file)


def test_no_file_and_no_base(tmp_path):
    with pytest.raises(Refused, match=r"none\.toml"):
        read_model(tmp_path / "none.toml")
    with pytest.raises(Refused, match=r"base\.toml"):
        read(tmp_path, 'schema = 1\nextends = "base.toml"')


def test_a_byte_order_mark_is_no_fault(tmp_path):
    assert read(tmp_path, "\ufeff" + WHOLE).id == "mine"


def test_files_that_extend_one_another(tmp_path):
    text = 'schema = 1\nextends = "{}.toml"\n'
    places = told(tmp_path, text.format("a"), a=text.format("b"), b=text.format("a"))
    assert any(place == "extends" and "one another" in what for place, what in places)


def test_weights_are_kept_as_they_are_written(tmp_path):
    text = WHOLE.replace("roads = 0.2", "roads = 0.2000009")
    weights = [one.weight for one in read(tmp_path, text).factors]
    assert weights == [0.5, 0.2000009, 0.3]
    assert math.fsum(weights) != 1

"""Bad input: refused with every problem at once, nothing written, the old result left whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from shapely import Polygon, box

WELL = "middeep_reinjection:well_production"
CLEAR = (1200, 2400)
STATED = {
    "use": "heating",
    "reservoir": "bedrock",
    "reinjection_ratio": "1.0",
    "reinjection_same_layer": "true",
}


def missing_file(ground, raw):
    ground.layers["geoheritage"].written = False


def no_crs(ground, raw):
    ground.layers["cultural_relic"].crs = None


def degrees_called_metres(ground, raw):
    one = ground.layers["spring_zone"]
    one.shapes = [box(115.71 - 390_000, 39.01 - 4_320_000, 115.72 - 390_000, 39.02 - 4_320_000)]


def far_away(ground, raw):
    ground.layers["forbidden_abstraction_zone"].shapes = [box(9e5, 9e5, 9.1e5, 9.1e5)]


def empty(ground, raw):
    one = ground.layers["ecological_redline"]
    one.shapes, one.classes = [], []


def null_polygon(ground, raw):
    one = ground.layers["permanent_basic_farmland"]
    one.shapes, one.classes = [*one.shapes, None], ["", ""]


def self_crossing(ground, raw):
    one = ground.layers["abstraction_prohibited_scope"]
    one.shapes = [Polygon([(2600, 3500), (2700, 3600), (2700, 3500), (2600, 3600)])]


def unknown_class(ground, raw):
    ground.layers["railway"].classes = ["磁浮"]


def unknown_layer_key(ground, raw):
    ground.layers["landform"].keys["acuracy_m"] = 5


def unknown_project_key(ground, raw):
    ground.project["resolution"] = 30


def unknown_theme(ground, raw):
    ground.layers["planned_block"].keys["theme"] = "planed_block"


def no_accuracy(ground, raw):
    del ground.layers["settlement"].keys["accuracy_m"]


def no_half_width(ground, raw):
    del ground.layers["expressway"].keys["half_width_m"]


def wrong_hash(ground, raw):
    ground.layers["overdraft_zone"].keys["sha256"] = "0" * 64


def wrong_count(ground, raw):
    ground.layers["limited_abstraction_zone"].keys["features"] = 7


def missing_coverage(ground, raw):
    ground.layers["protected_area"].keys["coverage"] = "nowhere.gpkg"


def bad_activity(ground, raw):
    ground.project["activities"] = ["middeep_reinjection:well_producton"]


def class_on_unclassed(ground, raw):
    one = ground.layers["abstraction_restricted_scope"]
    one.keys["class"] = {"field": "KIND", "map": {"": "present"}}


LAYER_FAULTS = {
    missing_file: "geoheritage",
    no_crs: "cultural_relic",
    degrees_called_metres: "spring_zone",
    far_away: "forbidden_abstraction_zone",
    empty: "ecological_redline",
    null_polygon: "permanent_basic_farmland",
    self_crossing: "abstraction_prohibited_scope",
    unknown_class: "railway",
    unknown_layer_key: "acuracy_m",
    unknown_project_key: "resolution",
    no_accuracy: "settlement",
    no_half_width: "expressway",
    wrong_hash: "overdraft_zone",
    wrong_count: "limited_abstraction_zone",
    missing_coverage: "nowhere.gpkg",
    bad_activity: "well_producton",
    class_on_unclassed: "abstraction_restricted_scope",
}


def faults_of(done):
    """The lines of a refusal; the first says how many there are."""
    assert done.exit_code == 2, done.output
    head, *lines = done.stderr.strip().splitlines()
    assert head == f"已拒绝 / refused: {len(lines)}"
    return lines


def says_all(line):
    """Whether a line has file, place, what and what to do, in Chinese and English."""
    return re.search(r"[\u4e00-\u9fff]", line) and re.search(r"[a-z]{3}", line)


@pytest.fixture
def earlier(tmp_path):
    """Results of an earlier run that must stay as they are."""
    out = tmp_path / "out"
    out.mkdir()
    for name in ("zones.gpkg", "summary.json", "x.json", "x.xlsx", "n.html", "m.html"):
        (out / name).write_bytes(f"earlier {name}".encode())
    return out


def untouched(out):
    found = {one.name: one.read_bytes() for one in out.iterdir()}
    return len(found) == 6 and all(found[name] == f"earlier {name}".encode() for name in found)


@pytest.mark.parametrize("spoil", LAYER_FAULTS, ids=lambda one: one.__name__)
def test_a_faulty_project_is_refused_whole(ground, run, raw, earlier, spoil):
    spoil(ground, raw)
    project = ground.write()
    (line,) = faults_of(run("zone", project, "--out", earlier))
    assert LAYER_FAULTS[spoil] in line
    assert says_all(line)
    assert untouched(earlier)


def test_unknown_theme_suggests_the_known(ground, run, raw):
    ground.layers["planned_block"].keys["theme"] = "x"
    project = ground.write()
    text = (project / "geozone.toml").read_text(encoding="utf-8")
    text = text.replace('theme = "x"', 'theme = "planed_block"')
    (project / "geozone.toml").write_text(text, encoding="utf-8")
    lines = faults_of(run("check", project))
    assert any("planned_block" in line and "planed_block" in line for line in lines)


SIX = [missing_file, no_crs, self_crossing, unknown_class, unknown_project_key, null_polygon]


def test_six_faults_are_listed_at_once(ground, run, raw, earlier):
    for spoil in SIX:
        spoil(ground, raw)
    project = ground.write()
    wells = ground.wells({"id": "A", "at": CLEAR, "activity": WELL})
    parcel = ground.blocks({"P": box(0, 0, 100, 100)})
    for call in (
        ("check", project),
        ("zone", project, "--out", earlier),
        ("assess", project, wells, "--out", earlier / "x.json"),
        ("notice", project, parcel, "--out", earlier / "n.html"),
        ("map", project, "--out", earlier / "m.html"),
        ("explain", project, 115.7, 39.0),
    ):
        lines = faults_of(run(*call))
        assert len(lines) == 6
        for spoil in SIX:
            assert sum(LAYER_FAULTS[spoil] in line for line in lines) == 1
    assert untouched(earlier)


@pytest.mark.parametrize(
    "broken", ["not toml [", "", "schema = 2\n[project]\nname='x'\narea='a'\n"]
)
def test_a_broken_project_file(ground, run, broken):
    project = ground.write()
    (project / "geozone.toml").write_text(broken, encoding="utf-8")
    assert faults_of(run("check", project))


def test_a_missing_project(run, tmp_path):
    for path in (tmp_path / "nowhere", tmp_path):
        (line,) = faults_of(run("check", path))
        assert str(path) in line


def test_a_policy_pack_with_a_strange_key(ground, run, earlier):
    ground.project["policies"] = ["HB21", "own.toml"]
    project = ground.write()
    pack = """
schema = 1
id = "OWN"
territory = ["13"]
colour = "red"
title = { zh = "自有", en = "Own" }
number = ""
after_end = "undetermined"
[valid]
earliest = 2020-01-01
certain = 2020-01-01
certain_until = 2030-01-01
latest = 2030-01-01
"""
    (project / "own.toml").write_text(pack, encoding="utf-8")
    lines = faults_of(run("zone", project, "--out", earlier))
    assert any("own.toml" in line and "colour" in line for line in lines)
    assert untouched(earlier)


@pytest.mark.parametrize("name", ["HB22", "nowhere.toml"])
def test_an_unknown_policy(ground, run, name):
    ground.project["policies"] = [name]
    (line,) = faults_of(run("check", ground.write()))
    assert name in line


def test_no_decision_date(ground, run, earlier, degrees):
    del ground.project["on"]
    project = ground.write()
    wells = ground.wells({"id": "A", "at": CLEAR, "activity": WELL, **STATED})
    parcel = ground.blocks({"P": box(1100, 2200, 1300, 2400)})
    calls = (
        ("zone", project, "--out", earlier),
        ("assess", project, wells, "--out", earlier / "x.json"),
        ("notice", project, parcel, "--out", earlier / "n.html"),
        ("map", project, "--out", earlier / "m.html"),
        ("explain", project, *degrees(*CLEAR)),
    )
    for call in calls:
        (line,) = faults_of(run(*call))
        assert "--on" in line
    assert untouched(earlier)
    assert run(*calls[1], "--on", "2024-06-01").exit_code == 0


# ------------------------------------------------------------------ proposals

PROPOSAL_FAULTS = {
    "no activity": ({"activity": ""}, "activity"),
    "unknown activity": ({"activity": "middeep_reinjektion:well_production"}, "reinjektion"),
    "senseless activity": ({"activity": "waste_heat:well_production"}, "waste_heat"),
    "text in a number": ({"reinjection_ratio": "hundred"}, "hundred"),
    "number out of range": ({"reinjection_ratio": "95"}, "95"),
    "number not finite": ({"depth_m": "nan"}, "nan"),
    "unknown choice": ({"use": "heatng"}, "heatng"),
    "neither yes nor no": ({"reinjection_same_layer": "maybe"}, "maybe"),
    "outside the area": ({"at": (90_000, 2400)}, "outside"),
    "no id": ({"id": ""}, "id"),
}


@pytest.mark.parametrize("fault", PROPOSAL_FAULTS)
def test_a_faulty_proposal_is_refused(ground, run, earlier, fault):
    changed, word = PROPOSAL_FAULTS[fault]
    project = ground.write()
    good = {"id": "A", "at": CLEAR, "activity": WELL, **STATED, "depth_m": "1800"}
    file = ground.wells(good, {**good, "id": "B", **changed})
    (line,) = faults_of(run("assess", project, file, "--out", earlier / "x.json"))
    assert "wells.csv" in line
    assert "row 3" in line
    assert word in line
    assert untouched(earlier)


def test_all_faults_of_a_table_at_once(ground, run, earlier):
    project = ground.write()
    good = {"id": "A", "at": CLEAR, "activity": WELL, **STATED, "depth_m": "1800"}
    rows = [
        {**good, "id": f"B{i}", **changed}
        for i, (changed, _) in enumerate(PROPOSAL_FAULTS.values())
    ]
    lines = faults_of(
        run("assess", project, ground.wells(good, *rows), "--out", earlier / "x.json")
    )
    assert len(lines) == len(PROPOSAL_FAULTS)
    assert untouched(earlier)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("id,lon\nA,115.7\n", "lat"),
        ("id,east,north,activity\nA,391200,4322400,W\n", "crs"),
        ("id,lon,lat,activity\nA,abc,39.0,W\n", "abc"),
        ("id,lon,lat,activity\nA,391200,4322400,W\n", "391200"),
        ("id,lon,lat,activity\n", "no proposals"),
        ("", ""),
        ("id,id,lon,lat,activity\nA,A,115.7,39.0,W\n", "id"),
        ("id,lon,lat,activity\nA,P,W\nA,P,W\n", "id"),
        ("id,lon,lat,activity\nA,P,W,extra\n", "row 2"),
    ],
)
def test_a_table_that_cannot_be_read(ground, run, earlier, degrees, text, word):
    project = ground.write()
    place = ",".join(map(str, degrees(*CLEAR)))
    file = project / "wells.csv"
    file.write_text(text.replace("W", WELL).replace("P", place), encoding="utf-8")
    lines = faults_of(run("assess", project, file, "--out", earlier / "x.json"))
    assert any(word in line for line in lines)
    assert untouched(earlier)


def test_a_block_as_a_well_and_a_well_as_a_block(ground, run, tmp_path):
    project = ground.write()
    block = ground.blocks({"B": box(1100, 2200, 1300, 2400)}, activity=WELL)
    (line,) = faults_of(run("assess", project, block, "--out", tmp_path / "x.json"))
    assert "well_production" in line
    well = ground.wells({"id": "A", "at": CLEAR, "activity": "bathing:block_mining"})
    (line,) = faults_of(run("assess", project, well, "--out", tmp_path / "x.json"))
    assert "block_mining" in line


def test_missing_proposals(ground, run, tmp_path):
    project = ground.write()
    for name in ("nowhere.csv", "nowhere.gpkg", "nowhere.txt", "nowhere.doc"):
        (line,) = faults_of(run("assess", project, project / name, "--out", tmp_path / "x.json"))
        assert name in line
    (line,) = faults_of(run("assess", project, project, "--out", tmp_path / "x.json"))
    (line,) = faults_of(run("notice", project, project / "no.gpkg", "--out", tmp_path / "n.html"))
    assert "no.gpkg" in line


# ------------------------------------------------------------------ the call itself


@pytest.mark.parametrize("activity", ["heat", "bathing:well", "waste_heat:well_production", ":"])
def test_an_unknown_activity_in_the_call(ground, run, earlier, activity):
    project = ground.write()
    wells = ground.wells({"id": "A", "at": CLEAR})
    (line,) = faults_of(run("zone", project, "--activity", activity, "--out", earlier))
    assert activity in line
    call = ("assess", project, wells, "--activity", activity, "--out", earlier / "x.json")
    (line,) = faults_of(run(*call))
    assert untouched(earlier)


@pytest.mark.parametrize("name", ["x.txt", "x", "x.json.bak", ".json"])
def test_an_unknown_ending(ground, run, tmp_path, name):
    project = ground.write()
    wells = ground.wells({"id": "A", "at": CLEAR, "activity": WELL, **STATED})
    parcel = ground.blocks({"P": box(1100, 2200, 1300, 2400)})
    out = tmp_path / "out" / name
    assert name in faults_of(run("assess", project, wells, "--out", out))[0]
    assert name in faults_of(run("notice", project, parcel, "--out", out))[0]
    assert name in faults_of(run("map", project, "--out", out))[0]
    assert not out.parent.exists()


def test_the_way_out_is_blocked(ground, run, tmp_path):
    """A file stands where the folder should be, a folder where the file should be."""
    project = ground.write()
    wells = ground.wells({"id": "A", "at": CLEAR, "activity": WELL, **STATED})
    parcel = ground.blocks({"P": box(1100, 2200, 1300, 2400)})
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "x.json").mkdir()
    (tmp_path / "m.html").mkdir()
    (tmp_path / "zones" / "summary.json").mkdir(parents=True)
    calls = (
        ("zone", project, "--out", tmp_path / "file"),
        ("zone", project, "--out", tmp_path / "zones"),
        ("assess", project, wells, "--out", tmp_path / "file" / "x.json"),
        ("assess", project, wells, "--out", tmp_path / "x.json"),
        ("notice", project, parcel, "--out", tmp_path / "x.json"),
        ("map", project, "--out", tmp_path / "m.html"),
    )
    for call in calls:
        (line,) = faults_of(run(*call))
        assert "--out" in line
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    assert [one.name for one in (tmp_path / "zones").iterdir()] == ["summary.json"]


def test_a_folder_without_leave_to_write(ground, run, tmp_path, monkeypatch):
    def shut(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", shut)
    (line,) = faults_of(run("zone", ground.write(), "--out", tmp_path / "shut"))
    assert "--out" in line
    assert "Permission denied" in line


def test_a_parameter_that_no_pack_declares(ground, run, tmp_path):
    ground.project["parameters"] = {"well_spacing_m": 500, "nonsense": 3}
    (line,) = faults_of(run("zone", ground.write(), "--out", tmp_path / "out"))
    assert "nonsense" in line


@pytest.mark.parametrize(
    "options",
    [
        ("--on", "2024-13-01"),
        ("--on", "yesterday"),
        ("--resolution", "0"),
        ("--resolution", "-5"),
        ("--resolution", "nan"),
        ("--resolution", "inf"),
        ("--resolution", "0.00001"),
        ("--resolution", "1e-200"),
        ("--jobs", "0"),
        ("--colour", "red"),
    ],
)
def test_senseless_options(ground, run, earlier, options):
    done = run("zone", ground.write(), "--out", earlier, *options)
    assert done.exit_code == 2
    assert done.stderr
    assert untouched(earlier)


@pytest.mark.parametrize("place", [("nan", "39"), ("inf", "39"), ("200", "39"), ("115.7", "95")])
def test_a_senseless_place(ground, run, place):
    done = run("explain", ground.write(), *place)
    assert done.exit_code == 2
    assert done.stderr


def test_a_crs_nobody_knows(ground, run, earlier):
    project = ground.write()
    file = project / "wells.csv"
    file.write_text(f"id,east,north,activity\nA,391200,4322400,{WELL}\n", encoding="utf-8")
    call = ("assess", project, file, "--out", earlier / "x.json", "--crs")
    for crs in ("EPSG:99999", "metres", "EPSG:2383", "EPSG:4490"):
        lines = faults_of(run(*call, crs))
        assert any(crs in line for line in lines) or crs in ("EPSG:2383", "EPSG:4490")
    assert untouched(earlier)


ESCAPES = {"colour": "\x1b[31m", "bell": "\x07", "c1": "\x9b31m", "turned": "\u202e"}


@pytest.mark.parametrize("name", ESCAPES)
def test_nothing_out_of_a_file_commands_the_terminal(ground, run, tmp_path, name):
    """Names of files and words in them are shown, never obeyed; no text makes a line of its own."""
    mark = ESCAPES[name]
    path = tmp_path / f"a{mark}b.txt"
    path.write_text(f"[属性描述]\n坐标系={mark}x\n[地块坐标]\n3,1,{mark},x,面,,,,@\n", "utf-8")
    done = run("assess", ground.write(), path, "--out", tmp_path / "x.json")
    assert done.exit_code == 2
    assert mark not in done.output
    assert mark.encode("unicode_escape").decode("ascii") in done.output


def test_a_console_of_gbk_shows_what_it_lacks():
    """It lacks letters of our own timeline: they are shown by their codes, and nothing breaks."""
    environment = {**os.environ, "PYTHONIOENCODING": "gbk"}
    code = "from geozone.cli import main; main()"
    asked = [sys.executable, "-c", code, "policy", "show", "HB21", "--on", "2024-06-01"]
    done = subprocess.run(asked, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "\\u" in done.stdout.decode("gbk")

"""Old datums with declared parameters: applied as declared, and never shown anywhere."""

from __future__ import annotations

import json
import math

import numpy as np
import pyproj
import pytest
import shapely

from geozone.land.coordinates.crs import GEOGRAPHIC, Operation
from geozone.land.coordinates.shiftfile import NUMBERS, read_shift
from geozone.land.faults import Faults
from geozone.land.project import read_project
from geozone.land.proposals.proposal import read_proposals
from geozone.land.proposals.rows import Given
from geozone.law.errors import Refused

SEVEN = {
    "method": "seven",
    "from": "EPSG:4610",
    "convention": "position_vector",
    "dx_m": 24.317,
    "dy_m": -123.451,
    "dz_m": -81.253,
    "rx_arcsec": 0.7151,
    "ry_arcsec": -0.2713,
    "rz_arcsec": 3.1417,
    "scale_ppm": -1.5157,
    "accuracy_m": 0.5,
}
FOUR = {
    "method": "four",
    "from": "EPSG:2383",
    "to": "EPSG:4547",
    "rotation": "counterclockwise",
    "dx_east_m": -116.713,
    "dy_north_m": 7.919,
    "rotation_arcsec": 0.3137,
    "scale_ppm": 1.7333,
    "accuracy_m": 0.3,
}
SECRET = [f"{abs(v)}" for one in (SEVEN, FOUR) for k, v in one.items() if k in {
    *NUMBERS["seven"], *NUMBERS["four"]}]  # fmt: skip


def write(folder, values, name="shift.toml"):
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items() if value is not None]
    (folder / name).write_text("\n".join(lines), "utf-8")
    return name


def shift_of(folder, values):
    faults = Faults("shift.toml")
    found = read_shift(write(folder, values), folder, faults)
    assert (found is None) == bool(faults.found)
    return found, [str(one) for one in faults.found]


def helmert(values, lon, lat, sign=1):
    """The seven parameters by hand: IAG 75 to GRS 80, small angles not small enough to drop."""
    a, f = 6378140.0, 1 / 298.257
    e2 = f * (2 - f)
    b, lam = math.radians(lat), math.radians(lon)
    n = a / math.sqrt(1 - e2 * math.sin(b) ** 2)
    p = np.array([n * math.cos(b) * math.cos(lam), n * math.cos(b) * math.sin(lam),
                  n * (1 - e2) * math.sin(b)])  # fmt: skip
    rx, ry, rz = (sign * math.radians(values[k] / 3600) for k in
                  ("rx_arcsec", "ry_arcsec", "rz_arcsec"))  # fmt: skip
    turn = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    q = np.array([values["dx_m"], values["dy_m"], values["dz_m"]]) + (
        1 + values["scale_ppm"] * 1e-6
    ) * (turn @ p)
    back = pyproj.Transformer.from_pipeline("+proj=pipeline +step +inv +proj=cart +ellps=GRS80")
    x, y, _ = back.transform(*q, radians=False)
    return x, y


@pytest.mark.parametrize(("convention", "sign"), [("position_vector", 1), ("coordinate_frame", -1)])
def test_seven_parameters(tmp_path, convention, sign):
    shift, _ = shift_of(tmp_path, {**SEVEN, "convention": convention})
    way = Operation(shift.frame, GEOGRAPHIC, shift)
    ((x, y),) = way(np.array([[114.22, 38.0]]))
    assert (x, y) == pytest.approx(helmert(SEVEN, 114.22, 38.0, sign), abs=1e-9)
    assert way.says == "EPSG:4610 -> EPSG:4490, seven declared parameters, accuracy 0.5 m"
    assert not way.is_identity


def test_projected_and_geographic_sources_of_one_datum_agree(tmp_path):
    shift, _ = shift_of(tmp_path, SEVEN)
    flat = pyproj.Transformer.from_crs(4610, 2383, always_xy=True).transform(114.22, 38.0)
    there = [
        Operation(pyproj.CRS.from_epsg(code), pyproj.CRS.from_epsg(4547), shift)(np.array([xy]))
        for code, xy in ((4610, (114.22, 38.0)), (2383, flat))
    ]
    assert there[0] == pytest.approx(there[1], abs=1e-6)


@pytest.mark.parametrize("rotation", ["counterclockwise", "clockwise"])
def test_four_parameters(tmp_path, rotation):
    shift, _ = shift_of(tmp_path, {**FOUR, "rotation": rotation})
    way = Operation(shift.frame, pyproj.CRS.from_epsg(4547), shift)
    x, y = 519_318.0, 4_207_494.0
    turn = math.radians(FOUR["rotation_arcsec"] / 3600)
    turn = -turn if rotation == "clockwise" else turn
    scale = 1 + FOUR["scale_ppm"] * 1e-6
    want = (
        FOUR["dx_east_m"] + scale * (x * math.cos(turn) - y * math.sin(turn)),
        FOUR["dy_north_m"] + scale * (x * math.sin(turn) + y * math.cos(turn)),
    )
    assert tuple(way(np.array([[x, y]]))[0]) == pytest.approx(want, abs=1e-4)
    assert way.says == "EPSG:2383 -> EPSG:4547, four declared parameters, accuracy 0.3 m"


WRONG = {
    "no_method": ({"method": None}, "method"),
    "another_method": ({"method": "three"}, "method"),
    "no_convention": ({"convention": None}, "convention"),
    "another_convention": ({"convention": "bursa"}, "convention"),
    "no_accuracy": ({"accuracy_m": None}, "accuracy_m"),
    "no_error_at_all": ({"accuracy_m": 0}, "accuracy_m"),
    "missing_number": ({"dz_m": None}, "dz_m"),
    "text": ({"dx_m": "24.317"}, "dx_m"),
    "true": ({"dx_m": True}, "dx_m"),
    "radians": ({"rx_arcsec": 24317.0}, "rx_arcsec"),
    "scale_as_a_factor": ({"scale_ppm": 1e6 - 1.5157}, "scale_ppm"),
    "unknown_key": ({"dx": 24.317}, "unknown key 'dx'"),
    "planar_key": ({"to": "EPSG:4547"}, "unknown key 'to'"),
    "from_new": ({"from": "EPSG:4490"}, "no old datum"),
    "from_gcj": ({"from": "GCJ-02"}, "no old datum"),
    "from_unknown": ({"from": "+proj=longlat +ellps=krass"}, "no old datum"),
    "from_nowhere": ({"from": "EPSG:1"}, "unknown CRS"),
    "from_number": ({"from": 4610}, "from"),
    "from_heights": ({"from": "EPSG:5737"}, "no map CRS"),
}


def test_a_place_that_the_frame_lacks_has_none_after_the_shift(tmp_path):
    """The false origin of a prefixed zone lies nowhere in a zone without prefix: no warning."""
    shift, _ = shift_of(tmp_path, FOUR)
    east, _ = shift.to_degrees(np.array([[0.0, 0.0]]), pyproj.CRS("EPSG:2362"))
    assert not np.isfinite(east[0])


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files(tmp_path, name):
    changes, part = WRONG[name]
    _, told = shift_of(tmp_path, {**SEVEN, **changes})
    assert any(part in one for one in told), told
    assert not any(secret in one for one in told for secret in SECRET)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"from": "EPSG:4610"}, "projections in metres"),
        ({"to": "EPSG:4490"}, "projections in metres"),
        ({"to": "EPSG:2384"}, "refused"),
        ({"to": None}, "'to'"),
        ({"rotation": "left"}, "rotation"),
        ({"dx_m": 1.0}, "unknown key"),
    ],
)
def test_wrong_planar_files(tmp_path, changes, part):
    _, told = shift_of(tmp_path, {**FOUR, **changes})
    assert any(part in one for one in told), told


def test_every_fault_of_a_file_at_once(tmp_path):
    _, told = shift_of(tmp_path, {"method": "seven", "dx_m": "x"})
    assert len(told) == 10


@pytest.mark.parametrize(
    "content", [b"dx_m = 24.317.5\n", b"dx_m = \xff24.317\n", b"24.317 24.317 = [\n"]
)
def test_broken_files_show_nothing(tmp_path, content):
    (tmp_path / "shift.toml").write_bytes(content)
    faults = Faults("shift.toml")
    assert read_shift("shift.toml", tmp_path, faults) is None
    (fault,) = faults.found
    assert "24" not in str(fault)


# Layers


def old_layer(case, make, epsg=2383, **more):
    """A layer that claims an old datum: the numbers of a square in the area."""
    make["frame"]([make["square"]()], f"EPSG:{epsg}").to_file(case.folder / "old.gpkg")
    case.add("old.gpkg", None, accuracy_m=5, **more)


def test_a_layer_with_parameters(case, make):
    old_layer(case, make, datum_shift=write(case.folder, FOUR))
    read = read_project(case.write())
    (layer,) = read.layers
    assert layer.accuracy_m == pytest.approx(5.3)
    there = layer.shapes[0].centroid
    assert there.distance(shapely.Point(520_000, 4_207_000)) > 50
    assert "four declared parameters, accuracy 0.3 m" in layer.receipt.operation
    shown = json.dumps(layer.receipt.to_dict()) + repr(layer.spec) + " ".join(read.warnings)
    assert not any(secret in shown for secret in SECRET)


LAYERS = {
    "no_parameters": (2383, None, "Xian 1980"),
    "parameters_of_another_datum": (2435, SEVEN, "EPSG:2435"),
    "parameters_for_a_new_datum": (4547, FOUR, "datum_shift"),
    "parameters_that_move_far": (2383, {**FOUR, "dx_east_m": 5_000.0}, "1000 m"),
    "no_file": (2383, "none.toml", "none.toml"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layer_faults(case, make, name):
    epsg, values, part = LAYERS[name]
    if isinstance(values, dict):
        values = write(case.folder, values)
    old_layer(case, make, epsg, **({"datum_shift": values} if values else {}))
    with pytest.raises(Refused) as refused:
        read_project(case.write())
    told = [str(one) for one in refused.value.faults]
    assert any(part in one for one in told), told
    assert not any(secret in one for one in told for secret in SECRET)


# Proposals

ROW = "id,lon,lat,crs,activity\nW1,114.22,38.0,{},middeep_reinjection:well_production\n"


def proposals(case, crs, values, **more):
    project = read_project(case.write())
    path = case.folder / "p.csv"
    path.write_text(ROW.format(crs), "utf-8")
    shift = case.folder / write(case.folder, values) if values else None
    return read_proposals(path, project, given=Given(datum_shift=shift, **more))


def test_a_proposal_with_parameters(case):
    case.project["proposal_accuracy_m"] = 2
    found = proposals(case, "EPSG:4610", SEVEN)
    (one,) = found.items
    assert one.accuracy_m == pytest.approx(2.5)
    plain = proposals(case, "EPSG:4490", None).items[0]
    assert 20 < one.shape.distance(plain.shape) < 300
    shown = " ".join(found.notes) + json.dumps([each.receipt.to_dict() for each in found.inputs])
    assert "seven declared parameters" in found.inputs[0].receipt.operation
    beside = found.inputs[-1]
    assert (beside.role, beside.name) == ("datum_shift", "shift.toml")
    assert (beside.receipt.sha256, beside.receipt.files) == ("", ())
    assert beside.receipt.operation == "seven declared parameters, accuracy 0.5 m"
    assert not any(secret in shown for secret in SECRET)


@pytest.mark.parametrize(
    ("crs", "values", "part"),
    [
        ("EPSG:4610", None, "Xian 1980"),
        ("EPSG:4214", SEVEN, "Beijing 1954"),
        ("EPSG:4490", SEVEN, "no coordinates are on the datum"),
    ],
)
def test_proposal_faults(case, crs, values, part):
    with pytest.raises(Refused) as refused:
        proposals(case, crs, values)
    assert any(part in str(one) for one in refused.value.faults)

"""Text DXF: straight entities of model space; whatever else there is, is said."""

from __future__ import annotations

import pytest

from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.reading import read_features
from geozone.land.project import read_project
from geozone.law.errors import Refused

CODE_PAGE = "  9\n$DWGCODEPAGE\n  3\nANSI_936\n"


def entity(kind, *groups, layer="农田"):
    pairs = [(0, kind), (8, layer), *groups]
    return "".join(f"{code:>3}\n{value}\n" for code, value in pairs)


def corners(*places):
    return [(code, value) for x, y in places for code, value in ((10, x), (20, y))]


def drawing(*entities, version="AC1015", header=CODE_PAGE, end="  0\nEOF\n"):
    head = f"  0\nSECTION\n  2\nHEADER\n  9\n$ACADVER\n  1\n{version}\n{header}  0\nENDSEC\n"
    return f"{head}  0\nSECTION\n  2\nENTITIES\n{''.join(entities)}  0\nENDSEC\n{end}"


def read(folder, text, encoding="gb18030", **wanted):
    path = folder / "a.dxf"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return read_features(path, Wanted(**wanted))


def fault(folder, text, **wanted):
    with pytest.raises(UnreadableError) as refused:
        read(folder, text, **wanted)
    return f"{refused.value.what} -> {refused.value.todo}"


SQUARE = ((0, 0), (4, 0), (4, 4), (0, 4))
POINT = entity("POINT", (10, 1), (20, 2), (30, 9))
LINE = entity("LINE", (10, 0), (20, 0), (11, 5), (21, 5))


def light(*more, places=SQUARE, closed=1):
    return entity("LWPOLYLINE", (90, len(places)), (70, closed), *corners(*places), *more)


def heavy(*places, flags=1):
    vertices = [entity("VERTEX", *corners(one)) for one in places]
    return entity("POLYLINE", (66, 1), (70, flags)) + "".join(vertices) + entity("SEQEND")


def path(*places, bulge=()):
    return [
        (92, 3),
        (72, len(bulge)),
        (73, 1),
        (93, len(places)),
        *corners(*places),
        *bulge,
        (97, 0),
    ]


def edges(*places, kind=1):
    ends = [*places[1:], places[0]]
    lines = [
        group
        for (x, y), (to_x, to_y) in zip(places, ends, strict=True)
        for group in ((72, kind), (10, x), (20, y), (11, to_x), (21, to_y))
    ]
    return [(92, 1), (93, len(places)), *lines, (97, 0)]


def hatch(*paths, style=0):
    inside = [group for one in paths for group in one]
    start = [(10, 0), (20, 0), (30, 0), (210, 0), (220, 0), (230, 1), (91, len(paths))]
    return entity("HATCH", *start, *inside, (75, style), (76, 1), (98, 1), (10, 7), (20, 7))


SMALL, OTHER = ((1, 1), (2, 1), (2, 2)), ((3, 3), (3.5, 3), (3.5, 3.5))
RING = "(0 0, 4 0, 4 4, 0 4, 0 0)"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (POINT, "POINT (1 2)"),
        (LINE, "LINESTRING (0 0, 5 5)"),
        (light(), f"LINESTRING {RING}"),
        (light(closed=0), "LINESTRING (0 0, 4 0, 4 4, 0 4)"),
        (light((42, 0), (43, 1)), f"LINESTRING {RING}"),
        (heavy(*SQUARE), f"LINESTRING {RING}"),
        (heavy(*SQUARE, flags=8), "LINESTRING (0 0, 4 0, 4 4, 0 4)"),
        (hatch(path(*SQUARE)), f"POLYGON ({RING})"),
        (hatch(edges(*SQUARE)), f"POLYGON ({RING})"),
        (hatch(path(*SQUARE), style=2), f"POLYGON ({RING})"),
        (hatch(path(*SQUARE), path(*SMALL)), f"POLYGON ({RING}, (1 1, 2 1, 2 2, 1 1))"),
        (hatch(path(*SMALL), path(*SQUARE)), f"POLYGON ({RING}, (1 1, 2 1, 2 2, 1 1))"),
        (
            hatch(path(*SQUARE), path(*SMALL), path(*OTHER)),
            f"POLYGON ({RING}, (1 1, 2 1, 2 2, 1 1), (3 3, 3.5 3, 3.5 3.5, 3 3))",
        ),
        (
            entity("SOLID", *corners((0, 0)), (11, 4), (21, 0), (12, 0), (22, 4), (13, 4), (23, 4)),
            f"POLYGON ({RING})",
        ),
    ],
)
def test_straight_entities(tmp_path, written, expected):
    found = read(tmp_path, drawing(written))
    assert [one.wkt for one in found.shapes] == [expected]
    assert (found.doubts, found.notes, found.crs, found.driver) == ((), (), None, "DXF")


@pytest.mark.parametrize(
    ("written", "word"),
    [
        (light((42, 1)), "arcs"),
        (entity("LWPOLYLINE", (90, 5), (70, 1), *corners(*SQUARE)), "vertices are missing"),
        (entity("LWPOLYLINE", (90, 1), (70, 0), (10, 1), (20, 2)), "1 vertices"),
        (entity("LWPOLYLINE", (90, 2), (70, 0), *corners(*SQUARE[:2]), (10, 1)), "half"),
        (entity("LINE", (10, 0), (20, 0), (11, 5)), "group 21 is missing"),
        (entity("POINT", (10, "x"), (20, 2)), "not a number"),
        (light((230, -1)), "mirrored"),
        (light((210, 0.1)), "tilted"),
        (heavy(*SQUARE, flags=64), "mesh"),
        (heavy(*SQUARE, flags=4), "curve"),
        (hatch(path(*SQUARE, bulge=((42, 0.5),))), "arcs"),
        (hatch(edges(*SQUARE, kind=2)), "curved edges"),
        (hatch(path(*SQUARE), path(*SMALL), style=1), "island style"),
        (hatch(path(*SQUARE), path((2, 2), (6, 2), (6, 6))), "one ring with holes"),
        (hatch(path(*SQUARE), path((9, 9), (10, 9), (10, 10))), "one ring with holes"),
        (hatch(path((0, 0), (4, 4), (4, 0), (0, 4))), "crosses itself"),
        (hatch(path(*SQUARE)[:-3]), "lacks vertices"),
        (hatch(), "incomplete"),
    ],
)
def test_entities_that_cannot_be_read_are_doubts(tmp_path, written, word):
    found = read(tmp_path, drawing(LINE, written))
    assert found.shapes[1] is None
    ((problem, what),) = found.doubts
    assert problem == "invalid-geometry"
    assert "number 2" in what
    assert word in what


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("ARC", "straight segments"),
        ("CIRCLE", "straight segments"),
        ("SPLINE", "straight segments"),
        ("INSERT", "explode"),
        ("3DFACE", "not read"),
        ("ACAD_PROXY_ENTITY", "not read"),
    ],
)
def test_other_entities_are_doubts(tmp_path, kind, word):
    found = read(tmp_path, drawing(LINE, entity(kind), entity(kind)))
    ((problem, what),) = found.doubts
    assert problem == "driver-warning"
    assert f"2 {kind}" in what
    assert word in what
    assert len(found.shapes) == 1


def test_block_with_attributes_is_one_reference(tmp_path):
    block = entity("INSERT", (66, 1)) + entity("ATTRIB", (1, "x")) + entity("SEQEND")
    found = read(tmp_path, drawing(block, LINE))
    assert found.doubts[0][1].startswith("1 INSERT")
    assert len(found.shapes) == 1


def test_lettering_and_paper_space_are_noted(tmp_path):
    paper = entity("LINE", (67, 1), (10, 0), (20, 0), (11, 5), (21, 5))
    found = read(tmp_path, drawing(entity("TEXT"), entity("MTEXT"), entity("TEXT"), paper, LINE))
    assert found.notes[0].endswith("1 MTEXT, 2 TEXT, 1 paper space")
    assert len(found.shapes) == 1


def test_layers_are_a_field_and_one_may_be_named(tmp_path):
    text = drawing(LINE, entity("ARC", layer="图廓"), POINT.replace("农田", "井"))
    found = read(tmp_path, text, fields=("layer",))
    assert found.columns["layer"] == ("农田", "井")
    assert len(found.doubts) == 1
    wells = read(tmp_path, text, layer="井", fields=("Layer",))
    assert (wells.columns["Layer"], wells.doubts) == (("井",), ())
    assert "did you mean 农田" in fault(tmp_path, text, layer="农")


@pytest.mark.parametrize(
    ("version", "header", "encoding", "declared"),
    [
        ("AC1015", CODE_PAGE, "gb18030", None),
        ("AC1021", CODE_PAGE, "utf-8", None),
        ("AC1032", "", "utf-8-sig", None),
        ("AC1015", "", "gb18030", None),
        ("AC1015", "", "gb18030", "GBK"),
        ("AC1015", "", "utf-8", None),
        ("AC1015", CODE_PAGE.replace("936", "1252"), "gb18030", None),
        ("AC1015", CODE_PAGE.replace("936", "1252"), "gb18030", "GBK"),
    ],
)
def test_encodings(tmp_path, version, header, encoding, declared):
    text = drawing(LINE, version=version, header=header)
    (tmp_path / "a.dxf").write_bytes(text.encode(encoding))
    found = read_features(tmp_path / "a.dxf", Wanted(fields=("Layer",), encoding=declared))
    assert found.columns["Layer"] == ("农田",)


@pytest.mark.parametrize("version", ["AC1015", "AC1032"])
def test_encoding_against_what_the_file_states_is_refused(tmp_path, version):
    (tmp_path / "a.dxf").write_bytes(drawing(LINE, version=version).encode("gb18030"))
    with pytest.raises(UnreadableError, match="the project cp950"):
        read_features(tmp_path / "a.dxf", Wanted(encoding="Big5"))


def test_escaped_letters(tmp_path):
    text = drawing(LINE.replace("农田", r"\U+519C\U+7530"))
    assert read(tmp_path, text, fields=("Layer",)).columns["Layer"] == ("农田",)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"AutoCAD Binary DXF\r\n\x1a\x00", "binary"),
        (b"AC1032\x00\x00", "DWG"),
        (b"", "do not pair"),
        (drawing(LINE, end="").encode("gb18030"), "no EOF"),
        (drawing(LINE)[:-20].encode("gb18030"), "cannot be read"),
        (b"  0\nSECTION\n  2\nHEADER\n  0\nENDSEC\n  0\nEOF\n", "no ENTITIES"),
        (b"  0\nSECTION\n  2\nENTITIES\n  0\nEOF\n", "no end"),
        (b"x\nSECTION\n  0\nEOF\n", "line 1 is no group code"),
        (drawing(LINE, version="AC1021").encode("gb18030"), "cannot be read"),
        (b"\x00" * 64, "cannot be read"),
    ],
)
def test_files_that_are_refused(tmp_path, content, word):
    assert word in fault(tmp_path, content)


def test_crlf(tmp_path):
    assert len(read(tmp_path, drawing(LINE, POINT).replace("\n", "\r\n")).shapes) == 2


def test_closed_line_as_an_area_is_refused_in_a_project(case):
    x, y = 520_000, 4_207_000
    places = [(x, y), (x + 100, y), (x + 100, y + 100)]
    text = drawing(light(places=places))
    (case.folder / "pbf.dxf").write_bytes(text.encode("gb18030"))
    case.add("pbf.dxf", None, crs="EPSG:4547")
    with pytest.raises(Refused, match="line"):
        read_project(case.write())
    case.layers.clear()
    (case.folder / "area.dxf").write_bytes(drawing(hatch(path(*places))).encode("gb18030"))
    case.add("area.dxf", None)
    with pytest.raises(Refused, match="no CRS"):
        read_project(case.write())
    case.layers[0]["crs"] = "EPSG:4547"
    (layer,) = read_project(case.write()).layers
    assert layer.shapes[0].area == pytest.approx(5000)

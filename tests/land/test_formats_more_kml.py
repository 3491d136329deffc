"""KML: every Placemark of every folder, and nothing that only looks like data."""

from __future__ import annotations

import pytest

from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.reading import read_features

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
KML = '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">'
RING = "114,38,0 114.1,38,0 114.1,38.1,0 114,38,0"
HOLE = "114.05,38.01 114.06,38.01 114.06,38.02 114.05,38.01"
OUTER = (
    f"<outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs>"
)
INNER = (
    f"<innerBoundaryIs><LinearRing><coordinates>{HOLE}</coordinates></LinearRing></innerBoundaryIs>"
)
POLYGON = f"<Polygon>{OUTER}</Polygon>"


def coordinates(text, kind="Point"):
    return f"<{kind}><coordinates>{text}</coordinates></{kind}>"


POINT = coordinates("114.2,38.0,12.5")


def mark(*inside, name="W1"):
    return f"<Placemark><name>{name}</name>{''.join(inside)}</Placemark>"


def document(*inside):
    return f"{HEAD}{KML}<Document><name>all</name>{''.join(inside)}</Document></kml>"


def read(folder, text, encoding="utf-8", **wanted):
    path = folder / "a.kml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return read_features(path, Wanted(**wanted))


def fault(folder, text, **wanted):
    with pytest.raises(UnreadableError) as refused:
        read(folder, text, **wanted)
    return f"{refused.value.what} -> {refused.value.todo}"


SHAPES = [
    (POINT, "POINT (114.2 38)"),
    (coordinates("114,38 115,39", "LineString"), "LINESTRING (114 38, 115 39)"),
    (coordinates(RING, "LinearRing"), "LINESTRING (114 38, 114.1 38, 114.1 38.1, 114 38)"),
    (POLYGON, "POLYGON ((114 38, 114.1 38, 114.1 38.1, 114 38))"),
    (
        f"<Polygon>{OUTER}{INNER}</Polygon>",
        "POLYGON ((114 38, 114.1 38, 114.1 38.1, 114 38), "
        "(114.05 38.01, 114.06 38.01, 114.06 38.02, 114.05 38.01))",
    ),
    (
        f"<MultiGeometry>{POLYGON}</MultiGeometry>",
        "POLYGON ((114 38, 114.1 38, 114.1 38.1, 114 38))",
    ),
    (
        f"<MultiGeometry>{POINT}{coordinates('1,2')}</MultiGeometry>",
        "MULTIPOINT ((114.2 38), (1 2))",
    ),
    (
        f"<MultiGeometry>{POINT}{coordinates('1,2 3,4', 'LineString')}</MultiGeometry>",
        "GEOMETRYCOLLECTION (POINT (114.2 38), LINESTRING (1 2, 3 4))",
    ),
    (coordinates("114.2, 38.0"), "POINT (114.2 38)"),
    (coordinates("\n\t114.2 ,38.0 , 0\n"), "POINT (114.2 38)"),
    (coordinates(""), "POINT EMPTY"),
    ("<Point><coordinates/></Point>", "POINT EMPTY"),
    ("<Polygon/>", "POLYGON EMPTY"),
    ("<LineString/>", "LINESTRING EMPTY"),
]


@pytest.mark.parametrize(("written", "expected"), SHAPES)
def test_shapes(tmp_path, written, expected):
    found = read(tmp_path, document(mark(written)))
    assert found.shapes[0].wkt == expected
    assert found.crs.to_epsg() == 4326
    assert (found.driver, found.scanned, found.doubts) == ("KML", 1, ())


@pytest.mark.parametrize(
    ("written", "word"),
    [
        (coordinates("114.2 38.0"), "lon,lat"),
        (coordinates("114.2,38,0,114.3,38,0"), "lon,lat"),
        (coordinates("114.2,38 114.3,38"), "2 places"),
        (coordinates("114.2,,0"), "not a number"),
        (coordinates("114.2，38.0"), "not a number"),
        (coordinates("NaN,38.0"), "not a number"),
        (coordinates("114°12′,38°"), "not a number"),
        (coordinates("114,38", "LineString"), "one place"),
        (POLYGON.replace(RING, "114,38 114.1,38"), "ring"),
        (f"<Polygon>{OUTER}{OUTER}</Polygon>", "2 outer rings"),
        (f"<Polygon>{INNER}</Polygon>", "0 outer rings"),
        (POINT + POINT, "more than one geometry"),
        (f"<MultiGeometry>{POINT}<point>{POINT[7:-8]}</point></MultiGeometry>", "not known"),
        (f"<MultiGeometry>{POINT}<Polygon/></MultiGeometry>", "empty"),
        (f"<Polygon>{OUTER}{INNER.replace('innerB', 'InnerB')}</Polygon>", "not known"),
    ],
)
def test_shapes_that_cannot_be_read_are_doubts(tmp_path, written, word):
    found = read(tmp_path, document(mark(POINT), mark(written, name="坏")))
    assert found.shapes[1] is None
    ((problem, what),) = found.doubts
    assert problem == "invalid-geometry"
    assert "number 2" in what
    assert "坏" in what
    assert word in what


def test_many_faults_are_counted(tmp_path):
    found = read(tmp_path, document(*(mark(coordinates("x")) for _ in range(8))))
    assert len(found.doubts) == 6
    assert "3 more" in found.doubts[-1][1]


def test_open_ring_is_closed_and_counted(tmp_path):
    found = read(tmp_path, document(mark(POLYGON.replace(" 114,38,0</", "</"))))
    assert found.unclosed == 1
    assert found.shapes[0].area > 0


def test_placemark_without_geometry_is_null(tmp_path):
    found = read(tmp_path, document(mark()))
    assert (found.shapes.tolist(), found.scanned, found.doubts) == ([None], 1, ())


FOLDERS = document(
    mark(POINT, name="a"),
    "<Folder><name>甲</name>",
    mark(POINT, name="b"),
    "<Folder><name>乙</name>",
    mark(POINT, name="c"),
    "</Folder></Folder><Folder>",
    mark(POINT, name="d"),
    "</Folder>",
)


@pytest.mark.parametrize(
    ("layer", "names"),
    [(None, "abcd"), ("甲", "bc"), ("乙", "c"), ("all", "abcd")],
)
def test_folders_are_one_layer_unless_one_is_named(tmp_path, layer, names):
    found = read(tmp_path, FOLDERS, layer=layer, fields=("name",))
    assert found.columns["name"] == tuple(names)
    assert found.fids == tuple(range(1, len(names) + 1))


def test_folder_that_is_not_there(tmp_path):
    assert "known: all、甲、乙" in fault(tmp_path, FOLDERS, layer="丙").replace("可用：", "known: ")


def test_fields_of_extended_data(tmp_path):
    simple = '<SimpleData name="DLBM">0102</SimpleData>'
    simple = f'<SchemaData schemaUrl="http://127.0.0.1:1/#s">{simple}</SchemaData>'
    data = '<Data name="级别"><value> 一级 </value></Data><Data name="空"><value/></Data>'
    found = read(
        tmp_path,
        document(
            mark(f"<ExtendedData>{simple}{data}</ExtendedData>", POINT), mark(POINT, name="W2")
        ),
        fields=("dlbm", "级别", "空", "name"),
    )
    assert found.columns == {
        "dlbm": ("0102", None),
        "级别": ("一级", None),
        "空": (None, None),
        "name": ("W1", "W2"),
    }


def test_extended_name_stands_for_the_name(tmp_path):
    data = '<ExtendedData><Data name="Name"><value>井一</value></Data></ExtendedData>'
    assert read(tmp_path, document(mark(data, POINT)), fields=("name",)).columns["name"] == (
        "井一",
    )


def test_unknown_field_is_refused(tmp_path):
    assert "no field 'DLBM'" in fault(tmp_path, document(mark(POINT)), fields=("DLBM",))


def test_description_in_cdata_is_text(tmp_path):
    text = document(mark("<description><![CDATA[<b>{{x}}</b>]]></description>", POINT))
    assert read(tmp_path, text, fields=("description",)).columns["description"] == ("<b>{{x}}</b>",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_a_mark(tmp_path, encoding):
    text = document(mark(POINT, name="甲")).replace(HEAD, "")
    assert read(tmp_path, text, encoding, fields=("name",)).columns["name"] == ("甲",)


@pytest.mark.parametrize("name", ["GBK", "gb2312", "GB18030"])
def test_declared_chinese_encoding(tmp_path, name):
    text = document(mark(POINT, name="甲")).replace("UTF-8", name)
    assert read(tmp_path, text, "gb18030", fields=("name",)).columns["name"] == ("甲",)


def test_encoding_that_does_not_fit_is_refused(tmp_path):
    text = document(mark(POINT, name="甲"))
    assert "cannot be read" in fault(tmp_path, text.encode("gb18030"))
    assert "cannot be read" in fault(tmp_path, text.replace("UTF-8", "GBK").encode("gbk") + b"\xff")
    assert "cannot be read" in fault(tmp_path, text.replace("UTF-8", "x-no-such").encode())


BOMB = '<!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
OUTSIDE = '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("doctype", ["<!DOCTYPE kml>", BOMB, OUTSIDE])
def test_document_types_are_never_parsed(tmp_path, doctype, encoding):
    text = doctype + document(mark(POINT, name="&x;")).replace(HEAD, "")
    assert "DOCTYPE" in fault(tmp_path, text.encode(encoding))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not well-formed"),
        (document(mark(POINT))[:-9], "not well-formed"),
        (document(mark(POINT, name="&unknown;")), "not well-formed"),
        ("<gpx/>", "not KML"),
        (HEAD + "<Folder>" * 200 + "</Folder>" * 200, "nested"),
        (
            document("<NetworkLink><Link><href>http://127.0.0.1:1/</href></Link></NetworkLink>"),
            "elsewhere",
        ),
        (document(mark(POINT), "<GroundOverlay/>"), "an image"),
        (document(mark("<Model/>")), "a model"),
        (document(mark("<gx:Track/>")), "a track"),
        (document(mark(f"<gx:MultiTrack/>{POINT}")), "tracks"),
        (document(mark(POINT), POLYGON), "no Placemark"),
        (document(mark(POINT), f"<PlaceMark>{POLYGON}</PlaceMark>"), "no Placemark"),
        (document("<Update><Create>" + mark(POINT) + "</Create></Update>"), "update"),
    ],
)
def test_files_that_are_refused(tmp_path, text, word):
    assert word in fault(tmp_path, text)


def test_placemark_that_no_folder_holds_is_a_mismatch(tmp_path):
    empty = mark(name="W2")
    found = read(tmp_path, document(mark(POINT), f"<Strange>{empty}</Strange>"))
    assert (len(found.fids), found.scanned) == (1, 2)


def test_swapped_latitude_is_left_to_the_check_of_units(tmp_path):
    assert read(tmp_path, document(mark(coordinates("38.0,114.2")))).shapes[0].y == 114.2


def test_namespaces_of_old_and_no_versions(tmp_path):
    for head in ('<kml xmlns="http://earth.google.com/kml/2.1">', "<kml>"):
        assert (
            len(read(tmp_path, document(mark(POINT)).replace(KML, head).replace("gx:", "")).fids)
            == 1
        )

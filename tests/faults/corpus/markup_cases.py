"""Markup: KML that fetches, explodes or leaves features out; workbooks whose parts are hostile."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import shapely
from corpus.ground import FAR, FIELD, PLACES, WELL, Ground, cases, degrees
from corpus.table_cases import ROWS

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"'


def ring(shape: Any, mark: str = " ") -> str:
    return mark.join(f"{x:.9f},{y:.9f},0" for x, y in degrees(shape).exterior.coords)


def polygon(coordinates: str) -> str:
    inner = f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"
    return f"<Polygon><outerBoundaryIs>{inner}</outerBoundaryIs></Polygon>"


def mark(inside: str) -> str:
    return f"<Placemark><name>x</name>{inside}</Placemark>"


FAR_MARK, FIELD_MARK = mark(polygon(ring(FAR))), mark(polygon(ring(FIELD)))


def document(*inside: str, head: str = HEAD) -> str:
    return f"{head}<kml {SPACE}><Document>{''.join(inside)}</Document></kml>"


def kml(*inside: str, head: str = HEAD):
    return text(document(*inside, head=head))


def text(content: str | bytes, name: str = "pbf.kml", **keys: Any):
    return lambda g: (g.layer(name, **keys), g.file(name, content))


def kmz(*entries: tuple[str, str], name: str = "pbf.kmz"):
    def make(g: Ground) -> None:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as out:
            for at, content in entries:
                out.writestr(at, content)
        text(held.getvalue(), name)(g)

    return make


def dtd(inside: str, used: str = "") -> str:
    return document(FAR_MARK, FIELD_MARK, used, head=f"{HEAD}<!DOCTYPE kml [{inside}]>\n")


LAUGHS = '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
)
GOOD_DOC = document(FAR_MARK, FIELD_MARK)
SWAPPED = " ".join(f"{y:.9f},{x:.9f},0" for x, y in degrees(FIELD).exterior.coords)
TRACK = "<gx:Track><when>2024-01-01</when><gx:coord>114.2 38.0 0</gx:coord></gx:Track>"
LINK = "<NetworkLink><Link><href>http://127.0.0.1:9/more.kml</href></Link></NetworkLink>"
LINE = f"<LineString><coordinates>{ring(FIELD)}</coordinates></LineString>"
OVERLAY = "<GroundOverlay><Icon><href>a.png</href></Icon></GroundOverlay>"
KML = "pbf.kml"


def changed(parts: dict[str, str]) -> bytes:
    made = openpyxl.Workbook()
    for row in ROWS:
        made.active.append(row)
    held, out = io.BytesIO(), io.BytesIO()
    made.save(held)
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not any(name.endswith(at) for at in parts):
                new.writestr(name, old.read(name))
        for at, content in parts.items():
            new.writestr(next(n for n in old.namelist() if n.endswith(at)), content)
    return out.getvalue()


def sheet(head: str = "", rows: str = "") -> str:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return f"{HEAD}{head}<worksheet {space}><sheetData>{rows}</sheetData></worksheet>"


def inline(values: list[Any], row: int) -> str:
    cells = "".join(
        f'<c r="{"ABCDE"[i]}{row}" t="inlineStr"><is><t>{one}</t></is></c>'
        for i, one in enumerate(values)
    )
    return f'<row r="{row}">{cells}</row>'


INLINE = "".join(inline(row, i) for i, row in enumerate(ROWS, 1))
PART = "sheet1.xml"


def part(content: str):
    return lambda g: g.propose("w.xlsx", changed({PART: content}))


def wells(*inside: str):
    return lambda g: g.propose("w.kml", document(*inside))


TABLE = {
    "entity_of_a_file": (text(dtd('<!ENTITY x SYSTEM "file:///etc/hostname">', "&x;")), KML),
    "entity_over_http": (text(dtd('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;")), KML),
    "entity_of_parameters": (text(dtd('<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;')), KML),
    "entities_that_explode": (text(dtd(LAUGHS, "&a9;")), KML),
    "entity_that_is_a_place": (
        text(dtd('<!ENTITY x "1,1,0">', mark("<Point><coordinates>&x;</coordinates></Point>"))),
        KML,
    ),
    "document_type_alone": (text(dtd("")), KML),
    "document_type_in_utf16": (
        text(dtd('<!ENTITY x "y">', "&x;").replace("UTF-8", "UTF-16").encode("utf-16")),
        KML,
    ),
    "document_type_elsewhere": (
        kml(FAR_MARK, FIELD_MARK, head=f'{HEAD}<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/a.dtd">'),
        KML,
    ),
    "link_to_more_data": (kml(FAR_MARK, LINK), KML),
    "placemark_without_a_shape": (kml(FAR_MARK, mark("")), "null-geometry"),
    "coordinates_empty": (kml(FAR_MARK, mark(polygon(""))), KML),
    "coordinates_swapped": (kml(FAR_MARK, mark(polygon(SWAPPED))), KML),
    "coordinates_of_one_number": (kml(FAR_MARK, mark(polygon("114.2 38.0 114.3"))), KML),
    "coordinates_with_a_word": (kml(FAR_MARK, mark(polygon(ring(FIELD) + " x,y,0"))), KML),
    "coordinates_with_spaces_after_commas": (
        kml(FAR_MARK, mark(polygon(ring(FIELD).replace(",", ", ")))),
        KML,
        "refused or prohibited",
    ),
    "ring_left_open": (
        kml(FAR_MARK, mark(polygon(ring(FIELD).rpartition(" ")[0]))),
        KML,
        "refused or prohibited",
    ),
    "lines_for_areas": (kml(FAR_MARK, mark(LINE)), KML),
    "track": (kml(FAR_MARK, mark(TRACK)), KML),
    "picture_on_the_ground": (kml(FAR_MARK, OVERLAY), KML),
    "shape_outside_a_placemark": (kml(FAR_MARK, polygon(ring(FIELD))), KML),
    "folders_of_two_kinds": (
        kml(
            f"<Folder><name>a</name>{FAR_MARK}</Folder>",
            f"<Folder><name>b</name>{mark(LINE)}</Folder>",
        ),
        KML,
    ),
    "element_misspelt": (kml(FAR_MARK, FIELD_MARK.replace("Placemark", "PlaceMark")), KML),
    "shape_misspelt": (
        kml(FAR_MARK, FIELD_MARK.replace("<Polygon", "<polygon").replace("</Polygon", "</polygon")),
        KML,
    ),
    "space_of_names_missing": (
        text(GOOD_DOC.replace(f" {SPACE}", "")),
        KML,
        "refused or prohibited",
    ),
    "no_placemark": (kml(), "no-features"),
    "cut": (text(GOOD_DOC[:-200]), KML),
    "cut_after_a_placemark": (text(GOOD_DOC[: GOOD_DOC.rindex("<Placemark>")]), KML),
    "two_documents": (text(document(FAR_MARK) + document(FIELD_MARK)), KML),
    "nested_a_hundred_thousand_deep": (kml("<Folder>" * 100_000), KML),
    "is_html": (text("<html><body>404</body></html>"), KML),
    "is_empty": (text(""), KML),
    "is_gpx": (text(f'{HEAD}<gpx version="1.1"><wpt lat="38" lon="114"/></gpx>'), KML),
    "is_bytes": (text(bytes(range(256))), KML),
    "declared_in_another_crs": (text(GOOD_DOC, crs="EPSG:4547"), ""),
    "kmz_of_two_documents": (kmz(("a.kml", GOOD_DOC), ("b.kml", document(FAR_MARK))), "pbf.kmz"),
    "kmz_without_a_document": (kmz(("a.png", "x")), "pbf.kmz"),
    "kmz_that_climbs_out": (kmz(("../doc.kml", GOOD_DOC)), "pbf.kmz"),
    "kmz_with_an_entity": (
        kmz(("doc.kml", dtd('<!ENTITY x SYSTEM "file:///etc/hostname">', "&x;"))),
        "pbf.kmz",
    ),
    "kmz_is_kml": (text(GOOD_DOC, "pbf.kmz"), "pbf.kmz"),
    "wells_with_an_entity": (
        lambda g: g.propose("w.kml", dtd('<!ENTITY x SYSTEM "file:///etc/hostname">', "&x;")),
        "w.kml",
    ),
    "wells_with_a_link": (wells(LINK), "w.kml"),
    "sheet_with_an_entity": (
        part(sheet('<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>', inline(["&x;"], 1))),
        "w.xlsx",
    ),
    "sheet_with_entities_that_explode": (
        part(sheet(f"<!DOCTYPE x [{LAUGHS}]>", inline(["&a9;"], 1))),
        "w.xlsx",
    ),
    "styles_with_an_entity": (
        lambda g: g.propose(
            "w.xlsx",
            changed(
                {"styles.xml": f'{HEAD}<!DOCTYPE x [<!ENTITY x "y">]><styleSheet>&x;</styleSheet>'}
            ),
        ),
        "w.xlsx",
        "refused",
    ),
    "sheet_that_inflates": (part(sheet("", INLINE) + " " * (250 << 20)), "w.xlsx"),
    "sheet_of_a_million_columns": (
        part(sheet("", INLINE.replace('r="A1"', 'r="XFDZZ1"'))),
        "w.xlsx",
    ),
    "sheet_that_is_no_markup": (part("no markup"), "w.xlsx"),
    "sheet_cut": (part(sheet("", INLINE)[:-300]), "w.xlsx"),
    "book_of_no_sheets": (
        lambda g: g.propose("w.xlsx", changed({"workbook.xml": f"{HEAD}<workbook/>"})),
        "w.xlsx",
    ),
}
POINTS = [
    f"<Placemark><name>{n}</name><ExtendedData>"
    + "".join(
        f'<Data name="{k}"><value>{v}</value></Data>'
        for k, v in (("id", n), ("activity", WELL), ("stage", "new"))
    )
    + f"</ExtendedData><Point><coordinates>{at.x:.9f},{at.y:.9f}</coordinates></Point></Placemark>"
    for n, at in PLACES.items()
]
HOLED = shapely.box(519_000, 4_206_000, 521_000, 4_208_000)
PIT = shapely.box(520_600, 4_206_100, 520_800, 4_206_300)
INNER = polygon(ring(PIT)).replace("outerB", "innerB")
INNER = INNER.removeprefix("<Polygon>").removesuffix("</Polygon>")
GOOD = {
    "plain": (text(GOOD_DOC),),
    "with_a_bom": (text(GOOD_DOC.encode("utf-8-sig")),),
    "in_folders": (
        kml(
            f"<Folder><name>a</name>{FAR_MARK}</Folder>",
            f"<Folder><name>b</name>{FIELD_MARK}</Folder>",
        ),
    ),
    "in_folders_of_folders": (
        kml(
            f"<Folder><name>a</name>{FAR_MARK}<Folder><name>b</name>{FIELD_MARK}</Folder></Folder>"
        ),
    ),
    "with_a_hole": (
        kml(
            FAR_MARK,
            mark(polygon(ring(HOLED)).replace("</outerBoundaryIs>", f"</outerBoundaryIs>{INNER}")),
        ),
    ),
    "of_many_parts": (
        kml(mark(f"<MultiGeometry>{polygon(ring(FAR))}{polygon(ring(FIELD))}</MultiGeometry>")),
    ),
    "lines_of_coordinates": (kml(FAR_MARK, mark(polygon("\n" + ring(FIELD, "\n\t") + "\n"))),),
    "with_styles": (
        kml(
            '<Style id="s"><PolyStyle><color>ff0000ff</color></PolyStyle></Style>',
            FAR_MARK,
            FIELD_MARK,
        ),
    ),
    "kmz": (kmz(("doc.kml", GOOD_DOC)),),
    "kmz_with_pictures": (kmz(("doc.kml", GOOD_DOC), ("files/a.png", "x")),),
    "wells": (wells(*POINTS),),
    "sheet_of_inline_texts": (part(sheet("", INLINE)),),
}
CASES = [*cases("markup", TABLE), *cases("markup", GOOD, "good")]

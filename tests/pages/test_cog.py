"""Grids written band by band: what GDAL reads of them, and the same bytes every time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import rasterio
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from made_bands import in_bands
from pyproj import CRS

from geozone.engine.grid import Grid, Shape2d
from geozone.engine.kernels.modes import halve_marked
from geozone.engine.kernels.overview import halve
from geozone.pages import tiff
from geozone.pages.cog import write_cog
from geozone.pages.cogtiles import Band, Bands, Painted

ZONE = CRS.from_epsg(4547)
OWN = CRS.from_proj4("+proj=tmerc +lon_0=113.3 +k=0.9999 +x_0=400000 +ellps=GRS80 +type=crs")
COLOURS = [(207, 212, 218), (47, 156, 125), (178, 58, 46)]
few = examples(6, each=10)


def grid_of(index, crs=ZONE, size=30.0):
    return Grid(crs, 391_200.0, 4_322_400.0, size, Shape2d(*index.shape))


def outside(index):
    return int(np.iinfo(index.dtype).max)


def write(path, index, *, rows=512, jobs=1, painted=(), crs=ZONE):
    bands = Bands(grid_of(index, crs), outside(index), index.dtype, in_bands(index, rows))
    write_cog(path, bands, painted, jobs=jobs)
    return path


def ground(rows, cols, dtype="u2", seed=0):
    """Blocks of equal ground, single cells in between, and an edge beyond which is nothing."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 900, (rows // 37 + 1, cols // 53 + 1))
    index = np.kron(coarse, np.ones((37, 53), int))[:rows, :cols].astype(dtype)
    index[random.random(index.shape) < 0.02] = 3
    index[:, : cols // 5] = np.iinfo(dtype).max
    index[rows // 2 :, cols // 2 : cols // 2 + 2] = np.iinfo(dtype).max
    return index


def plain_mode(cells, nodata):
    """The stated rule, said slowly."""
    if cells.count(nodata) >= 3:
        return nodata
    inside = [one for one in cells if one != nodata]
    return min(inside, key=lambda one: (-inside.count(one), one), default=nodata)


def plain_overview(index, nodata):
    whole = np.pad(index, [(0, side % 2) for side in index.shape], mode="edge")
    rows, cols = (side // 2 for side in whole.shape)
    blocks = whole.reshape(rows, 2, cols, 2).swapaxes(1, 2).reshape(rows, cols, 4)
    return np.array([[plain_mode(cells, nodata) for cells in row] for row in blocks.tolist()])


@pytest.mark.parametrize("dtype", ["u2", "u4"])
@pytest.mark.parametrize("crs", [ZONE, OWN], ids=["epsg", "own"])
def test_gdal_reads_what_was_written(tmp_path, dtype, crs):
    index = ground(1300, 1111, dtype)
    path = write(tmp_path / "a.tif", index, crs=crs)
    with rasterio.open(path) as opened:
        assert opened.read(1).dtype == index.dtype
        assert (opened.read(1) == index).all()
        assert opened.nodata == outside(index)
        assert opened.transform == grid_of(index, crs).transform
        assert CRS(opened.crs.to_wkt()).equals(crs, ignore_axis_order=True) or crs is OWN
        assert opened.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert opened.tags(ns="IMAGE_STRUCTURE")["COMPRESSION"] == "ZSTD"
        assert opened.block_shapes == [(512, 512)]
        assert opened.overviews(1) == [2, 4]


def test_a_crs_without_a_number_is_told_as_gdal_tells_it(tmp_path):
    index = ground(20, 30)
    path, theirs = write(tmp_path / "a.tif", index, crs=OWN), tmp_path / "b.tif"
    with rasterio.open(
        theirs, "w", driver="COG", width=30, height=20, count=1, dtype="uint16",
        crs=OWN.to_wkt(), transform=grid_of(index).transform,
    ) as file:  # fmt: skip
        file.write(index, 1)
    with rasterio.open(path) as one, rasterio.open(theirs) as other:
        assert one.crs == other.crs
        assert one.transform == other.transform


def test_overviews_follow_the_rule_at_every_scale(tmp_path):
    index = ground(1301, 2049)
    path = write(tmp_path / "a.tif", index)
    expected = index
    for level in range(3):
        expected = plain_overview(expected, 65535)
        with rasterio.open(path, overview_level=level) as opened:
            assert (opened.read(1) == expected).all()
    with rasterio.open(path) as opened:
        assert opened.overviews(1) == [2, 4, 8]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1, 1, 1, 1], 1),
        ([1, 2, 2, 1], 1),
        ([2, 1, 1, 2], 1),
        ([4, 3, 2, 1], 1),
        ([4, 4, 2, 1], 4),
        ([9, 9, 9, 5], 9),
        ([9, 9, 5, 4], 4),
        ([9, 5, 9, 5], 5),
        ([9, 9, 9, 9], 9),
        ([9, 7, 7, 2], 7),
    ],
)
def test_the_mode_of_four(cells, expected):
    into = np.zeros((1, 1), np.uint16)
    halve(np.array(cells, np.uint16).reshape(2, 2), (0, 0, 2, 2), into, 0, 0, 9)
    assert into[0, 0] == expected == plain_mode(cells, 9)


@few
@given(
    rows=st.integers(1, 70), cols=st.integers(1, 70), values=st.integers(1, 5),
    dtype=st.sampled_from(["u1", "u2", "u4"]), seed=st.integers(0, 99),
)  # fmt: skip
def test_many_cells_at_once_come_to_the_same(rows, cols, values, dtype, seed):
    random = np.random.default_rng(seed)
    nodata = np.iinfo(dtype).max
    index = np.pad(random.integers(nodata - values, nodata, (rows, cols), dtype, endpoint=True), 2)
    window, size = (2, 2, rows + 2, cols + 2), ((rows + 1) // 2, (cols + 1) // 2)
    plain, quick = np.zeros((2, size[0] + 1, size[1] + 3), dtype)
    halve(index, window, plain, 1, 3, int(nodata))
    halve_marked(index, window, quick, 1, 3, index.dtype.type(nodata))
    assert (plain == quick).all()


@few
@given(
    rows=st.integers(1, 1100), cols=st.integers(1, 1100), step=st.integers(1, 700),
    jobs=st.integers(1, 3), seed=st.integers(0, 99),
)  # fmt: skip
def test_bytes_depend_on_cells_alone(tmp_path_factory, rows, cols, step, jobs, seed):
    folder: Path = tmp_path_factory.mktemp("cog")
    index = ground(rows, cols, seed=seed)
    plain = write(folder / "a.tif", index).read_bytes()
    assert write(folder / "b.tif", index, rows=step, jobs=jobs).read_bytes() == plain
    with rasterio.open(folder / "b.tif") as opened:
        assert (opened.read(1) == index).all()
    assert sorted(one.name for one in folder.iterdir()) == ["a.tif", "b.tif"]


def test_bands_may_have_any_height(tmp_path):
    index = ground(1500, 700)
    ends = [0, 1, 1, 600, 601, 1499, 1500]
    parts = [Band(a, index[a:b]) for a, b in pairwise(ends)]
    write_cog(tmp_path / "a.tif", Bands(grid_of(index), 65535, index.dtype, parts), jobs=2)
    assert (tmp_path / "a.tif").read_bytes() == write(tmp_path / "b.tif", index).read_bytes()


def test_painted_files_show_the_same_cells_in_colours(tmp_path):
    index = ground(1100, 900)
    values = (np.arange(900) % 3).astype(np.uint8)
    painted = Painted(tmp_path / "v.tif", values, 255, COLOURS)
    alone = write(tmp_path / "b.tif", index).read_bytes()
    write(tmp_path / "a.tif", index, painted=[painted], jobs=2)
    assert (tmp_path / "a.tif").read_bytes() == alone
    for level in ({}, {"overview_level": 0}, {"overview_level": 1}):
        with rasterio.open(tmp_path / "a.tif", **level) as one:
            cells = one.read(1)
        with rasterio.open(tmp_path / "v.tif", **level) as other:
            assert (other.read(1) == np.append(values, 255)[np.minimum(cells, 900)]).all()
            assert other.nodata == 255
            palette = other.colormap(1)
            assert [palette[place][:3] for place in range(3)] == COLOURS
            assert other.colorinterp[0].name == "palette"


def test_a_file_that_outgrows_32_bits_is_a_bigtiff(tmp_path, monkeypatch):
    index = ground(1300, 1111)
    small = write(tmp_path / "a.tif", index)
    monkeypatch.setattr(tiff, "CLASSIC_BYTES", small.stat().st_size)
    big = write(tmp_path / "b.tif", index)
    assert small.read_bytes()[2] == 42
    assert big.read_bytes()[2] == 43
    with rasterio.open(small) as one, rasterio.open(big) as other:
        assert (one.read(1) == other.read(1)).all()
        assert one.overviews(1) == other.overviews(1)
        assert other.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_every_block_stands_between_its_size_and_its_end(tmp_path):
    """Readers that trust the stated layout fetch tiles without asking for their sizes."""
    path = write(tmp_path / "a.tif", ground(1300, 1111))
    content, places = path.read_bytes(), []
    for level in (1, 0, None):
        options = {} if level is None else {"overview_level": level}
        with rasterio.open(path, **options) as opened:
            shape = (-(-opened.width // 512), -(-opened.height // 512))
            tiles = [(x, y) for y in range(shape[1]) for x in range(shape[0])]
            for x, y in tiles:
                offset = opened.get_tag_item(f"BLOCK_OFFSET_{x}_{y}", "TIFF", bidx=1)
                size = opened.get_tag_item(f"BLOCK_SIZE_{x}_{y}", "TIFF", bidx=1)
                places.append((int(offset), int(size)))
    assert places == sorted(places)
    assert places[-1][0] + places[-1][1] + 4 == len(content)
    for at, size in places:
        assert int.from_bytes(content[at - 4 : at], "little") == size
        assert content[at + size : at + size + 4] == content[at + size - 4 : at + size]


FAULTS = {
    "gap": ([(0, 100), (101, 200)], "u2", 50),
    "overlap": ([(0, 100), (99, 200)], "u2", 50),
    "short": ([(0, 199)], "u2", 50),
    "long": ([(0, 201)], "u2", 50),
    "late": ([(1, 200)], "u2", 50),
    "none": ([], "u2", 50),
    "narrow": ([(0, 200)], "u2", 49),
    "other type": ([(0, 200)], "u4", 50),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bands_that_do_not_make_the_grid_are_an_error(tmp_path, name):
    ends, dtype, cols = FAULTS[name]
    parts = [Band(a, np.zeros((b - a, cols), dtype)) for a, b in ends]
    grid = grid_of(np.zeros((200, 50), "u2"))
    with pytest.raises(ValueError, match=r"rows|band"):
        write_cog(tmp_path / "a.tif", Bands(grid, 65535, np.dtype("u2"), parts))
    assert list(tmp_path.iterdir()) == []

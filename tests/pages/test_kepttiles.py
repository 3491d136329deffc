"""Tiles that are kept: where few rows changed, the file has the same bytes as made of all cells."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from made_bands import in_bands
from test_cog import grid_of, ground, outside

from geozone.pages import cog, kepttiles
from geozone.pages.cog import write_cog
from geozone.pages.cogtiles import Band, Bands, Named, Painted

ROWS = 128
few = examples(4, each=10)


def named(index, folder, asked=None):
    """Bands of a grid, each named by its cells; notes which are asked for by number."""
    bands = list(in_bands(index, ROWS))
    names = [hashlib.sha256(one.index.tobytes()).hexdigest() for one in bands]

    def some(numbers):
        if asked is not None:
            asked.extend(numbers)
        return (bands[number] for number in numbers)

    return Named(names, ROWS, some, folder)


def save(path, index, folder=None, asked=None, *, jobs=2, parts=None):
    known = None if folder is None else named(index, folder, asked)
    given_parts = in_bands(index, ROWS) if parts is None else parts
    bands = Bands(grid_of(index), outside(index), index.dtype, given_parts, named=known)
    write_cog(path, bands, jobs=jobs)
    return path.read_bytes()


def no_parts():
    yield from ()
    raise AssertionError("all bands are asked for")


@few
@given(
    st.integers(0, 1_000_000),
    st.integers(8_300, 9_000),
    st.integers(1, 1_300),
    st.sampled_from(["u2", "u4"]),
)
def test_what_changed_is_made_again_and_no_more(tmp_path_factory, seed, rows, cols, dtype):
    folder, draw = tmp_path_factory.mktemp("kept"), np.random.default_rng(seed)
    index = ground(rows, cols, dtype, seed)
    assert save(folder / "a.tif", index, folder) == save(folder / "plain.tif", index)
    for _ in range(3):
        row = int(draw.integers(0, rows))
        index[row : row + int(draw.integers(1, 40)), : int(draw.integers(1, cols + 1))] = 5
        asked = []
        again = save(folder / "a.tif", index, folder, asked, parts=no_parts())
        assert again == save(folder / "plain.tif", index)
        changed = {row // 512, min(row + 39, rows - 1) // 512}
        assert {one * ROWS // 512 for one in asked} <= changed


def test_nothing_that_changed_asks_for_no_band(tmp_path):
    index = ground(5_000, 700)
    first, asked = save(tmp_path / "a.tif", index, tmp_path), []
    assert save(tmp_path / "a.tif", index, tmp_path, asked, parts=no_parts()) == first
    assert not asked


def test_where_much_changed_all_is_made(tmp_path):
    index = ground(5_000, 700)
    save(tmp_path / "a.tif", index, tmp_path)
    index[::512] = 7
    asked = []
    assert save(tmp_path / "a.tif", index, tmp_path, asked) == save(tmp_path / "b.tif", index)
    assert not asked  # but all of them, one after the other


@pytest.mark.parametrize("what", ["cut", "other", "gone", "foreign"])
def test_tiles_that_are_not_whole_or_not_of_this_grid_are_not_used(tmp_path, what):
    index = ground(5_000, 700)
    save(tmp_path / "a.tif", index, tmp_path)
    place = tmp_path / kepttiles.FILE
    content = bytearray(place.read_bytes())
    if what == "cut":
        place.write_bytes(content[:-1])
    elif what == "other":
        content[-5_000] ^= 1
        place.write_bytes(content)
    elif what == "gone":
        place.unlink()
    else:
        save(tmp_path / "c.tif", ground(5_000, 900), tmp_path)
    index[3, 3] = 9
    assert save(tmp_path / "a.tif", index, tmp_path) == save(tmp_path / "b.tif", index)
    asked = []  # and they are kept anew
    assert (
        save(tmp_path / "a.tif", index, tmp_path, asked, parts=no_parts())
        == (tmp_path / "b.tif").read_bytes()
    )


def test_another_way_to_make_tiles_uses_none_of_before(tmp_path, monkeypatch):
    index = ground(5_000, 700)
    save(tmp_path / "a.tif", index, tmp_path)
    monkeypatch.setattr(kepttiles, "text_hash", lambda *names: "other")
    with pytest.raises(AssertionError, match="all bands"):
        save(tmp_path / "a.tif", index, tmp_path, parts=no_parts())


def test_painted_files_are_made_of_all_cells(tmp_path):
    index = ground(5_000, 700)
    for folder in (tmp_path, None):
        known = None if folder is None else named(index, folder)
        bands = Bands(
            grid_of(index), outside(index), index.dtype, in_bands(index, ROWS), named=known
        )
        values = np.zeros(1_000, np.uint8)
        painted = Painted(tmp_path / f"{folder is None}.tif", values, 255, [(1, 2, 3)])
        write_cog(tmp_path / "a.tif", bands, [painted])
    assert (tmp_path / "True.tif").read_bytes() == (tmp_path / "False.tif").read_bytes()
    assert not (tmp_path / kepttiles.FILE).exists()


def test_tiles_that_cannot_be_kept_change_nothing(tmp_path):
    (tmp_path / "kept").write_bytes(b"a file where the folder would be")
    index = ground(1_500, 700)
    assert save(tmp_path / "a.tif", index, tmp_path / "kept") == save(tmp_path / "b.tif", index)


def test_a_band_of_the_wrong_rows_is_an_error_before_anything_is_kept(tmp_path):
    index = ground(1_500, 700)
    with pytest.raises(ValueError, match="rows"):
        save(tmp_path / "a.tif", index, tmp_path, parts=[Band(0, index[:700])])
    assert not (tmp_path / kepttiles.FILE).exists()
    assert cog.TILE % ROWS == 0

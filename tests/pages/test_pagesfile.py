"""Pages written past the system's cache, and where that cannot be: the same bytes."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest

from geozone.pages import pagesfile
from geozone.pages.pagesfile import PagesFile, room_for

PAGE = 4096


def pages(count, seed=0):
    found = room_for(count * PAGE)
    found[:] = np.random.default_rng(seed).integers(0, 256, count * PAGE)
    return found


def written(path):
    """Pages before, over and behind what is there."""
    path.write_bytes(bytes(5 * PAGE))
    one, other = pages(3), pages(2, seed=1)
    with PagesFile(path) as file:
        file.begin([(PAGE, one[:PAGE]), (2 * PAGE, one[PAGE:])])
        file.begin([(6 * PAGE, other)])
        file.settle()
    return path.read_bytes()


WANTED = b"".join([bytes(PAGE), pages(3).tobytes(), bytes(2 * PAGE), pages(2, seed=1).tobytes()])


def test_pages_come_where_they_belong(tmp_path):
    assert written(tmp_path / "a") == WANTED


def test_systems_that_have_no_such_way(tmp_path, monkeypatch):
    monkeypatch.setattr(pagesfile, "_DIRECT", 0)
    assert written(tmp_path / "a") == WANTED


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EOPNOTSUPP])
def test_places_that_do_not_open_so(tmp_path, monkeypatch, number):
    real, flag = os.open, 1 << 29

    def opened(path, flags, *more):
        if flags & flag:
            raise OSError(number, "not here")
        return real(path, flags, *more)

    monkeypatch.setattr(pagesfile, "_DIRECT", flag)
    monkeypatch.setattr(os, "open", opened)
    assert written(tmp_path / "a") == WANTED


def test_places_that_do_not_write_so(tmp_path, monkeypatch):
    write, tries = PagesFile._write, []

    def once(self, offset, content):
        tries.append(self._is_direct)
        if self._is_direct:
            raise OSError(errno.EINVAL, "other sizes")
        write(self, offset, content)

    monkeypatch.setattr(pagesfile, "_DIRECT", pagesfile._DIRECT or os.O_APPEND)
    monkeypatch.setattr(PagesFile, "_write", once)
    assert written(tmp_path / "a") == WANTED
    assert tries == [True, False, False, False]


def test_what_goes_wrong_beside_is_told(tmp_path, monkeypatch):
    def full(self, offset, content):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(PagesFile, "_write", full)
    with pytest.raises(OSError, match="full"):
        written(tmp_path / "a")

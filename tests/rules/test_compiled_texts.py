"""What is kept of a shipped text is what is made of it, by this program, and nothing else."""

from __future__ import annotations

import pickle
import sys
import unicodedata
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from geozone.law.errors import Refused
from geozone.rules import compiled, edition, shipped, vocabulary
from geozone.rules.packfile import _CONTROLS, _steers
from geozone.rules.reader import parse_pack

PACKS = shipped.shipped_ids()


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "one.toml"
    path.write_text("甲", "utf-8")
    return path


class Maker:
    """Makes something of a text and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, text: str) -> Any:
        self.count += 1
        return {"said": text, "set": frozenset({text})}


def kept(path: Path) -> Path:
    (found,) = (path.parent / "__pycache__").iterdir()
    return found


def test_a_text_is_read_once(text):
    make = Maker()
    first, again = compiled.compiled(text, make), compiled.compiled(text, make)
    assert first == again == make("甲")
    assert make.count == 2


@pytest.mark.parametrize("pack", PACKS)
def test_a_kept_pack_is_the_pack(pack):
    source = files("geozone.policies") / f"{pack}.toml"
    fresh = parse_pack(source.read_text("utf-8"), f"{pack}.toml")
    assert shipped.shipped(pack) == fresh
    assert pickle.loads(pickle.dumps(fresh)) == fresh


@pytest.mark.parametrize("pack", PACKS)
def test_the_names_of_declared_numbers_are_told_without_reading_a_pack(pack):
    assert sorted(shipped._declared(pack)) == list(shipped.shipped(pack).parameters)


def test_declared_numbers_are_never_those_that_are_kept():
    (name,) = set(shipped.shipped("HB21").parameters) & {"well_spacing_m"}
    text = (files("geozone.policies") / "HB21.toml").read_text("utf-8")
    for value in (400.0, 450.0):
        told = {name: value, "unknown": 1.0}
        assert shipped.shipped("HB21", told) == parse_pack(text, "HB21.toml", told)
    assert shipped.shipped("HB21", {name: 400.0}) != shipped.shipped("HB21")
    assert shipped.shipped("SX26", {name: 400.0}) == shipped.shipped("SX26")


def test_another_text_is_read(text):
    make = Maker()
    compiled.compiled(text, make)
    text.write_text("乙", "utf-8")
    assert compiled.compiled(text, make)["said"] == "乙"
    text.write_text("甲", "utf-8")
    assert compiled.compiled(text, make)["said"] == "甲"


def test_the_keep_of_another_text_is_not_believed(text):
    make = Maker()
    compiled.compiled(text, make)
    content = kept(text).read_bytes()
    text.write_text("乙", "utf-8")
    compiled.compiled(text, make)
    kept(text).write_bytes(content)
    assert compiled.compiled(text, make)["said"] == "乙"
    other = text.with_name("two.toml")
    other.write_text("甲", "utf-8")
    compiled._place(other).write_bytes(content)
    compiled.compiled(other, make)
    assert make.count == 4


@pytest.mark.parametrize("part", compiled.PROGRAM)
def test_another_program_reads_it_again(text, monkeypatch, part):
    make = Maker()
    compiled.compiled(text, make)
    told = edition.text_of
    monkeypatch.setattr(compiled, "text_of", lambda one: "0" if one == part else told(one))
    compiled.compiled(text, make)
    assert make.count == 2


def test_another_python_or_format_reads_it_again(text, monkeypatch):
    make = Maker()
    compiled.compiled(text, make)
    monkeypatch.setattr(compiled.platform, "python_version", lambda: "3.99")
    compiled.compiled(text, make)
    monkeypatch.setattr(compiled, "FORMAT", compiled.FORMAT + 1)
    compiled.compiled(text, make)
    assert make.count == 3


def test_what_is_damaged_is_read_again(text):
    make = Maker()
    compiled.compiled(text, make)
    content = kept(text).read_bytes()
    wrong = [
        content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in range(len(content))
    ]
    wrong += [content[:at] for at in range(len(content))] + [content + b"\0"]
    for one in wrong:
        kept(text).write_bytes(one)
        before = make.count
        assert compiled.compiled(text, make) == {"said": "甲", "set": frozenset("甲")}
        assert make.count == before + 1


def test_of_a_fault_nothing_is_kept(text):
    def refuse(_: str) -> None:
        raise Refused([])

    for _ in range(2):
        with pytest.raises(Refused):
            compiled.compiled(text, refuse)
    assert not (text.parent / "__pycache__").exists()


def test_a_folder_that_takes_nothing_stops_nothing(text, monkeypatch):
    (text.parent / "__pycache__").write_text("a file", "utf-8")
    make = Maker()
    for _ in range(2):
        assert compiled.compiled(text, make)["said"] == "甲"
    assert make.count == 2
    monkeypatch.setattr(compiled, "cache_from_source", _none)
    assert compiled.compiled(text, make)["said"] == "甲"


def _none(_: str) -> str:
    raise NotImplementedError


def test_a_full_disk_leaves_nothing_behind(text, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compiled.Path, "replace", full)
    compiled.compiled(text, Maker())
    assert list((text.parent / "__pycache__").iterdir()) == []


def test_the_text_of_a_part_is_every_text_and_no_compiled_one(tmp_path):
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "one.py").write_text("a", "utf-8")
    (tmp_path / "two.toml").write_text("b", "utf-8")
    told = edition.hashed_text(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "one.pyc").write_text("c", "utf-8")
    assert edition.hashed_text(tmp_path) == told
    for change in ("deeper/one.py", "two.toml", "three"):
        before = edition.hashed_text(tmp_path)
        (tmp_path / change).write_text(f"{change} is another", "utf-8")
        assert edition.hashed_text(tmp_path) != before


def test_the_vocabulary_is_that_of_its_texts():
    for name in ("technologies", "objects", "themes", "facts", "permits"):
        source = files("geozone.vocabulary") / f"{name}.toml"
        made = vocabulary.tomllib.loads(source.read_text("utf-8"))
        assert vocabulary._read(f"{name}.toml") == made


def test_a_control_character_is_found_wherever_a_text_is_quickly_passed():
    for code in range(sys.maxunicode + 1):
        one = chr(code)
        steers = unicodedata.category(one) in _CONTROLS and one not in "\n\t"
        if steers or code % 997 == 0:
            assert _steers(f"甲{one}b") is steers


def test_in_a_package_that_is_no_folder_nothing_is_kept(tmp_path):
    place = tmp_path / "packed.zip"
    with zipfile.ZipFile(place, "w") as packed:
        packed.writestr("one.toml", "甲")
    make, source = Maker(), zipfile.Path(place, "one.toml")
    assert compiled.compiled(source, make)["said"] == "甲"
    compiled.compiled(source, make)
    assert make.count == 2

"""Pack files from strangers: what is refused before or beside the rules themselves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from geozone.law.errors import Refused
from geozone.rules import packfile
from geozone.rules.reader import parse_pack, read_pack
from geozone.rules.shipped import load_policies

PACK = """
schema = 1
id = "T1"
title = { zh = "测试", en = "test" }
territory = ["13"]
[valid]
earliest = 2020-01-01
[parameters.well_spacing_m]
value = 500
min = 0
max = 50000
note = { zh = "注", en = "note" }
[[rule]]
id = "T1-1"
says = { zh = "禁", en = "no" }
place = "1"
office = { zh = "局", en = "office" }
asks = "proposal"
effect = "prohibits"
binds = [{ technologies = ["hydrothermal"], objects = ["project"] }]
"""


def load(folder: Path, *names: str, **parameters: float) -> tuple[str, ...]:
    found = load_policies(names, folder=folder, file="geozone.toml", parameters=parameters)
    return tuple(one.id for one in found)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(PACK, "utf-8-sig")
    assert read_pack(tmp_path / "own.toml").id == "T1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = " + "[" * 5000, "nested too deeply"),
        (PACK.replace('"禁"', r'"禁\u001b[31m"'), "control characters"),
        (PACK.replace('"no"', r'"n\u202eo"'), "control characters"),
        (PACK.replace('place = "1"', 'place = ["1", "\\u0007"]'), "control characters"),
        (PACK.replace("[valid]", '"ti\\u0000tle" = 1\n[valid]'), "control characters"),
        (PACK.replace('id = "T1"\n', 'id = "../T1"\n'), "is no id"),
        (PACK.replace('id = "T1-1"', 'id = "T1=1"'), "is no id"),
        (PACK.replace('id = "T1-1"', 'id = "' + "T" * 80 + '"'), "is no id"),
    ],
)
def test_a_hostile_pack_is_refused(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        parse_pack(text, "evil.toml")


def test_several_lines_and_tabs_are_no_control_characters() -> None:
    assert parse_pack(PACK.replace('"禁"', r'"禁\n\t止"'), "own.toml").id == "T1"


def test_only_a_regular_file_of_a_sensible_size_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    for name in ("pipe.toml", "missing.toml", "."):
        with pytest.raises(Refused, match="is no file"):
            read_pack(tmp_path / name)
    (tmp_path / "own.toml").write_text(PACK, "utf-8")
    monkeypatch.setattr(packfile, "MOST_BYTES", 100)
    with pytest.raises(Refused, match="larger than 100 bytes"):
        read_pack(tmp_path / "own.toml")


@pytest.mark.parametrize(
    ("names", "pack", "says"),
    [
        (("HB21", "HB21"), PACK, "the pack 'HB21' is named 2 times"),
        (("HB21", "own.toml"), PACK.replace('"T1"', '"HB21"'), "the pack 'HB21' is named 2 times"),
        (
            ("HB21", "own.toml"),
            PACK.replace('"T1-1"', '"HB-19"'),
            "the rule 'HB-19' stands in HB21 and T1",
        ),
    ],
)
def test_ids_that_stand_twice_are_refused(
    tmp_path: Path, names: tuple[str, ...], pack: str, says: str
) -> None:
    (tmp_path / "own.toml").write_text(pack, "utf-8")
    with pytest.raises(Refused, match=says) as refused:
        load(tmp_path, *names)
    assert {one.place for one in refused.value.faults} == {"project.policies"}
    with pytest.raises(Refused):
        load(tmp_path, *names[::-1])


def test_a_pack_has_its_own_range_for_its_numbers(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(PACK, "utf-8")
    assert load(tmp_path, "own.toml", well_spacing_m=20000) == ("T1",)


def test_a_number_out_of_range_is_told_where_the_project_declares_it(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load(tmp_path, "HB21", well_spacing_m=-1)
    assert [(one.file, one.place) for one in refused.value.faults] == [
        ("geozone.toml", "project.parameters.well_spacing_m")
    ]


def test_a_pack_whose_own_number_is_out_of_range_is_told_in_the_pack(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(PACK.replace("value = 500", "value = -5"), "utf-8")
    with pytest.raises(Refused) as refused:
        load(tmp_path, "own.toml")
    assert [one.place for one in refused.value.faults] == ["parameters.well_spacing_m.value"]

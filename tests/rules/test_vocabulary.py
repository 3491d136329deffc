"""The vocabulary: activities that make sense, and what to write instead of others."""

from __future__ import annotations

import pytest

from geozone.law.activity import Activity
from geozone.rules.vocabulary import (
    activities,
    expand,
    group_names,
    groups,
    objects,
    parse_activity,
    technologies,
    themes,
)


def test_groups_of_groups_are_resolved() -> None:
    assert expand(["shallow"]) == {"shallow_closed_loop", "shallow_groundwater"}
    assert "bathing" in groups()["geothermal"]
    assert "waste_heat" not in groups()["geothermal"]


def test_every_sensible_activity_is_read_back() -> None:
    assert [parse_activity(str(one)) for one in activities()] == list(activities())
    assert parse_activity(" hot_dry_rock : project ") == Activity("hot_dry_rock", "project")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("middeep_reinjecton:well_production", "middeep_reinjection:well_production"),
        ("shallow_closed_loop:well_production", "shallow_closed_loop:"),
        ("nothing", "did you mean"),
        ("", "did you mean"),
    ],
)
def test_an_unknown_activity_gets_a_suggestion(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match="unknown activity") as error:
        parse_activity(text)
    assert hint in str(error.value)


def test_protected_themes_name_known_classes_and_objects() -> None:
    for theme in themes().values():
        assert set(theme.protected_class) <= set(theme.classes)
        assert set(theme.protected_objects) <= set(objects())


def test_named_groups_have_members_and_two_languages() -> None:
    named = group_names()
    assert groups()["hydrothermal"] in named
    assert all(members <= set(technologies()) for members in named)
    assert all(set(name) == {"zh", "en"} and all(name.values()) for name in named.values())

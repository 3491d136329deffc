"""Each finding of the lint: a pack that has the fault, and one that only looks like it."""

from __future__ import annotations

import pytest

from geozone.rules.lint_pairs import pair_findings
from geozone.rules.lint_rule import rule_findings
from geozone.rules.lint_words import WORDINGS, Code, Finding, Level
from geozone.rules.reader import parse_pack

HEAD = """
schema = 1
id = "T1"
title = { zh = "测试", en = "test" }
territory = ["13"]
after_end = "history"
[valid]
earliest = 2020-01-01
certain = 2020-02-01
certain_until = 2024-11-30
latest = 2024-12-31
"""
WELL = '{ technologies = ["hydrothermal"], objects = ["well_production"] }'
BOTH = '{ technologies = ["hydrothermal"], objects = ["well_production", "project"] }'
LOOP = '{ technologies = ["middeep_closed_loop"], objects = ["well_production"] }'
FARM = 'any = [[{ theme = "permanent_basic_farmland" }]]'
RAIL = 'any = [[{ theme = "railway", class = ["line"], within_m = 200 }]]'
NEW = 'spares = [{ fact = "stage", op = "in", value = ["existing", "renewal"] }]'
PROOF = 'unless = [{ fact = "expert_proof", op = "shown" }]'
DRY = '{ fact = "takes_water", op = "is", value = false }'


def rule(name: str, effect: str, *lines: str, binds: str = WELL, asks: str = "ground") -> str:
    """A rule of a pack; what is not given is the same for all."""
    return "\n".join(
        [
            "[[rule]]",
            f'id = "{name}"',
            f'says = {{ zh = "{name}", en = "{name}" }}',
            'place = "1"',
            'office = { zh = "局", en = "office" }',
            f'asks = "{asks}"',
            f'effect = "{effect}"',
            f"binds = [{binds}]",
            *lines,
            "",
        ]
    )


def lint(*rules: str, head: str = HEAD) -> list[Finding]:
    policy = parse_pack(head + "\n".join(rules), "made.toml")
    return [*rule_findings(policy), *pair_findings(policy)]


def told(*rules: str, head: str = HEAD) -> set[tuple[str, str]]:
    return {(one.rule, one.code.value) for one in lint(*rules, head=head)}


def when(*groups: str) -> str:
    return f"when = [{', '.join(f'[{group}]' for group in groups)}]"


def fact(name: str, op: str, value: str) -> str:
    return f'{{ fact = "{name}", op = "{op}", value = {value} }}'


DEEP, SHALLOW = fact("depth_m", "超过", "3000"), fact("depth_m", "不超过", "3000")
GUANTAO = fact("reservoir", "in", '["guantao"]')
BAN = rule("A", "prohibits", FARM)
SILENT = """
[[silent]]
technologies = ["hydrothermal"]
objects = ["well_production"]
themes = ["railway", "expressway"]
reason = { zh = "注", en = "note" }
"""
GREEN = 'permits = { waives = ["mining_licence"] }'
NEEDED = 'permits = { needs = ["mining_licence", "eia"] }'

# name of the finding, the rule it stands on, rules that have it, rules that do not
PAIRS = [
    (
        Code.FACTS_CONTRADICT,
        "A",
        [rule("A", "prohibits", when(f"{DEEP}, {SHALLOW}"))],
        [rule("A", "prohibits", when(DEEP, SHALLOW))],
    ),
    (
        Code.FACTS_CONTRADICT,  # one alternative of two
        "A",
        [rule("A", "prohibits", when(DEEP, f"{GUANTAO}, {DEEP}, {SHALLOW}"))],
        [rule("A", "prohibits", when(DEEP, f"{GUANTAO}, {SHALLOW}"))],
    ),
    (
        Code.FACTS_CONTRADICT,  # a binding against the rule's own facts
        "A",
        [rule("A", "duty", when(DEEP), binds=f"{WELL}, {LOOP[:-2]}, when = [{SHALLOW}] }}")],
        [rule("A", "duty", when(DEEP), binds=f"{WELL}, {LOOP[:-2]}, when = [{GUANTAO}] }}")],
    ),
    (
        Code.FACTS_CONTRADICT,  # one alternative of a binding
        "A",
        [rule("A", "duty", when(DEEP), binds=f"{WELL[:-2]}, when = [[{SHALLOW}], [{DEEP}]] }}")],
        [rule("A", "duty", when(DEEP), binds=f"{WELL[:-2]}, when = [[{GUANTAO}], [{DEEP}]] }}")],
    ),
    (
        Code.ALWAYS_SPARED,
        "A",
        [rule("A", "prohibits", when(fact("stage", "is", '"renewal"')), NEW)],
        [rule("A", "prohibits", when(fact("stage", "is_not", '"renewal"')), NEW)],
    ),
    (
        Code.NAME_CONTRADICTS,
        "A",
        [rule("A", "duty", when(DRY), asks="proposal")],
        [rule("A", "duty", when(DRY), binds=LOOP, asks="proposal")],
    ),
    (
        Code.NAME_ASKED,
        "A",
        [rule("A", "prohibits", when(DRY))],
        [rule("A", "prohibits", when(DRY), binds=LOOP)],
    ),
    (
        Code.UNMEETABLE,
        "A",
        [rule("A", "restricts", when(DEEP), f"unless = [{SHALLOW}]")],
        [rule("A", "restricts", when(DEEP), PROOF)],
    ),
    (
        Code.UNMEETABLE,  # by the technology's name
        "A",
        [rule("A", "restricts", FARM, f"unless = [{DRY}]")],
        [rule("A", "restricts", FARM, f"unless = [{DRY}]", binds=f"{WELL}, {LOOP}")],
    ),
    (
        Code.GROUND_CONTRADICTS,
        "A",
        [
            rule(
                "A",
                "prohibits",
                'any = [[{ theme = "railway" }], [{ theme = "railway", class = ["line"] }, '
                '{ theme = "railway", within_m = 50, outside = true }]]',
            )
        ],
        [
            rule(
                "A",
                "prohibits",
                'any = [[{ theme = "railway", class = ["line"], within_m = 100 }, '
                '{ theme = "railway", within_m = 50, outside = true }]]',
            )
        ],
    ),
    (
        Code.DATES_OUTSIDE,
        "A",
        [rule("A", "prohibits", "valid = { earliest = 2025-01-01 }")],
        [rule("A", "prohibits", "valid = { earliest = 2020-01-01, certain_until = 2024-12-31 }")],
    ),
    (
        Code.DATES_OUTSIDE,
        "A",
        [rule("A", "prohibits", "valid = { earliest = 2019-01-01, certain_until = 2019-12-31 }")],
        [rule("A", "prohibits", "valid = { earliest = 2024-12-31, certain_until = 2024-12-31 }")],
    ),
    (
        Code.DATES_BEYOND,
        "A",
        [rule("A", "prohibits", "valid = { earliest = 2024-12-31 }")],
        [rule("A", "prohibits")],
    ),
    (
        Code.TERRITORY_OUTSIDE,
        "A",
        [rule("A", "prohibits", 'territory = ["1301", "14", "1"]')],
        [rule("A", "prohibits", 'territory = ["1301", "13"]')],
    ),
    (
        Code.IDENTICAL,
        "B",
        [BAN, BAN.replace('id = "A"', 'id = "B"')],
        [BAN, rule("B", "prohibits", RAIL)],
    ),
    (
        Code.SHADOWED,
        "B",
        [BAN, rule("B", "questions", FARM, when(DEEP))],
        [BAN, rule("B", "questions", RAIL, when(DEEP))],
    ),
    (
        Code.SHADOWED,  # the ban's facts take in the question's
        "B",
        [
            rule("A", "prohibits", when(fact("depth_m", "以上", "2000"))),
            rule("B", "restricts", FARM, when(DEEP), NEW),
        ],
        [
            rule("A", "prohibits", when(fact("depth_m", "以上", "4000"))),
            rule("B", "restricts", FARM, when(DEEP), NEW),
        ],
    ),
    (
        Code.SHADOWED,  # two bans, each of one activity
        "C",
        [
            BAN,
            rule("B", "prohibits", FARM, binds=WELL.replace("well_production", "project")),
            rule("C", "questions", FARM, binds=BOTH),
        ],
        [BAN, rule("C", "questions", FARM, binds=BOTH)],
    ),
    (
        Code.SHADOWED,  # what the ban spares, the question spares too
        "B",
        [rule("A", "prohibits", FARM, NEW), rule("B", "questions", FARM, NEW)],
        [rule("A", "prohibits", FARM, NEW), rule("B", "questions", FARM)],
    ),
    (
        Code.SHADOWED,  # a ban that an approval lifts hides nothing
        "B",
        [BAN, rule("B", "questions", FARM)],
        [rule("A", "prohibits", FARM, "in_principle = true"), rule("B", "questions", FARM)],
    ),
    (
        Code.SHADOWED,  # nor one that an exemption may lift
        "B",
        [BAN, rule("B", "questions", FARM), rule("C", "exempts", 'names = ["B"]', when(DEEP))],
        [BAN, rule("B", "questions", FARM), rule("C", "exempts", 'names = ["A"]', when(DEEP))],
    ),
    (
        Code.SHADOWED,  # nor one of running rather than siting
        "B",
        [BAN, rule("B", "questions", FARM)],
        [rule("A", "prohibits", FARM, asks="operation"), rule("B", "questions", FARM)],
    ),
    (
        Code.SHADOWED,
        "B",
        [BAN, rule("B", "questions", FARM)],
        [BAN, rule("B", "questions", FARM, asks="operation")],
    ),
    (
        Code.SHADOWED,  # nor one that holds in a part of the territory, or of the time
        "B",
        [
            rule("A", "prohibits", FARM, 'territory = ["1301"]'),
            rule("B", "questions", FARM, 'territory = ["130102"]'),
        ],
        [rule("A", "prohibits", FARM, 'territory = ["1301"]'), rule("B", "questions", FARM)],
    ),
    (
        Code.SHADOWED,
        "B",
        [
            rule("A", "prohibits", FARM, "valid = { earliest = 2021-01-01 }"),
            rule("B", "questions", FARM, "valid = { earliest = 2022-01-01 }"),
        ],
        [
            rule("A", "prohibits", FARM, "valid = { earliest = 2021-01-01 }"),
            rule("B", "questions", FARM),
        ],
    ),
    (
        Code.SHADOWED,
        "B",
        [
            rule("A", "prohibits", FARM, "valid = { earliest = 2021-01-01 }"),
            rule("B", "questions", FARM, "valid = { earliest = 2022-01-01 }"),
        ],
        [
            rule("A", "prohibits", FARM, "valid = { earliest = 2021-01-01, certain = 2023-01-01 }"),
            rule("B", "questions", FARM, "valid = { earliest = 2022-01-01 }"),
        ],
    ),
    (
        Code.OVERRULED,
        "B",
        [BAN, rule("B", "restricts", FARM, PROOF)],
        [BAN, rule("B", "restricts", RAIL, PROOF)],
    ),
    (
        Code.OVERRULED,  # what meets it is what the ban forbids
        "B",
        [
            rule("A", "prohibits", FARM, when(SHALLOW)),
            rule("B", "restricts", FARM, f"unless = [{SHALLOW}]"),
        ],
        [
            rule("A", "prohibits", FARM, when(SHALLOW)),
            rule("B", "restricts", FARM, f"unless = [{DEEP}]"),
        ],
    ),
    (
        Code.OVERRULED,  # what nobody can meet is not overruled as well
        "B",
        [BAN, rule("B", "restricts", FARM, PROOF)],
        [BAN, rule("B", "restricts", FARM, f"unless = [{DRY}]")],
    ),
    (
        Code.OVERRULED,  # a duty that decides
        "B",
        [BAN, rule("B", "duty", FARM, PROOF, asks="proposal")],
        [BAN, rule("B", "duty", RAIL, PROOF, asks="proposal")],
    ),
    (
        Code.MOOT,
        "B",
        [BAN, rule("B", "incentive", FARM)],
        [BAN, rule("B", "info", FARM)],
    ),
    (
        Code.MOOT,  # a ban inside a ban, and a waived permit
        "C",
        [
            BAN,
            rule("B", "prohibits", FARM, when(DEEP)),
            rule("C", "exempts", GREEN, asks="proposal"),
            rule("D", "prohibits"),
        ],
        [BAN, rule("C", "exempts", GREEN, asks="proposal")],
    ),
    (
        Code.CONTRADICTION,
        "B",
        [BAN, rule("B", "exempts", FARM, 'names = ["C"]'), rule("C", "restricts", RAIL)],
        [BAN, rule("B", "exempts", FARM, 'names = ["A", "C"]'), rule("C", "restricts", RAIL)],
    ),
    (
        Code.CONTRADICTION,  # facts that can hold together on the same ground
        "B",
        [
            rule("A", "prohibits", FARM, when(DEEP)),
            rule("B", "exempts", FARM, 'names = ["C"]', when(GUANTAO)),
            rule("C", "restricts", RAIL),
        ],
        [
            rule("A", "prohibits", FARM, when(DEEP)),
            rule("B", "exempts", FARM, 'names = ["C"]', when(SHALLOW)),
            rule("C", "restricts", RAIL),
        ],
    ),
    (
        Code.CONTRADICTION,  # a ban everywhere against an exemption somewhere
        "B",
        [
            rule("A", "prohibits", when(DEEP)),
            rule("B", "exempts", FARM, 'names = ["C"]', when(f"{DEEP}, {GUANTAO}")),
            rule("C", "restricts", RAIL),
        ],
        [
            rule("A", "prohibits", when(DEEP)),
            rule("B", "exempts", FARM, 'names = ["C"]', when(GUANTAO)),
            rule("C", "restricts", RAIL),
        ],
    ),
    (
        Code.CONTRADICTION,  # not on other ground
        "B",
        [BAN, rule("B", "exempts", FARM, 'names = ["C"]'), rule("C", "restricts", RAIL)],
        [BAN, rule("B", "exempts", RAIL, 'names = ["C"]'), rule("C", "restricts", RAIL)],
    ),
    (
        Code.EXEMPTS_NOTHING,  # no activity in common
        "B",
        [
            rule("A", "restricts", FARM, binds=LOOP),
            rule("B", "exempts", FARM, 'names = ["A"]'),
        ],
        [rule("A", "restricts", FARM), rule("B", "exempts", FARM, 'names = ["A"]')],
    ),
    (
        Code.EXEMPTS_NOTHING,  # no fact, no day, no place in common; nothing to lift
        "B",
        [
            rule("A", "restricts", FARM, when(DEEP)),
            rule("B", "exempts", FARM, 'names = ["A"]', when(SHALLOW)),
        ],
        [
            rule("A", "restricts", FARM, when(DEEP)),
            rule("B", "exempts", FARM, 'names = ["A"]', when(DEEP)),
        ],
    ),
    (
        Code.EXEMPTS_NOTHING,
        "B",
        [
            rule(
                "A", "restricts", FARM, "valid = { earliest = 2020-01-01, latest = 2021-01-01 }"
            ).replace("latest", "certain_until"),
            rule("B", "exempts", FARM, 'names = ["A"]', "valid = { earliest = 2021-01-02 }"),
        ],
        [
            rule("A", "restricts", FARM),
            rule("B", "exempts", FARM, 'names = ["A"]', "valid = { earliest = 2021-01-02 }"),
        ],
    ),
    (
        Code.EXEMPTS_NOTHING,
        "B",
        [
            rule("A", "restricts", FARM, 'territory = ["1301"]'),
            rule("B", "exempts", FARM, 'names = ["A"]', 'territory = ["1302"]'),
        ],
        [
            rule("A", "restricts", FARM, 'territory = ["1301"]'),
            rule("B", "exempts", FARM, 'names = ["A"]', 'territory = ["130102"]'),
        ],
    ),
    (
        Code.EXEMPTS_NOTHING,
        "B",
        [rule("A", "incentive", FARM), rule("B", "exempts", FARM, 'names = ["A"]')],
        [rule("A", "questions", FARM), rule("B", "exempts", FARM, 'names = ["A"]')],
    ),
    (
        Code.PERMIT_CONFLICT,
        "A",
        [
            rule("A", "exempts", GREEN, asks="proposal"),
            rule("B", "procedure", NEEDED, asks="proposal"),
        ],
        [
            rule("A", "exempts", GREEN, when(DEEP), asks="proposal"),
            rule("B", "procedure", NEEDED, when(SHALLOW), asks="proposal"),
        ],
    ),
    (
        Code.PERMIT_CONFLICT,  # other ground, other permits
        "A",
        [rule("A", "exempts", GREEN, asks="proposal"), rule("B", "procedure", NEEDED, FARM)],
        [
            rule("A", "exempts", GREEN, RAIL, asks="proposal"),
            rule("B", "procedure", NEEDED, FARM),
            rule("C", "procedure", 'permits = { needs = ["eia"] }', asks="proposal"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("code", "at", "faulty", "good"),
    PAIRS,
    ids=[f"{number}-{code}" for number, (code, *_) in enumerate(PAIRS)],
)
def test_a_fault_is_found_and_its_neighbour_is_not(
    code: Code, at: str, faulty: list[str], good: list[str]
) -> None:
    assert (at, code.value) in told(*faulty)
    assert code.value not in {name for _, name in told(*good)}


def test_silence_that_a_rule_breaks() -> None:
    broken = lint(rule("A", "prohibits", RAIL), head=HEAD + SILENT)
    assert broken == [Finding("A", Code.SILENCE_BROKEN, ("railway",))]
    for kept in (rule("A", "duty", RAIL), BAN, rule("A", "prohibits", RAIL, binds=LOOP)):
        assert told(kept, head=HEAD + SILENT) == set()


def test_a_finding_says_what_it_is_about() -> None:
    faulty = rule("A", "prohibits", when(DEEP, f"{GUANTAO}, {DEEP}, {SHALLOW}"))
    assert lint(faulty) == [
        Finding("A", Code.FACTS_CONTRADICT, ("when[2]", "depth_m", "reservoir"))
    ]
    bound = rule("A", "duty", when(DEEP), binds=f"{WELL[:-2]}, when = [[{SHALLOW}], [{DEEP}]] }}")
    assert lint(bound) == [Finding("A", Code.FACTS_CONTRADICT, ("binds[1].when[1]", "depth_m"))]
    ground = rule("A", "prohibits", 'any = [[{ theme = "landform", above = 5, below = 5 }]]')
    assert lint(ground) == [Finding("A", Code.GROUND_CONTRADICTS, ("any[1]",))]
    dates = rule("A", "prohibits", "valid = { earliest = 2019-01-01 }")
    assert lint(dates) == [Finding("A", Code.DATES_BEYOND, ("2019-01-01",))]


def test_a_conflict_of_permits_names_every_rule_once() -> None:
    rules = [rule(name, "procedure", NEEDED, asks="proposal") for name in ("B", "C")]
    found = lint(rule("A", "exempts", GREEN, asks="proposal"), *rules)
    about = ("B: mining_licence", "C: mining_licence")
    assert Finding("A", Code.PERMIT_CONFLICT, about) in found


def test_every_code_is_worded_and_tried_here_or_with_the_cases() -> None:
    assert set(WORDINGS) == set(Code)
    elsewhere = {
        Code.SILENCE_BROKEN,
        Code.UNUSED_PARAMETER,
        Code.NO_CASE,
        Code.MISSING_CASE,
        Code.STRAY_CASE,
        Code.CASE_FAILS,
    }
    assert {code for code, *_ in PAIRS} | elsewhere == set(Code)


@pytest.mark.parametrize("code", list(Code))
def test_a_finding_speaks_two_languages(code: Code) -> None:
    one = Finding("A", code, ("甲", "乙"))
    assert one.level in Level
    for lang in ("zh", "en"):
        assert one.what[lang]
        assert one.todo[lang]
        assert "{}" not in one.what[lang]
    asks = "{}" in WORDINGS[code].what["zh"]
    assert asks == ("{}" in WORDINGS[code].what["en"])
    assert asks == ("甲、乙" in one.what["zh"]) == ("甲, 乙" in one.what["en"])

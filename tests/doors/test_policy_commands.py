"""What the commands about the documents print, and how they leave."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from shapely import box

from geozone.rules.shipped import shipped, shipped_ids

RICH = """
schema = 1
id = "R1"
number = "某字1号"
title = { zh = "测试文件", en = "A test document" }
territory = ["13"]
after_end = "undetermined"
[valid]
earliest = 2020-01-01
certain = 2020-02-01
certain_until = 2024-11-30
latest = 2024-12-31
[superseded]
by = "R2"
earliest = 2025-03-01
certain = 2025-04-01
leaves = ["R-1"]
[[predecessor]]
id = "R0"
title = { zh = "旧文件", en = "old" }
earliest = 2018-01-01
certain_until = 2019-06-30
[parameters.ratio]
value = 0.95
min = 0.9
max = 1.0
unit = "1"
note = { zh = "参数说明", en = "why this number" }
[parameters.reach]
value = 50
note = { zh = "距离说明", en = "why this far" }
[[silent]]
technologies = ["hydrothermal"]
objects = ["block_mining"]
themes = ["expressway"]
reason = { zh = "没有禁止", en = "not forbidden" }
masks = ["R-1"]
[[silent]]
technologies = ["waste_heat"]
objects = ["project"]
themes = ["geoheritage"]
reason = { zh = "不涉及", en = "not spoken of" }
[[rule]]
id = "R-1"
says = { zh = "第一条", en = "the first" }
place = "一"
lines = "L1"
office = { zh = "某局", en = "an office" }
asks = "ground"
effect = "prohibits"
in_principle = true
territory = ["1301"]
valid.earliest = 2020-06-01
valid.certain_until = 2024-06-30
valid.latest = 2024-08-31
valid.ends_with = "an_event"
binds = [
  { technologies = ["hydrothermal", "hot_dry_rock"], objects = ["block_mining", "right_mining"] },
  { technologies = ["bathing"], objects = ["project"], when = [
    { fact = "takes_water", op = "is", value = true },
  ] },
]
any = [
  [{ theme = "railway", class = ["line", "tunnel"], within_m = { parameter = "reach" } },
   { theme = "landform", class = ["plain"] }],
  [{ theme = "expressway", within_m = 100, outside = true }],
  [{ theme = "geoheritage", outside = true }],
  [{ theme = "drinking_water_zone", where = { source = ["surface"] } }],
  [{ theme = "geothermal_field", above = 5, below = 90 }],
]
when = [
  [{ fact = "depth_m", op = "不足", value = 25.5 },
   { fact = "stage", op = "in", value = ["new", "redrill"] }],
  [{ fact = "approvals", op = "named", value = "R-1" },
   { fact = "use", op = "is_not", value = "heating" }],
]
spares = [{ fact = "expert_proof", op = "shown" }]
permits = { needs = ["eia"], waives = ["mining_licence"] }
dossier = [{ zh = "报告", en = "a report" }, { zh = "图", en = "a map" }]
note = { zh = "说明一", en = "note one" }
reading = { zh = "理解一", en = "reading one" }
[[rule]]
id = "R-2"
says = { zh = "第二条", en = "the second" }
place = "二"
office = { zh = "未指明", en = "not named" }
asks = "proposal"
effect = "restricts"
binds = [{ technologies = ["hydrothermal"], objects = ["well_production"] }]
unless = [
  { fact = "reinjection_ratio", op = "不低于", value = { parameter = "ratio" } },
  { fact = "granted_on", op = "超过", value = 2020-01-01 },
]
else = "undetermined"
[[rule]]
id = "R-3"
says = { zh = "第三条", en = "the third" }
place = "三"
office = { zh = "未指明", en = "not named" }
asks = "ground"
effect = "exempts"
names = ["R-2"]
binds = [{ technologies = ["hydrothermal"], objects = ["well_production"] }]
any = [[{ theme = "geoheritage" }]]
"""
RIGHTS = """
[[rule]]
id = "R-{number}"
says = {{ zh = "第{number}条", en = "rule {number}" }}
place = "四"
office = {{ zh = "未指明", en = "not named" }}
asks = "plan"
effect = "prohibits"
binds = [{{ technologies = ["hydrothermal"], objects = ["right_mining"] }}]
plan = {plan}
"""
PLANS = {
    '{ check = "cap", within = "urban_development_boundary", class = ["county_town"], '
    'counts = "new", op = "不超过", limit = 3, excludes = { county_level_city = ["yes"] } }': (
        "采矿权个数 number of mining rights · 城镇开发边界 Urban development boundary county_town"
        " · 除外 excludes county_level_city=yes · 只计新增 new rights only · 不超过 ≤ 3"
    ),
    '{ check = "cap", within = "settlement", op = "只能有", limit = 1 }': (
        "采矿权个数 number of mining rights · 村镇建成区 Settlement · 不超过 ≤ 1"
    ),
    '{ check = "min_cells", op = "不应低于", limit = 1, cell_arcmin = 0.5 }': (
        "基本单位区块个数 number of basic unit blocks · 不小于 ≥ 1 · 0.5′"
    ),
    '{ check = "spacing", limit = 400 }': "井距（米） well spacing (m) · 400",
    '{ check = "same_reservoir" }': "采、灌井同一热储 wells of one right in one reservoir",
}
SHOWN = [
    "R1  测试文件",
    "    文号 / number: 某字1号",
    "    行政区 / territory: 13",
    "    R-1  2020-06-01 … 2024-06-30（至迟 at the latest 2024-08-31）；"
    "终止于 / ends with: an_event",
    "    ratio = 0.95 1  (≥ 0.9 ≤ 1.0)  → R-2",
    "        why this number",
    "    reach = 50  → R-1",
    "    高速公路 / Expressway",
    "        块内禁井范围 / no-well masks: R-1",
    "    地质遗迹保护区 / Geological heritage protection area",
    "        not spoken of",
    "规则 / rules: 8",
    "R-1  禁止 prohibits · 看选址 asks the ground",
    "    第一条",
    "    the first",
    "    出处 / place: R1 一 (L1)",
    "    部门 / office: 某局 / an office",
    "        开采规划区块、采矿权：全部适用技术 / "
    "Planned mining block, Mining right: every technology that goes with it",
    "        项目：温泉洗浴/康养 / Project: Hot-spring bathing and health care",
    "            是否取水为是 / takes water is yes",
    "        铁路（line、tunnel） 50 m 以内（含），且地貌（平原/山区）（plain）范围内 / "
    "within 50 m (included) of Railway [line, tunnel] and in Landform (plain or mountain) [plain]",
    "        高速公路 100 m 以外 / beyond 100 m of Expressway",
    "        地质遗迹保护区之外 / outside Geological heritage protection area",
    "        饮用水水源保护区（source=surface）范围内 / "
    "in Drinking-water source protection zone [source=surface]",
    "        地热田范围内高于5、低于90 / in Geothermal field above 5, below 90",
    "        井深（m）小于25.5，且阶段为新建或重钻 / depth m < 25.5 and stage is new or redrill",
    "        批准文件（规则=文号）点名R-1，且用途不为供暖 / "
    "approvals name R-1 and use is not heating",
    "        出示专家论证意见 / expert proof shown",
    "        经批准文件点名的改为限制 / restricted where an approval names it",
    "        环境影响评价 / Environmental impact assessment",
    "        采矿许可 / Mining licence",
    "        报告 / a report",
    "        1301",
    "        reading one",
    "        note one",
    "        回灌率（1.0 = 100%）不小于0.95，且设立日期大于2020-01-01 / "
    "reinjection ratio ≥ 0.95 and granted on > 2020-01-01",
    "    说明而不符的 / where it is stated and fails:",
    "        需核实 / Undetermined",
    "        R-2",
]
TIMELINE = """\
时间轴 / timeline:
                   未施行 / not begun
    2018-01-01  ├─ 前一文件 R0 施行 / earlier document R0: begins
                ▒▒ 存疑：前一文件有效，文本未提供 / open: an earlier document, not supplied（R0）
    2019-06-30  ├─ 前一文件 R0 有效期最后一天 / earlier document R0: last day
                   未施行 / not begun
    2020-01-01  ├─ 最早施行 / begins at the earliest
                ▒▒ 存疑：施行起始日待核实 / open: the start is uncertain
    2020-02-01  ├─ 至迟施行 / has surely begun
                ██ 有效 / in force
    2024-11-30  ├─ 确定有效的最后一天 / last day that is sure
                ▒▒ 存疑：届满日待核实 / open: the end is uncertain
    2024-12-31  ├─ 可能有效的最后一天 / last day that is possible
                ▒▒ 存疑：已到期，后一文件尚未确定施行 / open: between two documents
    2025-03-01  ├─ 后一文件 R2 最早施行 / followed by R2: begins at the earliest
    2025-04-01  ├─ 后一文件 R2 至迟施行 / followed by R2: has surely begun
                ·· 历史 / history；仍存疑 / still open: R-1
"""


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A pack file that has every part that a pack may have."""
    plans = [RIGHTS.format(number=n, plan=plan) for n, plan in enumerate(PLANS, start=4)]
    (tmp_path / "rich.toml").write_text(RICH + "".join(plans), encoding="utf-8")
    return tmp_path / "rich.toml"


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


# ------------------------------------------------------------------ list


def test_list_tells_every_pack_and_counts_its_cases(run):
    done = run("policy", "list")
    assert done.exit_code == 0
    for pack in shipped_ids():
        policy = shipped(pack)
        assert f"{pack}  {policy.title['zh']}" in done.output
        assert f"    {policy.title['en']}" in done.output
        row = re.search(rf"^    {pack} +(\d+) +(\d+) +(\d+) +(\d+)$", done.output, re.MULTILINE)
        assert row
        assert int(row[1]) == len(policy.rules)
        assert all(int(row[kind]) >= len(policy.rules) for kind in (2, 3, 4))
    table = done.output.partition("案例数 / number of cases\n")[2].splitlines()
    assert len({width(line) for line in table}) == 1
    sums = [sum(int(line.split()[-place]) for line in table[1:-1]) for place in (4, 3, 2, 1)]
    assert table[-1].split()[-4:] == [str(one) for one in sums]


@pytest.mark.parametrize(
    ("on", "pack", "said"),
    [
        ("2022-10-22", "HB21", "未施行 / not begun"),
        ("2022-10-23", "HB21", "存疑：施行起始日待核实 / open: the start is uncertain"),
        ("2024-06-01", "HB21", "有效 / in force"),
        ("2026-01-01", "HB21", "已失效，需核实 / lapsed, has to be checked"),
        ("2026-01-01", "SX23", "存疑：已到期，后一文件尚未确定施行 / open: between two documents"),
        ("2026-05-01", "SX23", "历史 / history"),
        (
            "2025-06-01",
            "LC25",
            "存疑：前一文件有效，文本未提供 / open: an earlier document, not supplied",
        ),
    ],
)
def test_list_says_how_packs_stand_on_a_day(run, on, pack, said):
    output = run("policy", "list", "--on", on).output
    block = output[output.index(f"\n{pack}  ") :].split("\n\n")[0]
    assert f"    {on}: {said}" in block.splitlines()


def test_list_counts_the_cases_of_every_rule_if_asked(run):
    assert "HB-11 " not in run("policy", "list").output
    output = run("policy", "list", "--cases").output
    for pack in shipped_ids():
        for rule in shipped(pack).rules:
            row = re.search(
                rf"^    {re.escape(rule.id)} +(\d+) +(\d+) +(\d+)$", output, re.MULTILINE
            )
            assert row, rule.id
            assert all(int(count) > 0 for count in row.groups())


# ------------------------------------------------------------------ show


def test_show_prints_the_timeline(run, rich):
    done = run("policy", "show", rich)
    assert done.exit_code == 0
    assert TIMELINE in done.output


@pytest.mark.parametrize(
    ("on", "line", "after"),
    [
        ("2017-12-31", "    2017-12-31  ◆  未施行 / not begun", "未施行"),
        ("2024-11-30", "    2024-11-30  ◆  有效 / in force", "确定有效的最后一天"),
        ("2024-12-01", "    2024-12-01  ◆  存疑：届满日待核实 / open: the end is uncertain", "▒▒"),
        ("2025-03-31", "    2025-03-31  ◆  存疑：已到期", "后一文件 R2 最早"),
        ("2026-01-01", "    2026-01-01  ◆  历史 / history；仍存疑 / still open: R-1", "··"),
    ],
)
def test_show_marks_the_day(run, rich, on, line, after):
    lines = run("policy", "show", rich, "--on", on).output.splitlines()
    at = next(number for number, one in enumerate(lines) if one.startswith(line))
    assert after in lines[at - 1]


@pytest.mark.parametrize(
    ("on", "said"),
    [("2020-05-31", "尚未施行"), ("2024-07-01", "有效期届满日待核实"), ("2024-09-01", "已到期")],
)
def test_show_says_how_a_rule_with_its_own_dates_stands(run, rich, on, said):
    assert f"an_event  ◆ {said}" in run("policy", "show", rich, "--on", on).output


def test_show_prints_every_part_of_the_rules(run, rich):
    lines = run("policy", "show", rich).output.splitlines()
    assert [one for one in SHOWN if one not in lines] == []
    assert [one for one in PLANS.values() if f"        {one}" not in lines] == []


def test_show_prints_one_rule(run, rich):
    output = run("policy", "show", rich, "--rule", "R-2", "--on", "2024-06-01").output
    assert "第二条" in output
    assert "第一条" not in output
    assert "◆  有效 / in force" in output


@pytest.mark.parametrize("pack", shipped_ids())
def test_show_prints_every_rule_of_a_shipped_pack(run, pack):
    done = run("policy", "show", pack)
    assert done.exit_code == 0
    for rule in shipped(pack).rules:
        assert f"\n{rule.id}  " in done.output
        assert f"    {rule.says['zh']}\n    {rule.says['en']}\n" in done.output
        assert f"    出处 / place: {pack} {rule.cite.place}" in done.output
        assert f"    部门 / office: {rule.office['zh']} / {rule.office['en']}" in done.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("HB22",), "did you mean 'HB21'"),
        (("none.toml",), "cannot be read"),
        (("HB21", "--rule", "HB-99"), "没有这条规则 / has no rule 'HB-99'"),
    ],
)
def test_show_refuses_what_is_not_there(run, arguments, says):
    done = run("policy", "show", *arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""


# ------------------------------------------------------------------ lint


def test_lint_of_shipped_packs_ends_well_and_counts_cases(run):
    done = run("policy", "lint")
    assert done.exit_code == 0, done.output
    for pack in shipped_ids():
        assert f"\n{pack}  错误 / errors 0 · 提示 / notes " in f"\n{done.output}"
        assert re.search(rf"^    {pack} +\d+ +\d+ +\d+ +\d+$", done.output, re.MULTILINE)
    assert "[source_inconsistency]" in done.output
    assert "原文 / printed 3174 · 推算 / computed 3692 · 差 / difference -518" in done.output
    assert done.output.splitlines()[-1].startswith("合计 / total: 错误 / errors 0 · 提示 / notes ")


def test_lint_of_a_file_tells_what_to_mend_and_leaves_with_2(run, rich):
    done = run("policy", "lint", rich)
    assert done.exit_code == 2
    assert f"R1  错误 / errors 8 · 提示 / notes 1  {rich}" in done.stdout
    assert "    错误 error  [no_case]  R-1  没有案例\n        has no case\n" in done.stdout
    assert "        → 为其编写案例文件 / write its file of cases" in done.stdout
    assert "source_inconsistency" not in done.stdout


def test_lint_with_nothing_but_notes_leaves_with_0(run, tmp_path):
    text = RICH[: RICH.index("[parameters")] + "[[rule]]" + RICH.split("[[rule]]")[2]
    text = text.replace('leaves = ["R-1"]\n', "").replace('{ parameter = "ratio" }', "0.95")
    (tmp_path / "pack.toml").write_text(text + "valid = { earliest = 2019-01-01 }\n", "utf-8")
    case = 'activity = "bathing:well_production"\non = 2024-06-01\nverdict = "{}"\n'
    kinds = {"positive": "undetermined", "negative": "restricted", "left_out": "undetermined"}
    facts = "facts = { reinjection_ratio = 0.95, granted_on = 2020-01-02 }\n"
    blocks = [
        f'[[case]]\nname = "{kind}"\nshows = "{kind}"\n{case.format(verdict)}'
        for kind, verdict in kinds.items()
    ]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "R-2.toml").write_text('rule = "R-2"\n' + blocks[0] + blocks[2], "utf-8")
    done = run("policy", "lint", tmp_path / "pack.toml", "--cases", tmp_path / "own")
    assert done.exit_code == 2
    assert "[missing_case]  R-2  缺少案例种类：negative" in done.stdout
    other = blocks[1].replace("bathing:well_production", "shallow_closed_loop:project")
    other = other.replace('"restricted"', '"no_rule"') + facts
    (tmp_path / "own" / "more.toml").write_text('rule = "R-2"\n' + other, "utf-8")
    done = run("policy", "lint", tmp_path / "pack.toml", "--cases", tmp_path / "own")
    assert done.exit_code == 0, done.output
    assert "提示 note  [dates_beyond]  R-2" in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('theme = "geoheritage"', 'theme = "heritage"', "unknown theme 'heritage'"),
        ('fact = "depth_m"', 'fact = "depth"', "unknown fact 'depth'"),
    ],
)
def test_lint_refuses_a_pack_that_cannot_be_read(run, rich, old, new, says):
    rich.write_text(rich.read_text("utf-8").replace(old, new).replace("R-3", "R-2"), "utf-8")
    done = run("policy", "lint", rich)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "the id stands twice" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--cases", "."), "--cases"),
        (("HB21", "--cases", "none"), "none"),
        (("HB22",), "did you mean 'HB21'"),
    ],
)
def test_lint_refuses_what_makes_no_sense(run, arguments, says):
    done = run("policy", "lint", *arguments)
    assert done.exit_code == 2
    assert says in done.stderr


def test_lint_prints_the_data_debt_of_a_project(ground, run, new_sheet, raw):
    del ground.layers["scenic_area"]
    del ground.layers["settlement"]
    ground.layers["railway"].keys["complete_for"] = ["line"]
    ground.layers["geoheritage"].keys |= {"as_of": raw("2020-01-01"), "max_age_days": 30}
    relic = ground.layers["cultural_relic"]
    relic.shapes, relic.classes = [*relic.shapes, None], ["", ""]
    relic.keys["waive"] = raw('[{ problem = "null-geometry", why = "one lost in the archive" }]')
    ground.layers["overdraft_zone"] = new_sheet("overdraft_zone", box(3600, 3500, 3700, 3600))
    project = ground.write()
    done = run("policy", "lint", "ADVISORY", "--project", project)
    assert done.exit_code == 0, done.output
    debt = done.stdout.partition("数据欠账 / data debt (2024-06-01): ")[2]
    told = {block.split()[0]: block for block in re.split(r"\n    (?=\w)", debt)[1:]}
    scenic = told["scenic_area"]
    assert "风景名胜区 / Scenic area；受保护要素 / protected theme" in scenic
    assert "未收到该要素数据，需核实 / no data received for this theme" in scenic
    assert re.search(r"HB21 .*HB-12.*  ← ", scenic)
    assert "HB21 HB-19" in told["settlement"]
    assert "protected" not in told["settlement"]
    assert "图层过旧" in told["geoheritage"]
    assert "书面豁免" in told["cultural_relic"]
    railway = told["railway"]
    assert "铁路（corridor、metro、planned、tunnel） / Railway；受保护要素" in railway
    assert "超出图层覆盖范围" in railway
    assert "overdraft_zone" not in told
    assert run("policy", "lint", "ADVISORY", "--project", project).output == done.output


def test_lint_of_a_project_that_lacks_nothing_says_so(ground, run):
    del ground.project["policies"]
    ground.project["adcode"] = "52"
    output = run("policy", "lint", "ADVISORY", "--project", ground.write()).stdout
    assert "数据欠账 / data debt (2024-06-01): 0\n" in output


def test_lint_needs_a_day_for_a_project(ground, run):
    del ground.project["on"]
    project = ground.write()
    assert run("policy", "lint", "ADVISORY", "--project", project).exit_code == 2
    assert (
        run("policy", "lint", "ADVISORY", "--project", project, "--on", "2024-06-01").exit_code == 0
    )


# ------------------------------------------------------------------ help


@pytest.mark.parametrize("name", ["list", "show", "lint"])
def test_help_speaks_two_languages(run, name):
    output = run("policy", name, "--help").output
    assert re.search(r"[\u4e00-\u9fff]{4}", output)
    assert re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", output)
    assert name in run("policy", "--help").output


def test_help_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from geozone.cli import main\n"
        "heavy = ('numpy', 'shapely', 'geozone.rules', 'geozone.pages')\n"
        "assert not [one for one in heavy if one in sys.modules]\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

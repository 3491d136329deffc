"""What the lint of a pack may find: codes, how grave each is, and what it says in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geozone.law.rule import Text


class Level(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    """Has to be mended: the pack says less, or something else, than it seems to."""
    NOTE = "note"
    """Worth a look; the pack may be left as it is."""


class Code(StrEnum):
    """What is wrong with a rule or a pack."""

    CONTRADICTION = "contradiction"
    """It exempts where another rule prohibits, and does not name that rule."""
    OVERRULED = "overruled"
    """What lifts or meets it changes nothing: its ground and facts are prohibited anyway."""
    SHADOWED = "shadowed"
    """It adds nothing: its ground and facts lie inside an unconditional prohibition."""
    UNMEETABLE = "unmeetable"
    """No consistent proposal can show what would lift or meet it."""
    FACTS_CONTRADICT = "facts_contradict"
    """Its fact tests contradict each other: it never binds."""
    ALWAYS_SPARED = "always_spared"
    """Every proposal that it binds is spared."""
    NAME_CONTRADICTS = "name_contradicts"
    """Its facts contradict the names of the technologies that it binds: it is never listed."""
    GROUND_CONTRADICTS = "ground_contradicts"
    """An alternative of its ground contradicts itself."""
    DATES_OUTSIDE = "dates_outside"
    """None of its own days is a day of the document."""
    TERRITORY_OUTSIDE = "territory_outside"
    """Its own territory leaves that of the document."""
    EXEMPTS_NOTHING = "exempts_nothing"
    """A rule that it names is never bound together with it, or decides nothing."""
    IDENTICAL = "identical"
    """Another rule says and does the same."""
    UNUSED_PARAMETER = "unused_parameter"
    """A declared number that no rule uses."""
    NO_CASE = "no_case"
    """A rule without any case."""
    MISSING_CASE = "missing_case"
    """A rule without one of the three kinds of case."""
    STRAY_CASE = "stray_case"
    """A case of a rule that the pack does not have."""
    CASE_FAILS = "case_fails"
    """A case that the packs judge otherwise."""
    NAME_ASKED = "name_asked"
    """It binds only proposals that contradict their technology's name, or do not state the fact."""
    DATES_BEYOND = "dates_beyond"
    """Its own dates begin before the document or end after it."""
    MOOT = "moot"
    """It asks or offers something where everything is prohibited anyway."""
    PERMIT_CONFLICT = "permit_conflict"
    """It waives a permit that another rule asks of the same proposals."""
    SILENCE_BROKEN = "silence_broken"
    """The document is declared silent where this rule speaks."""


@dataclass(frozen=True)
class Wording:
    """How grave a code is, what it says, and what to do; ``{}`` is what the finding is about."""

    level: Level
    what: Text
    todo: Text


def _wording(level: Level, what: tuple[str, str], todo: tuple[str, str]) -> Wording:
    return Wording(level, _text(*what), _text(*todo))


def _text(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}


_RELEASE = (
    "确属重复的，删去；否则改动其范围或条件",
    "delete it if it repeats, else mend its ground or facts",
)
_REACH = ("改正事实条件或约束对象", "mend the fact tests or the bindings")

WORDINGS: dict[Code, Wording] = {
    Code.CONTRADICTION: _wording(
        Level.ERROR,
        (
            "同一活动、同一范围，{} 禁止，本条却免除而未点名",
            "exempts where {} prohibits the same activity on the same ground, and does not name it",
        ),
        ("在 names 中点名，或分开两条的范围和条件", "name it in names, or part the two rules"),
    ),
    Code.OVERRULED: _wording(
        Level.ERROR,
        (
            "满足了也无用：其范围已被 {} 无条件禁止",
            "meeting it changes nothing: {} prohibits all of its ground without conditions",
        ),
        _RELEASE,
    ),
    Code.SHADOWED: _wording(
        Level.ERROR,
        (
            "从不起作用：其范围已被 {} 无条件禁止",
            "never shows: {} prohibits all of its ground without conditions",
        ),
        _RELEASE,
    ),
    Code.UNMEETABLE: _wording(
        Level.ERROR,
        (
            "所要求的条件无法同时满足：{}",
            "what it asks can never be shown together: {}",
        ),
        ("改正 unless", "mend unless"),
    ),
    Code.FACTS_CONTRADICT: _wording(
        Level.ERROR,
        ("事实条件相互矛盾，从不触发：{}", "never binds: its fact tests contradict each other: {}"),
        _REACH,
    ),
    Code.ALWAYS_SPARED: _wording(
        Level.ERROR,
        (
            "所约束的情形全部被 spares 放过：{}",
            "never binds: spares lets every case pass: {}",
        ),
        ("改正 when 或 spares", "mend when or spares"),
    ),
    Code.NAME_CONTRADICTS: _wording(
        Level.ERROR,
        (
            "事实条件与所约束技术的名称矛盾，从不列出：{}",
            "is never listed: its facts contradict the names of its technologies: {}",
        ),
        _REACH,
    ),
    Code.GROUND_CONTRADICTS: _wording(
        Level.ERROR,
        ("范围条件自相矛盾，从不成立：{}", "an alternative of its ground contradicts itself: {}"),
        ("改正 any", "mend any"),
    ),
    Code.DATES_OUTSIDE: _wording(
        Level.ERROR,
        ("本条日期全在文件有效期之外：{}", "none of its days is one of the document: {}"),
        ("改正 valid", "mend valid"),
    ),
    Code.TERRITORY_OUTSIDE: _wording(
        Level.ERROR,
        ("本条地域超出文件适用地域：{}", "its territory leaves that of the document: {}"),
        ("改正 territory", "mend territory"),
    ),
    Code.EXEMPTS_NOTHING: _wording(
        Level.ERROR,
        (
            "所点名的规则与本条从不同时适用，或不作判断：{}",
            "names rules that never apply together with it, or decide nothing: {}",
        ),
        ("改正 names", "mend names"),
    ),
    Code.IDENTICAL: _wording(
        Level.ERROR,
        ("与 {} 内容相同", "says and does the same as {}"),
        ("合并，出处写在一起", "make one rule of them, with both places"),
    ),
    Code.UNUSED_PARAMETER: _wording(
        Level.ERROR,
        ("声明的参数没有规则使用：{}", "no rule uses the declared parameter {}"),
        ("删去，或在规则中引用", "delete it, or refer to it in a rule"),
    ),
    Code.NO_CASE: _wording(
        Level.ERROR,
        ("没有案例", "has no case"),
        ("为其编写案例文件", "write its file of cases"),
    ),
    Code.MISSING_CASE: _wording(
        Level.ERROR,
        ("缺少案例种类：{}", "has no case of this kind: {}"),
        ("补上该种案例", "add a case of the kind"),
    ),
    Code.STRAY_CASE: _wording(
        Level.ERROR,
        ("案例所指的规则不在本文件：{}", "a case of a rule that the pack does not have: {}"),
        ("改正 rule，或删去", "mend rule, or delete it"),
    ),
    Code.CASE_FAILS: _wording(
        Level.ERROR,
        ("案例与判断不符：{}", "a case is judged otherwise: {}"),
        ("改正规则或案例", "mend the rule or the case"),
    ),
    Code.NAME_ASKED: _wording(
        Level.NOTE,
        (
            "只约束与技术名称矛盾或未说明该事实的项目：{}",
            "binds only what contradicts its technology's name, or leaves the fact out: {}",
        ),
        ("确认其用意只是要求说明该事实", "make sure that it is there to have the fact stated"),
    ),
    Code.DATES_BEYOND: _wording(
        Level.NOTE,
        (
            "本条日期早于文件开始或晚于文件结束：{}",
            "its dates begin before the document or end after it: {}",
        ),
        ("只在文件有效期内起作用，请确认", "it counts within the document's dates only: make sure"),
    ),
    Code.MOOT: _wording(
        Level.NOTE,
        ("其范围已被 {} 无条件禁止", "{} prohibits all of its ground without conditions"),
        ("确认文本确实并列两者", "make sure that the text says both"),
    ),
    Code.PERMIT_CONFLICT: _wording(
        Level.NOTE,
        ("免办的许可，另一条要求办理：{}", "waives a permit that another rule asks for: {}"),
        ("确认文本确实如此", "make sure that the text says both"),
    ),
    Code.SILENCE_BROKEN: _wording(
        Level.NOTE,
        (
            "silent 声明文件对这些要素不作规定，本条却作了规定：{}",
            "speaks of themes on which the document is declared silent: {}",
        ),
        ("改正 silent 或本条的约束对象", "mend silent or whom the rule binds"),
    ),
}


@dataclass(frozen=True, order=True)
class Finding:
    """One finding: the rule (empty: the whole pack), the code, and what it is about."""

    rule: str
    code: Code
    about: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """How grave it is."""
        return WORDINGS[self.code].level

    @property
    def what(self) -> Text:
        """What is wrong, ``zh`` and ``en``."""
        said = WORDINGS[self.code].what
        return _text(
            said["zh"].replace("{}", "、".join(self.about)),
            said["en"].replace("{}", ", ".join(self.about)),
        )

    @property
    def todo(self) -> Text:
        """What to do, ``zh`` and ``en``."""
        return WORDINGS[self.code].todo

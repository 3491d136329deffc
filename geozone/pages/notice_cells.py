"""The small pieces of the notice: chips, numbers, areas, citations and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geozone.pages import text as words
from geozone.pages.markup import Child, Html, joined, tag
from geozone.pages.text import Text
from geozone.pages.tongue import Tongue
from geozone.rules import vocabulary

Json = Mapping[str, Any]  # JSON values of mixed types
NOTHING = Html("—")


@dataclass(frozen=True)
class Writer:
    """What the parts of a notice are written with: the language, and what they refer to.

    ``policies`` by id; ``matrix``: per object the technologies that the matrix lists for it.
    """

    tongue: Tongue
    policies: Mapping[str, Json]
    matrix: Mapping[str, set[str]]

    def chip(self, verdict: str) -> Html:
        """A verdict as its mark and its name."""
        mark = tag("b", words.VERDICT_MARKS.get(verdict, "?"))
        name = self.tongue.say(words.name_of(words.VERDICT_NAMES, verdict))
        known = verdict if verdict in words.VERDICTS else "unknown"
        return tag("span", mark, name, class_=f"chip {known}")

    def theme(self, theme: str | None) -> Html:
        """The name of a theme; a stroke where a rule has none."""
        return self.tongue.say(words.theme_name(theme)) if theme else NOTHING

    def activities(self, keys: Iterable[str]) -> Html:
        """Activities by what is sited, the technologies behind; all of the matrix in a word."""
        by_object: dict[str, list[str]] = {}
        for key in keys:
            technology, _, siting = key.partition(":")
            by_object.setdefault(siting, []).append(technology)
        return joined(*(self._sited(siting, names) for siting, names in sorted(by_object.items())))

    def _sited(self, siting: str, technologies: Sequence[str]) -> Html:
        told = self.technologies(technologies, self.matrix.get(siting, ()))
        name = words.object_name(siting)
        zh, en = f"{name['zh']}：{told['zh']}", f"{name['en']}: {told['en']}"
        return tag("p", self.tongue.say(words.text(zh, en)), class_="small activities")

    def small(self, said: Text) -> Html:
        """A text in a small line of its own."""
        return tag("p", self.tongue.say(said), class_="small said")

    def needs(self, needs: Iterable[str]) -> Html:
        """What has to be shown (a fact, or ``rule:fact``): each fact once, the rules behind."""
        asked: dict[str, list[str]] = {}
        for need in needs:
            rule, _, fact = need.rpartition(":")
            asked.setdefault(fact, []).extend([rule] if rule else [])
        return joined(*(self._need(fact, rules) for fact, rules in asked.items()))

    def _need(self, fact: str, rules: Sequence[str]) -> Html:
        name, behind = words.fact_name(fact), ", ".join(rules)
        zh = f"须出示：{name['zh']}" + (f"（{behind}）" if behind else "")
        return self.small(words.text(zh, f"to be shown: {name['en']}"))

    def technologies(self, technologies: Sequence[str], among: Iterable[str]) -> Text:
        """Technologies by name; a group, with what it lacks or adds, where that is shorter.

        ``among`` is what the matrix lists.
        """
        listed, wanted = set(among), frozenset(technologies)
        if len(wanted) > 1 and wanted >= listed:
            return _LISTED
        groups = {frozenset(listed): _LISTED, **vocabulary.group_names()}
        named = [(len(wanted), _named(technologies))]
        named += [
            (1 + len(group ^ wanted), _around(group, name, wanted))
            for group, name in groups.items()
        ]
        return min(named, key=lambda one: one[0])[1]

    def cited(self, cite: Json | None) -> Html:
        """Where a rule stands, with the title and the standing of its document."""
        if not cite:
            return NOTHING
        name = str(cite.get("document") or "")
        policy = self.policies.get(name, {})
        title = policy.get("title")
        return joined(
            tag("p", f"{name} {cite.get('place') or ''}"),
            self.small(title) if isinstance(title, Mapping) else None,
            tag("p", self.standing(policy), class_="small") if policy else None,
        )

    def standing(self, policy: Json) -> Html:
        """The phase of a document on the decision date, and its validity."""
        phase = self.tongue.say(words.name_of(words.PHASE_NAMES, str(policy.get("phase"))))
        dates, _ = self.tongue.pair(validity(policy.get("validity") or {}))
        return joined(phase, " ", dates)

    def table(
        self, heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Child]], kind: str = ""
    ) -> Html:
        """A table with heads in (Chinese, English) and rows of cells."""
        head = tag("tr", *(tag("th", self.tongue.line(*one), scope="col") for one in heads))
        body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
        return tag("table", tag("thead", head), tag("tbody", *body), class_=kind or None)

    def by_technology(
        self,
        technologies: Iterable[str],
        heads: Iterable[Text],
        cells: Callable[[str], list[Html]],
        kind: str,
    ) -> Html:
        """A table of technologies by columns; ``cells`` gives a technology's ``td`` elements."""
        head = tag(
            "tr",
            tag("th", self.tongue.line("技术", "Technology"), scope="col"),
            *(tag("th", self.tongue.say(one), scope="col") for one in heads),
        )
        rows = [
            tag(
                "tr",
                tag("th", self.tongue.say(words.technology_name(one)), scope="row"),
                *cells(one),
            )
            for one in technologies
        ]
        return tag("table", tag("thead", head), tag("tbody", *rows), class_=kind)

    def facts(self, pairs: Iterable[tuple[Html, Child]]) -> Html:
        """A table of names and values."""
        rows = (tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in pairs)
        return tag("table", tag("tbody", *rows), class_="facts")

    def none(self, zh: str, en: str) -> Html:
        """A line that says that there is nothing to list."""
        return tag("p", self.tongue.line(zh, en), class_="none")


def _named(technologies: Iterable[str]) -> Text:
    names = [words.technology_name(one) for one in technologies]
    return words.text("、".join(one["zh"] for one in names), ", ".join(one["en"] for one in names))


_LISTED = words.text("所列各项技术", "every technology listed")


def _around(group: frozenset[str], name: Text, wanted: frozenset[str]) -> Text:
    """A group by its name, with what is wanted beside it and what of it is not."""
    more, less = _named(sorted(wanted - group)), _named(sorted(group - wanted))
    zh = name["zh"] + (f"和{more['zh']}" if more["zh"] else "")
    en = name["en"] + (f" and {more['en']}" if more["en"] else "")
    zh += f"（{less['zh']}除外）" if less["zh"] else ""
    en += f" (but {less['en']})" if less["en"] else ""
    return words.text(zh, en)


def as_text(value: object) -> Text:
    """A text in two languages out of JSON; nothing where there is none."""
    return value if isinstance(value, Mapping) else {}


def validity(dates: Json) -> Text:
    """Four dates in words; the uncertain span of a start or an end is said."""
    start = _edge(dates, "earliest", "certain", "（至迟{}）")
    end = _edge(dates, "certain_until", "latest", "（至迟{}）")
    first = _edge(dates, "earliest", "certain", " (at the latest {})")
    last = _edge(dates, "certain_until", "latest", " (at the latest {})")
    if not start:
        return {}
    zh = f"自{start}起" + (f"至{end}" if end else "，未定终期")
    en = f"from {first}" + (f" to {last}" if last else ", no end stated")
    return words.text(zh, en)


def _edge(dates: Json, first: str, second: str, late: str) -> str:
    one, other = dates.get(first), dates.get(second)
    if not one or not other or one == other:
        return str(one or other or "")
    return f"{one}{late.format(other)}"


def metres(value: float | None) -> str:
    """A length to the centimetre; a stroke where none is known."""
    return "—" if value is None else f"{value:,.2f}\u00a0m"


def square_metres(value: float | None) -> str:
    """An area to the hundredth of a square metre."""
    return "—" if value is None else f"{value:,.2f}\u00a0m²"


def percent(share: float | None, low: float | None = None, high: float | None = None) -> str:
    """A share of the parcel, with its interval where the accuracy is known."""
    if share is None:
        return "—"
    shown = f"{100 * min(share, 1.0):.2f}%"
    if low is None or high is None:
        return shown
    return f"{shown}（{100 * low:.2f}%–{100 * min(high, 1.0):.2f}%）"

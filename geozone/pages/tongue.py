"""Saying a text in the wanted language: Chinese first with English beneath, or one of them."""

from __future__ import annotations

from dataclasses import dataclass

from geozone.pages.markup import Html, joined, tag
from geozone.pages.text import Text, text

LANGUAGES = ("both", "zh", "en")


@dataclass(frozen=True)
class Tongue:
    """The language of a page: ``both``, ``zh`` or ``en``. Raises ``ValueError`` otherwise."""

    lang: str = "both"

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise ValueError(f"unknown language {self.lang!r}; use one of: {', '.join(LANGUAGES)}")

    def pair(self, words: Text) -> tuple[str, str]:
        """What is said first, and what is said smaller beside it (may be empty)."""
        zh, en = words.get("zh") or "", words.get("en") or ""
        if self.lang == "both":
            return (zh, en if en != zh else "") if zh else (en, "")
        return (zh or en, "") if self.lang == "zh" else (en or zh, "")

    def plain(self, words: Text) -> str:
        """The text alone; both languages with a stroke between."""
        return " / ".join(one for one in self.pair(words) if one)

    def say(self, words: Text) -> Html:
        """The text as HTML, the second language in a smaller span."""
        first, second = self.pair(words)
        return joined(first, tag("span", second, class_="en", lang="en") if second else None)

    def line(self, zh: str, en: str) -> Html:
        """Words of the page itself, said as ``say`` does."""
        return self.say(text(zh, en))

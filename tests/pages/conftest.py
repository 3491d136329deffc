"""Lets the tests of the pages import their hand-made content, and finds a browser."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:  # a playwright browser
    """Debian's Chromium; the test is skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on the machine")
    with sync_api.sync_playwright() as runner:
        opened = runner.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield opened
        opened.close()


class Visit:
    """A page opened offline from a file, with what it asked for and complained of."""

    def __init__(self, browser: Any, path: Path, **context: Any) -> None:
        size = {"width": 1366, "height": 768}
        made = browser.new_context(**({"offline": True, "viewport": size} | context))
        self.page, self.url = made.new_page(), path.as_uri()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda one: self.requests.append(one.url))
        self.page.on("console", lambda one: self.complaints.append(one.text))
        self.page.on("pageerror", lambda one: self.complaints.append(str(one)))
        self.page.on("dialog", lambda one: (self.complaints.append(one.message), one.dismiss()))

    def open(self) -> Any:  # a playwright page
        self.page.goto(self.url)
        return self.page

    def assert_quiet(self) -> None:
        assert self.requests == [self.url]
        assert self.complaints == []

    def close(self) -> None:
        self.page.context.close()


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens HTML texts as files; every visit ends quiet."""
    visits: list[Visit] = []

    def opened(html: str, **context: Any) -> Visit:
        path = tmp_path / f"page{len(visits)}.html"
        path.write_text(html, "utf-8")
        visits.append(Visit(browser, path, **context))
        return visits[-1]

    yield opened
    for one in visits:
        one.assert_quiet()
        one.close()

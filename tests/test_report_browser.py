"""reports in a browser.

What Debian's chromium makes of the page: nothing fetched, nothing complained of, no script of a
stranger's, folded and unfolded by keyboard, whole on paper, narrow on a phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from selenium.webdriver import Keys

from flk_rules.explaining.text import printable
from flk_rules.reporting import page
from support.browser import PHONE, Browser, browser
from support.reporting import PAYLOAD, SCRIPT, collected, hostile, receipts

LANGUAGES = ("sv", "en")
AXE = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Single receipts, a set, and hostile ones, in both languages."""
    folder = tmp_path_factory.mktemp("pages")
    contradicting = hostile(receipts()[2])
    sets = {
        "conditional": [receipts()[0]], "number": [receipts()[5]], "undetermined": [receipts()[3]],
        "set": receipts()[2:4], "hostile": [hostile(receipts()[0])],
        "hostile-set": [hostile(receipts()[0]), contradicting, hostile(receipts()[5])],
    }  # fmt: skip
    found = {}
    for name, each in sets.items():
        for language in LANGUAGES:
            path = folder / f"{name}.{language}.html"
            path.write_text(page(collected(each), language), encoding="utf-8")
            found[f"{name}.{language}"] = path
    return found


SINGLE = [f"{name}.{lang}" for name in ("conditional", "number", "undetermined", "hostile")
          for lang in LANGUAGES]  # fmt: skip
NAMES = [*SINGLE, *(f"{name}.{lang}" for name in ("set", "hostile-set") for lang in LANGUAGES)]


def _details(chromium: Browser) -> list[bool]:
    found = chromium.ask("return [...document.querySelectorAll('details')].map(each => each.open)")
    return list(found)


@pytest.mark.parametrize("name", NAMES)
def test_it_opens_fetches_nothing_and_nothing_is_complained_of(
    name: str, chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.open(pages[name])
    assert chromium.ask("return document.readyState") == "complete"
    assert chromium.ask("return getComputedStyle(document.querySelector('h1')).fontWeight") == "650"
    assert chromium.ask("return performance.getEntriesByType('resource').length") == 0
    assert chromium.fetched() == []
    assert chromium.complaints() == []
    assert chromium.ask("return document.documentElement.lang") == name[-2:]


def test_a_server_is_asked_for_the_page_and_for_nothing_else(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    """As the one who serves it sees it: not even a picture for the tab is asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages["hostile-set.sv"].read_bytes())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        chromium.chrome.get(f"http://127.0.0.1:{server.server_port}/page.html")
        assert chromium.ask("return document.readyState") == "complete"
        chromium.open(pages["number.sv"])
        server.shutdown()
    assert asked == ["/page.html"]


@pytest.mark.parametrize("name", [each for each in NAMES if each.startswith("hostile")])
def test_hostile_text_is_text(name: str, chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages[name])
    assert chromium.ask("return window.pwned") is None
    assert chromium.ask("return document.scripts.length") == 1
    foreign = "return document.querySelectorAll('img, iframe, object, a[href^=java]').length"
    assert chromium.ask(foreign) == 0
    handlers = """return [...document.querySelectorAll('*')].filter(each =>
        [...each.attributes].some(a => a.name.startsWith('on') || a.name === 'style')).length"""
    assert chromium.ask(handlers) == 0
    text = chromium.ask("return document.body.textContent")
    assert text.count(printable(PAYLOAD)) > 50
    if "set" not in name:
        assert SCRIPT in chromium.ask("return document.title")
    assert "geriatrik<script>" in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]", text)


def test_the_policy_holds_should_an_escape_ever_be_forgotten(
    chromium: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    evil = (
        "<script>window.pwned=1</script><img src='http://127.0.0.1:9/a' onerror='window.pwned=1'>"
        "<link rel=stylesheet href='http://127.0.0.1:9/b'><base href='http://127.0.0.1:9/'>"
        "<iframe src='http://127.0.0.1:9/c'></iframe><style>body{display:none}</style>"
        "<form action='http://127.0.0.1:9/d'><button id=go>x</button></form>"
    )
    path = tmp_path / "evil.html"
    text = pages["number.sv"].read_text(encoding="utf-8").replace("</main>", f"{evil}</main>")
    path.write_text(text, encoding="utf-8")
    chromium.open(path)
    chromium.ask("document.getElementById('go').click()")
    assert chromium.ask("return window.pwned") is None
    assert chromium.ask("return getComputedStyle(document.body).display") == "block"
    assert chromium.ask("return location.protocol") == "file:"
    blocked = [each for each in chromium.complaints() if "Content Security Policy" in each]
    assert len(blocked) >= 5


def test_the_tree_folds_and_unfolds_by_keyboard(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages["number.sv"])
    order = []
    for _ in range(8):
        chromium.press(Keys.TAB)
        order.append(chromium.ask(
            "const e = document.activeElement; return e.className || e.id || e.tagName"
        ))  # fmt: skip
    assert order[:3] == ["skip", "unfold", "fold"]
    assert order.count("SUMMARY") >= 4
    outline = chromium.ask("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    first = "const d = document.querySelector('details.rule'); "
    chromium.ask(f"{first} d.querySelector('summary').focus()")
    assert chromium.ask(f"{first} return d.open") is True
    chromium.press(Keys.ENTER)
    assert chromium.ask(f"{first} return d.open") is False
    chromium.press(Keys.SPACE)
    assert chromium.ask(f"{first} return d.open") is True
    inner = "const d = document.querySelector('.node.definition details'); "
    chromium.ask(f"{inner} d.querySelector('summary').focus()")
    chromium.press(Keys.ENTER)
    assert chromium.ask(f"{inner} return d.open") is False


def test_all_of_it_folds_and_unfolds_by_button(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages["set.en"])
    assert not any(_details(chromium)) or len({*_details(chromium)}) == 2
    for button, open_ in (("unfold", True), ("fold", False)):
        chromium.ask(f"document.getElementById('{button}').focus()")
        chromium.press(Keys.ENTER)
        assert {*_details(chromium)} == {open_}


def test_the_skip_link_leads_to_the_content(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages["number.en"])
    chromium.press(Keys.TAB, Keys.ENTER)
    assert chromium.ask("return document.activeElement.id") == "content"


def test_a_link_unfolds_what_it_leads_to(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages["conditional.sv"])
    target = chromium.ask("return document.querySelector('.ground a').getAttribute('href')")
    assert chromium.ask(f"return document.querySelector('{target}').open") is False
    chromium.ask("document.querySelector('.ground a').focus()")
    chromium.press(Keys.ENTER)
    assert chromium.ask(f"return document.querySelector('{target}').open") is True
    chromium.open(pages["set.sv"], fragment="#d2-1")
    assert chromium.ask("return document.getElementById('d2').open") is True
    assert chromium.ask("return document.getElementById('d2-1').open") is True


_HIDDEN = """return [...document.querySelectorAll('main *')].filter(each =>
    !each.closest('svg') && !each.closest('.folding') && each.textContent.trim() &&
    (!each.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}) ||
     each.getClientRects().length === 0)).map(each => each.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("name", ["number.sv", "set.en"])
def test_paper_shows_everything(name: str, chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages[name], paper=True)
    assert False in _details(chromium)
    assert chromium.ask(_HIDDEN) == []
    assert chromium.ask("return document.querySelector('.folding').checkVisibility()") is False
    before = _details(chromium)
    chromium.ask("window.dispatchEvent(new Event('beforeprint'))")
    assert {*_details(chromium)} == {True}
    chromium.ask("window.dispatchEvent(new Event('afterprint'))")
    assert _details(chromium) == before


def test_it_prints_whole_with_and_without_its_script(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    path, each = pages["number.sv"], "document.querySelectorAll('details').forEach"
    unfolded = chromium.sheets(path, before=f"{each}(one => {{ one.open = true; }})")
    assert chromium.sheets(path) == unfolded
    assert chromium.sheets(path, script=False) == unfolded
    assert chromium.sheets(path, before=f"{each}(one => one.remove())") < unfolded / 2


def test_a_screen_hides_what_is_folded(chromium: Browser, pages: dict[str, Path]) -> None:
    """That the check of paper can fail."""
    chromium.open(pages["number.sv"])
    assert len(chromium.ask(_HIDDEN)) > 20


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_needs_no_sideways_scroll(
    name: str, chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.open(pages[name], width=PHONE)
    chromium.ask("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    wide = """return [...document.querySelectorAll('body *')].filter(each =>
        !each.matches('.skip, .signs, .signs *') &&
        each.getBoundingClientRect().right > innerWidth + 1
        ).map(each => each.outerHTML.slice(0, 120))"""
    assert chromium.ask(wide) == []
    assert chromium.ask("return document.documentElement.scrollWidth") == PHONE
    size = "return parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    assert chromium.ask(size) >= 12


@pytest.mark.parametrize(
    ("name", "dark"), [("conditional.sv", False), ("number.en", True), ("set.sv", False)]
)
def test_axe_finds_nothing(
    name: str, dark: bool, chromium: Browser, pages: dict[str, Path]
) -> None:
    """Names, roles, headings, landmarks, language, order of focus, and contrast as painted."""
    chromium.open(pages[name], dark=dark)
    chromium.ask("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    chromium.ask(AXE)
    found: Any = chromium.chrome.execute_async_script(
        "const done = arguments[arguments.length - 1]; axe.run(document, {resultTypes: "
        "['violations']}).then(done, done)"
    )
    assert [
        (each["id"], each["nodes"][0]["html"][:200], each["nodes"][0]["failureSummary"])
        for each in found["violations"]
    ] == []
    assert len(found["passes"]) > 20

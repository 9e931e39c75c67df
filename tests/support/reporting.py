"""pages to look at.

Receipts of every kind of answer, receipts in which every free text is hostile, their pages, and
pages taken apart.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from html.parser import HTMLParser
from typing import Any

from attrs import field, frozen

import flk_rules
from flk_rules.audit import PseudonymKey, Receipt
from flk_rules.audit.receipts import Receipts
from flk_rules.reporting import Collection, Parts, page, read_receipts
from support.audit import SECRET, Clock, asked, decide
from support.cases import NATIONAL, STOCKHOLM, specialist

SCRIPT = "<script>window.pwned=1</script>"
PAYLOAD = (
    f"\"'>{SCRIPT}<img src=x onerror=window.pwned=1></style></title><!-- &lt; {{{{ 7*7 }}}} "
    "\u202eevil\u202c \u2066x\u2069 \x07\x1b[31m \u0085 \ufeff javascript:alert(1)"
)
_FREE = {
    "sv", "en", "title", "publisher", "published", "section", "statement", "note", "provision",
    "version", "unit", "library",
}  # fmt: skip
VOID = {"meta", "link", "img", "br", "hr", "input"}


def _further() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Answers of the kinds that the log's decisions lack."""
    psychiatrist = {**specialist("psykiatri"), "equivalent_competence": "not_equivalent"}
    yield NATIONAL, "eligibility", {"physician": psychiatrist, "patient": {"age": 40}}
    yield NATIONAL, "priority", {"patient": {}}
    yield STOCKHOLM, "capacity", {"physician": {}, "unit": {}}
    yield NATIONAL, "relisting", {"patient": {}}
    yield NATIONAL, "competence", {"physician": specialist("geriatrik"), "unit": {}}


@cache
def receipts() -> tuple[Receipt, ...]:
    """Receipts of every kind of answer, most with a reference."""
    maker = Receipts(PseudonymKey(SECRET), Clock())
    decisions = [decide(*each) for each in (*asked(), *_further())]
    later = flk_rules.load(NATIONAL, on=date(2026, 1, 1))
    for weeks in (2.0, None):  # a checklist that deviates, and one that is open
        placement = {"weeks": weeks, "longer_for_goals": False}
        decisions.append(later.decide("side_placement", physician={}, unit={}, placement=placement))
    return tuple(
        maker.of(each, f"case-{number}" if number else None)
        for number, each in enumerate(decisions)
    )


def hostile(receipt: Receipt) -> Receipt:
    """The receipt with a hostile end on every text that its format leaves free, and hostile names
    of rules, codes and layers."""
    whole = json.loads(receipt.to_json())

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key: f"{each}{PAYLOAD}" if key in _FREE and isinstance(each, str) else walk(each)
                for key, each in node.items()
            }
        return [walk(each) for each in node] if isinstance(node, list) else node

    text = json.dumps(walk(whole))
    for name in ("geriatrik", "se.national", "kompetens-2023"):
        text = text.replace(name, f"{name}{SCRIPT}")
    return Receipt.from_json(text)


def lines(found: Iterable[Receipt]) -> bytes:
    """The receipts one a line."""
    return "".join(f"{each.to_json()}\n" for each in found).encode()


def collected(found: Iterable[Receipt], **options: int) -> Collection:
    """The receipts as a set, read back from their text."""
    collection = Collection(**options)
    for each in read_receipts(io.BytesIO(lines(found)), "set", Parts()):
        collection.add(*each)
    return collection


def page_of(*found: Receipt, language: str = "sv", **options: int) -> Page:
    """The page of receipts, taken apart."""
    return taken_apart(page(collected(found, **options), language))


@cache
def shown(number: int, language: str = "sv") -> Page:
    """The page of one of `receipts()`."""
    return page_of(receipts()[number], language=language)


@frozen(eq=False)
class Element:
    """An element with its attributes, its words and what it lies in."""

    tag: str
    attributes: dict[str, str | None]
    parent: Element | None = field(repr=False)
    texts: list[str] = field(factory=list, repr=False)

    @property
    def text(self) -> str:
        """The words within, with one blank between them."""
        return " ".join("".join(self.texts).split())

    def classes(self) -> set[str]:
        """Names of the style sheet."""
        return {*(self.attributes.get("class") or "").split()}

    def within(self, tag: str) -> bool:
        """Whether it lies in such an element."""
        above = self.parent
        while above is not None:
            if above.tag == tag:
                return True
            above = above.parent
        return False


@frozen(eq=False)
class Page:
    """The source of a page and its elements in order."""

    source: str
    elements: list[Element]

    def all(self, tag: str, *classes: str) -> list[Element]:
        """The elements of a tag with these classes."""
        return [e for e in self.elements if e.tag == tag and e.classes() >= {*classes}]

    def one(self, tag: str, *classes: str) -> Element:
        """The only such element."""
        (found,) = self.all(tag, *classes)
        return found

    @property
    def text(self) -> str:
        """Every word."""
        return self.one("body").text


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Element] = []
        self.found: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len({*names}), f"<{tag}> has an attribute twice"
        element = Element(tag, dict(attrs), self.open[-1] if self.open else None)
        self.found.append(element)
        if tag not in VOID:
            self.open.append(element)
        self._apart(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> ends nothing"
        assert self.open[-1].tag == tag, f"</{tag}> ends <{self.open[-1].tag}>"
        self.open.pop()
        self._apart(tag)

    def _apart(self, tag: str) -> None:
        """What stands in boxes of their own is not one word."""
        if tag not in {"b", "code", "a", "strong"}:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for each in self.open:
            each.texts.append(data)


def taken_apart(source: str) -> Page:
    """A page's elements; every one that begins must end, in the right place."""
    parser = _Parser()
    parser.feed(source)
    parser.close()
    assert parser.open == []
    return Page(source, parser.found)

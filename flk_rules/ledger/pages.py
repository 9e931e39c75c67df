"""ledger on paper.

The words of the ledger in both languages, and the page docs/ledger.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from flk_rules.explaining.words import FORCES
from flk_rules.ledger.building import Ledger, Line
from flk_rules.ledger.catalogue import Statement
from flk_rules.ledger.items import Item

KINDS: Mapping[str, Mapping[str, str]] = {
    "question": {"sv": "fråga", "en": "question"},
    "rule": {"sv": "regel", "en": "rule"},
    "replace": {"sv": "ersättning av", "en": "replacement of"},
    "disable": {"sv": "borttagning av", "en": "removal of"},
    "demote": {"sv": "nedflyttning till råd av", "en": "demotion to advice of"},
    "set": {"sv": "nytt värde för", "en": "new value of"},
    "parameter": {"sv": "parameter", "en": "parameter"},
    "definition": {"sv": "definition", "en": "definition"},
    "codes": {"sv": "kodlista", "en": "code list"},
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {"sv": "id", "en": "id"},
    "statement": {"sv": "utsaga", "en": "statement"},
    "said_by": {"sv": "sägs av", "en": "said by"},
    "tests": {"sv": "tester", "en": "tests"},
    "test": {"sv": "test", "en": "test"},
    "entry": {"sv": "post", "en": "entry"},
    "ruleset": {"sv": "regelverk", "en": "ruleset"},
    "force": {"sv": "kraft", "en": "force"},
    "basis": {"sv": "grund", "en": "basis"},
    "source": {"sv": "källa", "en": "source"},
    "assumption": {"sv": "antagande", "en": "assumption"},
    "computed": {"sv": "räknas fram av", "en": "computed by"},
    "struck_out": {"sv": "utelämnad", "en": "left out"},
    "rules": {"sv": "Från regel till utsaga", "en": "From rule to statement"},
    "others": {"sv": "Från annat till utsaga", "en": "From the rest to statement"},
    "title": {"sv": "Förteckningen", "en": "The ledger"},
    "made": {
        "sv": "Skriven av `flk ledger --format markdown --lang sv`. En utsaga för sig, med vad "
        "dess regler säger: `flk ledger E10`.",
        "en": "Written by `flk ledger --format markdown --lang en`. One statement by itself, with "
        "what its rules say: `flk ledger E10 --lang en`.",
    },
    "counted": {
        "sv": "{statements} utsagor: {said} sägs av regelverken, {computed} räknas bara fram, "
        "{struck_out} utelämnas; {rules} regler, {parameters} parametrar; {holes} luckor.",
        "en": "{statements} statements: {said} said by rulesets, {computed} computed only, "
        "{struck_out} left out; {rules} rules, {parameters} parameters; {holes} holes.",
    },
    "no_tests": {
        "sv": "Tester söks bara i en utcheckning; här är ingen. Säg var de är: --tests tests.",
        "en": "Tests are looked for in a checkout only; this is none. Say where: --tests tests.",
    },
}  # fmt: skip
_PLURALS: Mapping[str, Mapping[str, str]] = {
    "question": {"sv": "frågor", "en": "questions"},
    "rule": {"sv": "regler", "en": "rules"},
    "parameter": {"sv": "parametrar", "en": "parameters"},
    "definition": {"sv": "definitioner", "en": "definitions"},
    "codes": {"sv": "kodlistor", "en": "code lists"},
    "change": {"sv": "ändringar", "en": "changes"},
}
_CHANGE = {"sv": "ändring", "en": "change"}


def said(statement: Statement, items: Iterable[Item], language: str) -> str:
    """Who says a statement, in a few words: how many of these entries of each kind, what computes
    it, or why it is left out."""
    if statement.struck_out is not None:
        return f"{WORDS['struck_out'][language]}: {statement.struck_out.in_language(language)}"
    counts = Counter(each.kind if each.kind in _PLURALS else "change" for each in items)
    found = []
    for kind, number in counts.items():
        one = _CHANGE if kind == "change" else KINDS[kind]
        found.append(f"{number} {(one if number == 1 else _PLURALS[kind])[language]}")
    if statement.computed is not None:
        found.append(f"{WORDS['computed'][language]} {', '.join(statement.computed.by)}")
    return ", ".join(found)


def counted(ledger: Ledger, language: str) -> str:
    """What the whole ledger comes to, in a sentence."""
    lines = ledger.lines.values()
    kinds = Counter(each.kind for each in ledger.items)
    return WORDS["counted"][language].format(
        statements=len(lines),
        said=sum(bool(each.items) for each in lines),
        computed=sum(not each.items and each.statement.computed is not None for each in lines),
        struck_out=sum(each.statement.struck_out is not None for each in lines),
        rules=kinds["rule"],
        parameters=kinds["parameter"],
        holes=len(ledger.holes()),
    )


def markdown(ledger: Ledger, language: str) -> str:
    """The whole ledger as a page."""
    return "\n".join(_page(ledger, language)) + "\n"


def _page(ledger: Ledger, language: str) -> Iterator[str]:
    def words(*names: str) -> list[str]:
        return [WORDS[each][language] for each in names]

    yield f"# {WORDS['title'][language]}"
    yield f"\n{WORDS['made'][language]}"
    yield f"\n{counted(ledger, language)}"
    if ledger.tests is None:
        yield f"\n{WORDS['no_tests'][language]}"
    for part in ledger.catalogue.parts:
        yield f"\n## {part.id}. {part.title.in_language(language)}\n"
        yield from _table(
            words("id", "statement", "said_by", "tests"),
            (
                [
                    line.statement.id,
                    line.statement.title.in_language(language),
                    _entries(line, language),
                    _files(line.tests),
                ]
                for line in ledger.of(part)
            ),
        )
    rules = [each for each in ledger.items if each.kind == "rule"]
    yield f"\n## {WORDS['rules'][language]}\n"
    yield from _table(
        words("entry", "statement", "force", "tests"),
        (
            [
                f"`{each.id}`",
                each.statement or "",
                FORCES[each.force].in_language(language) if each.force else "",
                _files(ledger.items[each]),
            ]
            for each in rules
        ),
    )
    yield f"\n## {WORDS['others'][language]}\n"
    yield from _table(
        words("entry", "ruleset", "statement", "basis", "tests"),
        (
            [
                f"{KINDS[each.kind][language]} `{each.id}`",
                each.ruleset,
                each.statement or "",
                WORDS[each.basis.value][language] if each.basis else "",
                _files(ledger.items[each]),
            ]
            for each in ledger.items
            if each.kind != "rule"
        ),
    )


def _entries(line: Line, language: str) -> str:
    """The rules by name, then what else says the statement, which has a table of its own."""
    rules = ", ".join(f"`{each.id}`" for each in line.items if each.kind == "rule")
    others = [each for each in line.items if each.kind != "rule"]
    return "; ".join(filter(None, (rules, said(line.statement, others, language))))


def _files(tests: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in tests)


def _table(headings: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(each.replace('|', chr(92) + '|') for each in row)} |"

"""mutants of a small ruleset.

Every operator makes the changes it is to make; the right case kills them, what nothing can tell is
not counted, and the case proposed for a survivor kills it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from flk_rules.analysis.bench import Bench, make_bench
from flk_rules.analysis.changes import Rewritten
from flk_rules.analysis.mutants import Mutant, mutants
from flk_rules.analysis.operators import Kinds, variants
from flk_rules.analysis.scoring import (
    COVERED,
    NO_DAY,
    SAME,
    UNBOUND,
    UNREAD,
    Fate,
    Judge,
    Result,
    score,
)
from flk_rules.analysis.tables import find_cases
from flk_rules.cases import Rulesets
from flk_rules.errors import CasesInvalid
from flk_rules.language import print_expression
from support.cases import condition, small
from support.folders import QUESTION, entry, write

FIT = entry("question", **{**QUESTION, "id": "fit"})
SCARCE = """
ruleset  = "xx.small"
question = "fit"
on       = 2024-10-01

[[case]]
name    = "nothing is known"
outcome = "undetermined"
"""


def _rule(name: str, when: str, **keys: object) -> str:
    return entry("rule", id=f"xx.small.fit.{name}", decides="fit", when=when, **keys)


BASE = (
    FIT,
    entry("parameter", id="old_from", value=65),
    entry("parameter", id="unread", value=3),
    entry("parameter", id="wanted", type="codes:specialty", value=["geriatrik", "psykiatri"]),
    entry("parameter", id="strict", type="bool", value=True),
    entry("definition", id="patient.old", when="patient.age >= params.old_from"),
    _rule("old", "'geriatrik' in physician.specialties && patient.old"),
    _rule("wanted", "sets.intersects(physician.specialties, params.wanted)", force="contract"),
    _rule("no", "physician.licence == 'revoked' || !params.strict", effect="forbid", force="law"),
    _rule("many", "size(physician.specialties) > 1", effect="advise", valid_to=date(2025, 6, 30)),
)
UPPER = (
    entry("demote", rule="xx.small.fit.wanted"),
    entry("set", parameter="old_from", value=70),
    entry("replace", rule="xx.small.fit.many", effect="advise", when="patient.age > 80"),
)


def _bench(root: Path, layer: str, *tables: str) -> Bench:
    """The bench of a layer of the small rulesets, on tables of cases."""
    write(root / "rules", "xx.small", *BASE)
    write(root / "rules", "xx.upper", *UPPER, extends="xx.small")
    return _bench_of(root, layer, *tables)


def _bench_of(root: Path, layer: str, *tables: str) -> Bench:
    """The bench of a layer that lies there, on tables of cases."""
    for number, text in enumerate(tables):
        (root / f"t{number}.cases.toml").write_text(text, "utf-8")
    rulesets = Rulesets((root / "rules",))
    return make_bench(layer, find_cases([root], rulesets), rulesets)


def _results(bench: Bench) -> list[Result]:
    return list(Judge(bench).results(mutants(bench.chain(bench.layer))))


@pytest.mark.parametrize(
    ("when", "kind", "becomes"),
    [
        ("a.age >= 18", Kinds.BOUNDARY, {"a.age >= 19", "a.age >= 17"}),
        ("a.years < 2.0", Kinds.BOUNDARY, {"a.years < 2.0001", "a.years < 1.9999"}),
        ("a.years < 2", Kinds.BOUNDARY, {"a.years < 2.0001", "a.years < 1.9999"}),
        ("18 <= a.age", Kinds.BOUNDARY, {"19 <= a.age", "17 <= a.age"}),
        ("a.age >= params.grown", Kinds.BOUNDARY, {"a.age >= 19", "a.age >= 17"}),
        ("a.age == b.age", Kinds.BOUNDARY, {"a.age == b.age + 1", "a.age == b.age + -1"}),
        ("size(a.colours) > 1", Kinds.BOUNDARY, {"size(a.colours) > 2", "size(a.colours) > 0"}),
        ("a.age >= 18", Kinds.OPERATOR, {"a.age > 18", "a.age <= 18"}),
        ("a.age == 18", Kinds.OPERATOR, {"a.age >= 18", "a.age <= 18"}),
        ("a.age + 1 > 18", Kinds.OPERATOR, {"a.age + 1 >= 18", "a.age + 1 < 18", "a.age - 1 > 18"}),
        ("(a.yes ? a.age : b.age) > 1", Kinds.OPERATOR,
         {"(a.yes ? a.age : b.age) >= 1", "(a.yes ? a.age : b.age) < 1",
          "(a.yes ? b.age : a.age) > 1"}),
        ("sets.contains(a.colours, b.colours)", Kinds.OPERATOR,
         {"sets.intersects(a.colours, b.colours)"}),
        ("a.yes && b.yes", Kinds.JUNCTION, {"a.yes || b.yes"}),
        ("a.yes || b.yes", Kinds.JUNCTION, {"a.yes && b.yes"}),
        ("a.yes && b.yes && a.other", Kinds.PART,
         {"b.yes && a.other", "a.yes && a.other", "a.yes && b.yes"}),
        ("a.yes || b.yes", Kinds.PART, {"a.yes", "b.yes"}),
        ("a.age >= 18", Kinds.NEGATION, {"a.age < 18"}),
        ("!a.yes", Kinds.NEGATION, {"a.yes"}),
        ("has(a.age)", Kinds.NEGATION, {"!has(a.age)"}),
        ("a.yes && true", Kinds.NEGATION, {"!(a.yes && true)", "!a.yes && true", "a.yes && false"}),
        ("a.colour == 'red'", Kinds.NEGATION, {"a.colour != 'red'"}),
        ("a.colour == 'red'", Kinds.CODE, {"a.colour == 'blue'"}),
        ("'red' in a.colours", Kinds.CODE, {"'blue' in a.colours"}),
        ("a.colour in ['red', 'green']", Kinds.CODE,
         {"a.colour in ['red']", "a.colour in ['green']", "a.colour in ['green', 'red', 'blue']"}),
    ],
)  # fmt: skip
def test_what_each_operator_makes(when: str, kind: Kinds, becomes: set[str]) -> None:
    ruleset = small(("permit", when))
    tree = condition(when)
    made = [each for each in variants(tree, ruleset.schema) if each.kind is kind]
    texts = [print_expression(each.applied(ruleset, tree)) for each in made]
    assert len(texts) == len(set(texts))
    assert set(texts) == becomes


def test_the_mutants_of_a_layer_are_of_its_own_entries(tmp_path: Path) -> None:
    bench = _bench(tmp_path, "xx.small", SCARCE)
    some = mutants(bench.chain("xx.small"))
    assert {each.ruleset for each in some} == {"xx.small"}
    assert len({each.id for each in some}) == len(some)
    assert {each.kind for each in some} == set(Kinds) - {Kinds.OVERLAY}
    upper = mutants(bench.chain("xx.upper"))
    assert Counter(each.entry for each in upper if each.kind is Kinds.OVERLAY) == {
        "xx.small.fit.wanted": 1, "old_from": 1, "xx.small.fit.many": 1,
    }  # fmt: skip
    assert all(each.place.startswith(str(tmp_path / "rules" / "xx.upper")) for each in upper)


def _one(some: list[Result], entry_: str, words: str) -> Result:
    (found,) = [
        each for each in some if each.mutant.entry == entry_ and words in each.mutant.sentence("en")
    ]
    return found


RIGHT = """
ruleset  = "xx.small"
question = "fit"
on       = 2024-10-01

[facts]
physician = { licence = "valid", specialties = ["geriatrik"] }

[[case]]
name    = "as old as it takes"
with    = { patient.age = 65 }
outcome = "eligible"
force   = "contract"
grounds = ["old", "wanted"]

[[case]]
name    = "a year too young"
with    = { patient.age = 64 }
outcome = "eligible"
grounds = ["wanted"]

[[case]]
name    = "the last day of an advice"
on      = 2025-06-30
with    = { physician.specialties = ["geriatrik", "psykiatri"] }
outcome = "eligible"
grounds = ["wanted"]
advice  = ["many"]
"""


def test_the_right_case_kills(tmp_path: Path) -> None:
    some = _results(_bench(tmp_path, "xx.small", RIGHT))
    for entry_, words, case in (
        ("patient.old", "“age is at least 65 years” were “age is at least 66 years”",
         "as old as it takes"),
        ("patient.old", "“age is at least 65 years” were “age is at least 64 years”",
         "a year too young"),
        ("old_from", "“65” were “66”", "as old as it takes"),
        ("xx.small.fit.wanted", "the force were guidance instead of contract",
         "as old as it takes"),
        ("xx.small.fit.old", "the effect were advice (advise) instead of ground (permit)",
         "as old as it takes"),
        ("xx.small.fit.many", "the last day were 2025-06-29 instead of 2025-06-30",
         "the last day of an advice"),
        ("strict", "“yes” were “no”", "as old as it takes"),
        ("wanted", "“Geriatrics” were left out", "as old as it takes"),
    ):  # fmt: skip
        found = _one(some, entry_, words)
        assert (found.fate, found.by and found.by.name) == (Fate.KILLED, case), words


def test_what_nothing_can_tell_is_not_counted(tmp_path: Path) -> None:
    bench = _bench(tmp_path, "xx.small", RIGHT)
    some = _results(bench)
    for entry_, words, why in (
        ("unread", "“3” were “4”", UNREAD),
        ("xx.small.fit.many", "the force were contract instead of guidance", UNBOUND),
        ("xx.small.fit.old", "the first day were 2023-12-31 instead of 2024-01-01", NO_DAY),
        ("xx.small.fit.no", "“!params.strict” were left out", SAME),
    ):
        found = _one(some, entry_, words)
        assert (found.fate, found.why) == (Fate.EQUIVALENT, why), words
    refused = [each for each in some if each.fate is Fate.REFUSED]
    assert {each.mutant.entry for each in refused} == {
        "old_from", "wanted", "strict", "patient.old",
    }  # fmt: skip
    assert all("has no value on 2024-01-01" in (each.detail or "") for each in refused)
    assert all(each.mutant.kind is Kinds.DATE for each in refused)


def test_what_a_higher_layer_covers_is_not_counted(tmp_path: Path) -> None:
    """A rule that its own layer's days never reach."""
    write(tmp_path / "rules", "xx.late", FIT, _rule("x", "patient.age > 1"), id="xx.late")
    later = entry(
        "rule", id="xx.late.fit.gone", decides="fit", when="patient.age > 5",
        valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1),
    )  # fmt: skip
    write(tmp_path / "rules", "xx.late", FIT, later)
    bench = make_bench("xx.late", (), Rulesets((tmp_path / "rules",)))
    some = _results(bench)
    conditions = [each for each in some if isinstance(each.mutant.change, Rewritten)]
    assert {(each.fate, each.why) for each in conditions} == {(Fate.EQUIVALENT, COVERED)}


@pytest.mark.parametrize("layer", ["xx.small", "xx.upper"])
def test_the_cases_for_survivors_kill_them(tmp_path: Path, layer: str) -> None:
    """Pasted into a table, and the run made again, none of those with a case is left."""
    table = SCARCE.replace("xx.small", layer)
    first = _results(_bench(tmp_path, layer, table))
    survivors = [each for each in first if each.fate is Fate.SURVIVED]
    proposed = [each.proposal.text for each in survivors if each.proposal is not None]
    assert len(proposed) == len(survivors) > 5
    second = _results(_bench(tmp_path, layer, table, "\n".join(proposed)))
    assert [each.mutant.id for each in second if each.fate is Fate.SURVIVED] == []
    assert score(first).share < score(second).share == 1.0


NUMBERS = """
ruleset  = "xx.small"
question = "fit"
on       = 2024-10-01

[[case]]
name    = "a number, and the day from which it is one"
with    = { patient.age = 70 }
outcome = "stated"
value   = 3
"""


def test_a_mark_and_the_first_day_of_a_question_have_their_cases(tmp_path: Path) -> None:
    """What only a mark or only a day before the question tells is proposed, and then killed."""
    later = {**QUESTION, "id": "fit", "combine": "value", "valid_from": date(2024, 9, 1)}
    write(
        tmp_path / "rules",
        "xx.small",
        entry("question", **later),
        entry("parameter", id="number", value=3),
        entry("parameter", id="mark", value=9),
        _rule("number", "patient.age > 0", effect="value", value="params.number"),
        _rule("mark", "patient.age > 1", effect="advise", value="params.mark"),
    )
    first = _results(_bench_of(tmp_path, "xx.small", NUMBERS))
    words = "the first day were 2024-08-31 instead of 2024-09-01"
    survivors = [each for each in first if each.fate is Fate.SURVIVED]
    texts = [each.proposal.text for each in survivors if each.proposal is not None]
    early = _one(first, "fit", words)
    assert early.proposal is not None
    assert 'error = "question_not_yet"' in early.proposal.text
    assert any('marks = { "mark" = 9 }' in each for each in texts)
    second = _results(_bench_of(tmp_path, "xx.small", NUMBERS, "\n".join(texts)))
    assert {_one(second, "mark", f"“9” were “{n}”").fate for n in (8, 10)} == {Fate.KILLED}
    assert _one(second, "fit", words).fate is Fate.KILLED


def test_a_case_that_fails_before_anything_is_changed_is_a_mistake(tmp_path: Path) -> None:
    wrong = RIGHT.replace('grounds = ["wanted"]\n\n', 'grounds = ["old"]\n\n', 1)
    with pytest.raises(CasesInvalid) as caught:
        _bench(tmp_path, "xx.small", wrong)
    assert [str(each).replace(f"{tmp_path}/", "") for each in caught.value.problems] == [
        "t0.cases.toml:16: a year too young fails before anything is changed: grounds: expected "
        "xx.small.fit.old, found xx.small.fit.wanted"
    ]


def test_the_score_of_nothing_is_whole() -> None:
    assert score([]).share == 1.0


def _sentences(some: tuple[Mutant, ...], language: str) -> set[str]:
    return {each.sentence(language) for each in some}


def test_a_condition_turned_as_a_whole_is_a_sentence() -> None:
    some = mutants(make_bench("se.national", (), Rulesets()).chain("se.national"))
    turned = [each for each in some if each.kind is Kinds.NEGATION]
    assert _sentences(tuple(turned), "en") >= {
        "in “A physician in primary care” (contact.physician_in_primary_care) “profession is "
        "physician and setting is primary care” were “it is not so that profession is physician "
        "and setting is primary care”",
        "in “Specialist in geriatrics, suitable for older patients” "
        "(se.national.eligibility.geriatrics) “specialties include Geriatrics and age is at least "
        "65 years” were “it is not so that specialties include Geriatrics and age is at least 65 "
        "years”",
    }
    assert _sentences(tuple(turned), "sv") >= {
        "i ”Läkare i primärvården” (contact.physician_in_primary_care) ”yrke är läkare och "
        "verksamhet är primärvård” i stället vore ”det är inte så att yrke är läkare och "
        "verksamhet är primärvård”",
    }


def test_sentences_say_what_changes(tmp_path: Path) -> None:
    bench = _bench(tmp_path, "xx.upper", SCARCE.replace("xx.small", "xx.upper"))
    small_ = mutants(bench.chain("xx.small"))
    upper = mutants(bench.chain("xx.upper"))
    assert _sentences(small_, "en") >= {
        "in “because” (patient.old) “age is at least 65 years” were “age is at least 66 years”",
        "in “because” (xx.small.fit.no) “licence is revoked” were left out",
        "in “because” (wanted) “Psychiatry” were left out",
        "in “because” (xx.small.fit.no) the force were contract instead of law",
        "in “because” (xx.small.fit.many) the last day were 2025-07-01 instead of 2025-06-30",
    }
    assert _sentences(upper, "sv") >= {
        "i ”därför” (xx.small.fit.wanted) lagrets demote av xx.small.fit.wanted togs bort",
        "i ”därför” (old_from) ”70” i stället vore ”71”",
        "i ”därför” (xx.small.fit.many) ”ålder är över 80 år” i stället vore ”ålder är minst "
        "80 år”",
        "i ”därför” (xx.small.fit.many) verkan vore grund (permit) i stället för råd (advise)",
    }

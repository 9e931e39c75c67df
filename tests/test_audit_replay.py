"""decided again.

A receipt and its archived ruleset give the same receipt, byte for byte; another ruleset gives what
it says, and which of its rules makes the difference.
"""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings

from flk_rules import Ruleset
from flk_rules.audit import AuditLog, PseudonymKey, Receipt, Receipts
from flk_rules.audit.canonical import canonical
from flk_rules.audit.chain import Kind, digest_of, hash_of
from flk_rules.audit.dropping import Dropped, drop_before
from flk_rules.audit.heads import make_head
from flk_rules.audit.querying import Counts, Where
from flk_rules.audit.reading import Reader, open_store
from flk_rules.audit.replaying import Difference, Replayer
from flk_rules.audit.verifying import Anchor, verify
from flk_rules.errors import ArchiveInvalid, AuditUnreadable, ReceiptInvalid, UnknownName
from flk_rules.loading.archive import restore
from flk_rules.loading.fingerprint import document, fingerprint
from flk_rules.model import rules as model
from flk_rules.model.answers import Combine, Effect
from flk_rules.model.rules import Layer
from support.audit import SECRET, SIGNING_KEY, START, Clock, asked, behind, decide, make_log
from support.cases import NATIONAL, STOCKHOLM, shipped, small, with_question
from support.drawing import often, subjects
from support.random_facts import FactSource
from test_audit_receipts import _nested

MAKER = Receipts(PseudonymKey(SECRET))


def archived(ruleset: model.Ruleset) -> model.Ruleset:
    """The ruleset as a log gives it back."""
    return restore(document(ruleset), ruleset.fingerprint, ruleset.on)


def named(ruleset: model.Ruleset) -> Ruleset:
    """A ruleset made by hand, with what a receipt says of it."""
    whole = evolve(ruleset, layers=(Layer(id="random", version="1"),))
    return Ruleset(evolve(whole, fingerprint=fingerprint(whole)))


NATIONAL_ARCHIVE = archived(shipped(NATIONAL).model)
STOCKHOLM_ARCHIVE = archived(shipped(STOCKHOLM).model)


# ---- the same rules ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
@given(given_=subjects)
@settings(often, max_examples=60)
def test_a_random_decision_is_replayed_byte_for_byte(name: str, given_: dict[str, Any]) -> None:
    made = MAKER.of(shipped(name).decide("eligibility", **given_), "case-1")
    ruleset = {NATIONAL: NATIONAL_ARCHIVE, STOCKHOLM: STOCKHOLM_ARCHIVE}[name]
    found = REPLAYER.replay(made, ruleset)
    assert found.differences == ()
    assert found.again.entry == made.entry


REPLAYER = Replayer()


@pytest.mark.parametrize("question", sorted(shipped(STOCKHOLM).questions))
def test_every_question_is_replayed_byte_for_byte(question: str) -> None:
    """By the whole ruleset from a log, and by the part that a receipt carries."""
    ruleset = shipped(STOCKHOLM)
    source = FactSource(ruleset.model, 3, question)
    for _ in range(10):
        made = MAKER.of(ruleset.decide(question, **_nested(source.draw(), ruleset, question)))
        assert REPLAYER.again(made, STOCKHOLM_ARCHIVE).entry == made.entry
    alone = Receipt.from_json(made.to_json())
    assert Replayer().again(alone, alone.ruleset()).entry == made.entry


def test_both_engines_replay(tmp_path: Path) -> None:
    for engine in ("rete", "reference"):
        for each in asked():
            made = MAKER.of(decide(*each, engine=engine))
            ruleset = NATIONAL_ARCHIVE if each[0] == NATIONAL else STOCKHOLM_ARCHIVE
            assert REPLAYER.replay(made, ruleset).same


def _receipt() -> Receipt:
    return MAKER.of(decide(*next(asked())), "case-1")


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("outcome", "eligible", "outcome"),
        ("grounds", ["se.national.eligibility.geriatrics"], "grounds"),
        ("assumptions", [], "assumptions"),
        ("force", "law", "force"),
        ("facts", {"physician.licence": "valid"}, "facts"),
    ],
)
def test_a_receipt_that_says_otherwise_is_told_key_by_key(key: str, value: Any, path: str) -> None:
    made = _receipt()
    forged = Receipt({**made.content, key: value})
    found = REPLAYER.replay(forged, NATIONAL_ARCHIVE)
    assert not found.same
    if key != "facts":  # with other facts much else is another
        assert found.differences == (Difference(path, value, made.content[key]),)


def test_time_references_and_the_library_s_version_are_no_differences() -> None:
    made = _receipt()
    other = Receipt({
        **made.content, "time": "2020-01-01T00:00:00.000000Z", "reference": None,
        "subjects": {"physician": None}, "pseudonym_key": None, "library": "0.0.1",
    })  # fmt: skip
    found = REPLAYER.replay(other, NATIONAL_ARCHIVE)
    assert found.same
    assert found.versions == ("0.0.1", made.content["library"])
    assert REPLAYER.replay(made, NATIONAL_ARCHIVE).versions is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"facts": {"physician.licence": "maybe"}},
         "receipt: facts: physician.licence: no code 'maybe' in the code list licence (codes: "
         "none, revoked, special_appointment, valid)"),
        ({"facts": {"physician.specialties": "geriatrik"}},
         "receipt: facts: physician.specialties: expected a list of codes, found text "
         "('geriatrik')"),
        ({"left_out": ["unit"]},
         "receipt: a subject was left out that the question is not about"),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_are_not_decided(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ReceiptInvalid) as caught:
        REPLAYER.replay(Receipt({**_receipt().content, **change}), NATIONAL_ARCHIVE)
    assert str(caught.value) == said


def test_a_question_or_engine_that_is_none() -> None:
    for change in ({"question": "beauty"}, {"engine": "prolog"}):
        with pytest.raises(UnknownName):
            REPLAYER.replay(Receipt({**_receipt().content, **change}), NATIONAL_ARCHIVE)


# ---- other rules ---------------------------------------------------------------------------------


def compared(
    old: model.Ruleset, new: model.Ruleset, question: str = "q", **given_: Any
) -> tuple[str, str, tuple[str, ...], bool]:
    made = Receipts().of(named(old).decide(question, **given_))
    found = Replayer().compare(made, named(old).model, named(new).model)
    before, after = made.content["outcome"], found.again.content["outcome"]
    assert found.same == (before == after and not found.rules)
    return before, after, found.rules, found.alone


FACTS = {"a": {"age": 20, "yes": True, "other": False}, "b": {}}


@pytest.mark.parametrize(
    ("old", "new", "outcome", "rules", "alone"),
    [
        # Nothing that matters.
        ([("permit", "a.yes")], [("permit", "a.yes && a.age > 10")], "eligible", (), False),
        # A rule that is stricter, one that is new, one that is gone.
        ([("permit", "a.yes")], [("permit", "a.age > 30")], "not_eligible", ("r00000",), True),
        ([("permit", "a.yes")], [("permit", "a.yes"), ("forbid", "a.age < 30")], "not_eligible",
         ("r00001",), True),
        ([("permit", "a.yes"), ("forbid", "a.yes")], [("permit", "a.yes")], "eligible",
         ("r00001",), True),
        # A rule with another effect.
        ([("permit", "a.yes")], [("assess", "a.yes")], "assess", ("r00000",), True),
        # One of two that changed makes the difference, the other none.
        ([("permit", "a.yes"), ("assess", "a.other")],
         [("permit", "a.age > 30"), ("assess", "a.yes")], "assess", ("r00000",), True),
        # Either alone would have kept it: only together do they change it.
        ([("permit", "a.yes"), ("permit", "a.yes")],
         [("permit", "a.age > 30"), ("permit", "a.age > 40")], "not_eligible",
         ("r00000", "r00001"), True),
        ([("assess", "a.other"), ("assess", "a.other")],
         [("permit", "a.yes"), ("permit", "a.yes")], "eligible", ("r00000", "r00001"), False),
        # A fact that the old rules did not read.
        ([("permit", "a.yes")], [("permit", "a.yes && a.years > 1.0")], "undetermined",
         ("r00000",), True),
    ],
)  # fmt: skip
def test_which_rule_makes_the_difference(
    old: list[tuple[str, str]], new: list[tuple[str, str]], outcome: str,
    rules: tuple[str, ...], alone: bool,
) -> None:  # fmt: skip
    # Both read all facts, so that the receipt holds them.
    reads = ("advise", "a.age > 200 && a.other && a.yes")
    _, after, found, by_itself = compared(small(*old, reads), small(*new, reads), **FACTS)
    assert (after, found, by_itself) == (outcome, rules, alone)


def test_facts_that_the_other_rules_read_and_the_receipt_lacks_are_named() -> None:
    old, new = small(("permit", "a.yes")), small(("permit", "a.yes && a.years > 1.0"))
    made = Receipts().of(named(old).decide("q", **FACTS))
    found = Replayer().compare(made, named(old).model, named(new).model)
    assert found.unread == ("a.years",)
    left_out = Receipts().of(named(old).decide("q", a=FACTS["a"]))
    new = small(("permit", "a.yes && b.yes"))
    assert Replayer().compare(left_out, named(old).model, named(new).model).unread == ()


def test_of_a_condition_all_rules_that_differ_are_named() -> None:
    old, new = small(("permit", "b.age >= 18")), small(("permit", "b.age >= 21"))
    made = Receipts().of(named(old).decide("q", a={}))
    found = Replayer().compare(made, named(old).model, named(new).model)
    assert made.content["outcome"] == found.again.content["outcome"] == "conditional"
    assert (found.same, found.rules, found.alone) == (False, ("r00000",), False)
    assert Replayer().compare(made, named(old).model, named(old).model).same


def test_a_number_that_is_another_is_a_difference() -> None:
    def valued(grown: int) -> model.Ruleset:
        made = with_question(
            small(("permit", "a.yes"), parameters={"grown": grown}), [Effect.VALUE],
            combine=Combine.VALUE,
        )  # fmt: skip
        from flk_rules.model.expressions import ParameterRef
        from flk_rules.model.values import INT

        amount = ParameterRef("grown", INT)
        rules = {
            name: evolve(rule, amount=amount, formula="params.grown")
            for name, rule in made.rules.items()
        }
        return evolve(made, rules=rules)

    made = Receipts().of(named(valued(1100)).decide("q", **FACTS))
    found = Replayer().compare(made, named(valued(1100)).model, named(valued(1000)).model)
    assert (made.content["value"], found.again.content["value"]) == (1100, 1000)
    assert (found.same, found.rules, found.alone) == (False, ("r00000",), True)


def test_a_shipped_ruleset_against_another() -> None:
    made = MAKER.of(decide(*[*asked()][1]))  # forbidden in Stockholm: too early in ST
    found = REPLAYER.compare(made, STOCKHOLM_ARCHIVE, shipped(NATIONAL).model)
    assert (made.content["outcome"], found.again.content["outcome"]) == ("not_eligible", "eligible")
    assert found.rules == ("se.stockholm.eligibility.st_too_early",) or not found.alone


# ---- from a log ----------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "decisions.flk"
    make_log(found)
    return found


def test_a_log_is_replayed_without_the_files_of_its_rulesets(path: Path) -> None:
    reader, replayer = Reader(open_store(path, read_only=True)), Replayer()
    seen = 0
    for _, receipt in reader.receipts():
        day = date.fromisoformat(receipt.content["on"])
        ruleset = reader.ruleset(receipt.content["ruleset"]["fingerprint"], day)
        assert replayer.replay(receipt, ruleset).same
        seen += 1
    assert seen == 6


def test_a_changed_archive_is_not_used(path: Path) -> None:
    behind(path, "UPDATE record SET content = CAST(replace(CAST(content AS TEXT), 'law', 'lax') "
                 "AS BLOB) WHERE kind = 'ruleset'")  # fmt: skip
    reader = Reader(open_store(path, read_only=True))
    with pytest.raises(ArchiveInvalid, match="does not hold it, or holds it changed"):
        reader.receipt(3)


def test_a_changed_record_is_not_read(path: Path) -> None:
    behind(path, "UPDATE record SET content = x'7b7d' WHERE number = 6")
    reader = Reader(open_store(path, read_only=True))
    with pytest.raises(
        AuditUnreadable, match="record 6: its content, salt or digest was changed; ver"
    ):
        reader.receipt(6)
    receipts = reader.receipts()
    assert [next(receipts)[0], next(receipts)[0]] == [3, 5]
    with pytest.raises(AuditUnreadable, match="record 6: its content, salt or digest was changed"):
        next(receipts)


@pytest.mark.parametrize(
    ("rehashed", "first"), [(False, 6), (True, 7)], ids=["its hash as it was", "its hash anew"]
)
def test_a_forged_receipt_is_not_shown(path: Path, rehashed: bool, first: int) -> None:
    """Content, salt and digest fit each other; with the hash made anew the next does not follow."""
    *_, before, entry = open_store(path, read_only=True).entries(5, 6)
    content = (entry.content or b"").replace(b'"eligible"', b'"not_eligible"')
    assert content != entry.content
    salt = bytes(16)
    digest = digest_of(salt, content)
    link = hash_of(6, entry.kind, before.hash, digest) if rehashed else entry.hash
    behind(path, ("UPDATE record SET content = ?, salt = ?, digest = ?, hash = ? WHERE number = 6",
                  (content, salt, digest, link)))  # fmt: skip
    said = f"record {first}: it does not follow the record before it: .*; verify the log"
    with pytest.raises(AuditUnreadable, match=said):
        Reader(open_store(path, read_only=True)).receipt(6)
    with AuditLog(path) as log, pytest.raises(AuditUnreadable, match=said):
        log.receipt(6)


def test_a_receipt_that_follows_nothing_is_not_shown(path: Path) -> None:
    behind(path, "DELETE FROM record WHERE number = 5")
    said = "record 5, which it follows, is gone or was changed; verify the log"
    with pytest.raises(AuditUnreadable, match=said):
        Reader(open_store(path, read_only=True)).receipt(6)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "no record 0; the last is 9"), (-1, "no record -1; the last is 9"),
        (10, "no record 10; the last is 9"), (1, "record 1 holds no decision but a log"),
        (2, "record 2 holds no decision but a ruleset"),
    ],
)  # fmt: skip
def test_a_record_that_is_no_decision(path: Path, number: int, said: str) -> None:
    with pytest.raises(AuditUnreadable) as caught:
        Reader(open_store(path, read_only=True)).receipt(number)
    assert str(caught.value) == f"{path}: {said}"


# ---- asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ({}, [3, 5, 6, 7, 8, 9]),
        ({"question": "priority"}, [8]),
        ({"outcome": "eligible"}, [6]),
        ({"question": "eligibility", "outcome": "undetermined"}, [7]),
        ({"rule": "se.national.eligibility.geriatrics"}, [6]),
        ({"assumption": "elderly_from"}, [3, 6]),
        ({"ruleset": STOCKHOLM}, [5, 9]),
        ({"ruleset": shipped(NATIONAL).fingerprint}, [3, 6, 7, 8]),
        ({"reference": "case-2"}, [5]),
        ({"reference": "case"}, []),
        ({"subject": PseudonymKey(SECRET).pseudonym("patient", "B")}, [6, 8]),
        ({"subject": PseudonymKey(SECRET).pseudonym("physician", "B")}, []),
        ({"since": START}, [3, 5, 6, 7, 8, 9]),
        ({"until": START}, []),
    ],
)
def test_receipts_are_found_by_what_they_say(
    path: Path, where: dict[str, Any], numbers: list[int]
) -> None:
    asked_for = Where(**where)
    reader = Reader(open_store(path, read_only=True))
    assert [n for n, each in reader.receipts() if asked_for.fits(each.content)] == numbers


def test_times_are_from_the_one_to_before_the_other(path: Path) -> None:
    reader = Reader(open_store(path, read_only=True))
    found = {n: r.content["time"] for n, r in reader.receipts()}
    # The clock goes a minute on for each record, the first being the log's beginning.
    at = START + timedelta(minutes=4)
    assert found[6] == "2026-03-01T12:04:00.000000Z"
    later = Where(since=at, until=at + timedelta(minutes=1))
    assert [n for n, each in reader.receipts() if later.fits(each.content)] == [6]


def test_counts_of_what_decisions_rest_on(path: Path) -> None:
    counts = {what: Counts(what) for what in ("assumption", "outcome", "ruleset", "missing")}
    for _, receipt in Reader(open_store(path, read_only=True)).receipts():
        for each in counts.values():
            each.add(receipt.content)
    assert dict(counts["assumption"].most())["elderly_from"] == 2
    assert counts["ruleset"].most() == [
        (f"se.national {shipped(NATIONAL).version}", 4),
        (f"se.stockholm {shipped(STOCKHOLM).version}", 2),
    ]
    assert counts["outcome"].receipts == 6
    assert ("eligibility: eligible", 1) in counts["outcome"].most()
    assert dict(counts["missing"].most()) == {"patient.age": 1}


# ---- after their time ----------------------------------------------------------------------------


def _drop(path: Path, minutes: int) -> int:
    store = open_store(path)
    found = drop_before(store, START + timedelta(minutes=minutes), START + timedelta(days=1))
    store.close()
    assert found.scrubbed
    return found.count


def test_dropped_contents_are_gone_and_the_chain_holds(path: Path) -> None:
    reader = Reader(open_store(path, read_only=True))
    before = list(reader.store.entries())
    pseudonym = PseudonymKey(SECRET).pseudonym("patient", "B").encode()
    assert (
        pseudonym in path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
        if (path.with_name(path.name + "-wal").exists())
        else True
    )
    assert _drop(path, minutes=5) == 3
    found = verify(open_store(path, read_only=True))
    assert (found.fault, found.dropped, found.decisions, found.records) == (None, 3, 6, 10)
    after = list(reader.store.entries())
    assert [each.number for each in after if each.content is None] == [3, 5, 6]
    assert [each.link for each in after[:9]] == [each.link for each in before]
    assert after[9].kind == Kind.DROP.value
    assert [number for number, _ in reader.receipts()] == [7, 8, 9]
    with pytest.raises(AuditUnreadable, match="record 3 was dropped; only its place in the chain"):
        reader.receipt(3)


def test_what_was_dropped_is_nowhere_in_the_files(path: Path) -> None:
    pseudonym = PseudonymKey(SECRET).pseudonym("physician", "A-17").encode()
    with AuditLog(path) as log:
        assert pseudonym in log.receipt(3).entry
    _drop(path, minutes=100)
    for each in path.parent.iterdir():
        assert pseudonym not in each.read_bytes(), each.name


def test_what_a_reader_keeps_from_being_scrubbed_is_told(path: Path) -> None:
    store = open_store(path, patience=0.1)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM record").fetchone()
    times = START + timedelta(minutes=5), START + timedelta(days=1)
    assert drop_before(store, *times) == Dropped(3, scrubbed=False)
    assert drop_before(store, *times) == Dropped(0, scrubbed=False)
    reader.close()
    assert drop_before(store, *times) == Dropped(0, scrubbed=True)
    store.close()


def test_dropping_again_and_going_on(path: Path) -> None:
    assert _drop(path, minutes=5) == 3
    assert _drop(path, minutes=5) == 0
    make_log(path, clock=Clock())
    assert _drop(path, minutes=100) == 9
    found = verify(open_store(path, read_only=True))
    assert (found.fault, found.dropped) == (None, 12)


def test_many_are_dropped_some_at_once_each_with_its_record(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flk_rules.audit.dropping.AT_ONCE", 2)
    assert _drop(path, minutes=100) == 6
    kinds = [entry.kind for entry in open_store(path, read_only=True).entries()]
    assert kinds.count(Kind.DROP.value) == 3
    found = verify(open_store(path, read_only=True))
    assert (found.fault, found.dropped) == (None, 6)


def test_a_decision_that_cannot_be_read_is_not_dropped(path: Path) -> None:
    store = open_store(path)
    with store.writing() as session:
        session.append(Kind.DECISION, b"{")
        session.append(Kind.DECISION, b"[]")
    store.close()
    assert _drop(path, minutes=100) == 6


def _head(path: Path, number: int) -> Anchor:
    store = open_store(path, read_only=True)
    (entry,) = store.entries(number, number)
    return Anchor("kept", make_head(store.identity(), entry.link, START, SIGNING_KEY))


def test_heads_from_before_a_drop_fit_and_do_not_vouch_for_it(path: Path) -> None:
    """Whoever can write a log can append a record that says so."""
    kept = _head(path, 9)
    _drop(path, minutes=100)
    found = verify(open_store(path, read_only=True), [kept], SIGNING_KEY.public_key())
    assert (found.fault, found.vouched, found.dropped) == (None, 9, 6)
    assert (found.holds, found.unvouched) == (False, ((3, 3), (5, 9)))


def test_a_head_from_after_a_drop_vouches_for_it(path: Path) -> None:
    _drop(path, minutes=5)
    kept = _head(path, 10)
    assert verify(open_store(path, read_only=True), [kept]).holds
    _drop(path, minutes=7)
    found = verify(open_store(path, read_only=True), [kept])
    assert (found.fault, found.holds, found.unvouched) == (None, False, ((7, 8),))
    assert verify(open_store(path, read_only=True)).unvouched == ()  # nothing was asked to vouch


def test_a_head_signed_in_the_log_after_a_drop_vouches_for_it(path: Path) -> None:
    _drop(path, minutes=5)
    with AuditLog(path, signing_key=SIGNING_KEY) as log:
        log.sign()
    found = verify(open_store(path, read_only=True), public_key=SIGNING_KEY.public_key())
    assert (found.holds, found.vouched, found.unvouched) == (True, 10, ())


def test_what_is_yet_to_be_made_is_not_dropped(path: Path) -> None:
    store = open_store(path)
    with pytest.raises(ValueError, match="before: expected a time that is past"):
        drop_before(store, START + timedelta(days=2), START)
    said = {"format": "flk_rules/drop/1", "ranges": [[3, 3]], "time": "2026-03-01T12:00:00.000000Z"}
    with store.writing() as session:
        session.append(Kind.DROP, canonical({**said, "before": "2026-03-01T12:00:00.000001Z"}))
    fault = verify(store).fault
    assert str(fault) == "record 10: it says that what was made after its own time was dropped"


def test_what_shows_a_change_is_not_dropped(path: Path) -> None:
    behind(path, "UPDATE record SET content = x'7b7d' WHERE number = 6")
    with pytest.raises(AuditUnreadable, match=r"record 6: its content.*nothing is dropped from"):
        _drop(path, minutes=100)


def test_a_drop_record_explains_only_what_it_names(path: Path) -> None:
    _drop(path, minutes=3)
    behind(path, "UPDATE record SET content = NULL, salt = NULL WHERE number = 8")
    fault = verify(open_store(path, read_only=True)).fault
    assert str(fault) == "record 8: its content is gone, and no record says it was dropped"


@pytest.mark.parametrize(
    "ranges", [None, {}, [[1]], [["1", 2]], [[0, 1]], [[3, 2]], [[1, 10]], [[True, 2]], [7]]
)
def test_a_drop_record_that_names_what_cannot_be(path: Path, ranges: Any) -> None:
    store = open_store(path)
    with store.writing() as session:
        session.append(Kind.DROP, canonical({"format": "flk_rules/drop/1", "ranges": ranges}))
    store.close()
    fault = verify(open_store(path, read_only=True)).fault
    assert fault is not None
    assert fault.number == 10

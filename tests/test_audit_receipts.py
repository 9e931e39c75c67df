"""receipts of decisions.

What a receipt holds and what never enters one, its canonical text, and what is refused where one
is read back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from flk_rules import Decision, Ruleset
from flk_rules.audit.canonical import canonical, parsed
from flk_rules.audit.identities import PseudonymKey, checked_reference
from flk_rules.audit.receipts import Receipt, Receipts, written
from flk_rules.audit.shapes import schema
from flk_rules.engines.reference import Reference
from flk_rules.errors import KeyInvalid, ReceiptInvalid, ReferenceInvalid
from flk_rules.loading.fingerprint import fingerprint
from flk_rules.model.rules import Layer, Text
from support.cases import NATIONAL, ON, STOCKHOLM, shipped, small, specialist
from support.drawing import often, subjects
from support.pins import decisions
from support.random_facts import FactSource

SECRET = bytes(range(32))
KEY = PseudonymKey(SECRET)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
VALIDATOR = Draft202012Validator(schema(), format_checker=FormatChecker())


def receipt(decision: Decision, reference: str | None = None, **options: Any) -> Receipt:
    return Receipts(clock=lambda: NOON, **options).of(decision, reference)


def _decision(**more: Any) -> Decision:
    physician = specialist("geriatrik", id="A-17")
    return shipped(STOCKHOLM).decide("eligibility", physician=physician, **more)


# ---- what it holds -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
@given(given_=subjects)
@settings(often, max_examples=40)
def test_a_random_receipt_fits_the_schema_and_comes_back(name: str, given_: dict[str, Any]) -> None:
    decision = shipped(name).decide("eligibility", **given_)
    made = receipt(decision, "case-1", key=KEY)
    VALIDATOR.validate(made.to_dict())
    again = Receipt.from_json(made.to_json())
    assert again.to_json() == made.to_json()
    assert again.entry == made.entry
    assert parsed(made.entry) == made.content


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
@given(given_=st.lists(subjects, min_size=1, max_size=4))
@settings(often, max_examples=40)
def test_what_is_kept_of_receipts_changes_none(name: str, given_: list[dict[str, Any]]) -> None:
    """The quick way to a record's text, which keeps what it said, against the plain one."""
    for each in [*given_, *given_]:
        for engine in ("rete", "reference"):
            decision = shipped(name).decide("eligibility", engine=engine, **each)
            assert (
                KEEPING.entry_of(decision, "case-1") == receipt(decision, "case-1", key=KEY).entry
            )


KEEPING = Receipts(KEY, lambda: NOON)


def test_what_is_kept_tells_days_engines_and_answers_apart() -> None:
    from datetime import date

    physician = specialist("geriatrik", id="A-17")
    asked = [
        shipped(NATIONAL, day).decide(
            "eligibility", engine=engine, physician=physician, patient=who
        )
        for day in (date(2024, 10, 1), date(2024, 10, 2))
        for engine in ("rete", "reference")
        for who in ({}, {"age": 64}, {"age": 65}, {"age": 66}, None)
    ]
    forged = evolve(asked[1], answer=evolve(asked[1].answer, verdict=asked[2].answer.verdict))
    conditional = asked[4]
    assert conditional.condition is not None
    branches = conditional.condition.branches[::-1]
    turned = evolve(conditional.condition, branches=branches)
    otherwise = evolve(conditional, answer=evolve(conditional.answer, condition=turned))
    some = (*asked, forged, otherwise, *asked, otherwise)
    found = [KEEPING.entry_of(each) for each in some]
    assert found == [receipt(each, key=KEY).entry for each in some]
    assert len(set(found)) == 22


def test_a_condition_that_is_gone_is_taken_for_no_other() -> None:
    """What is kept is found by where a condition lies, and another may come to lie there."""
    keeping = Receipts(KEY, lambda: NOON)
    decision = shipped(NATIONAL).decide("eligibility", physician=specialist("geriatrik"))
    assert decision.condition is not None
    for number in range(60):
        branches = decision.condition.branches[number % 2 :] + decision.condition.branches[:1]
        condition = evolve(decision.condition, branches=branches)
        made = evolve(decision, answer=evolve(decision.answer, condition=condition))
        assert keeping.entry_of(made) == receipt(made, key=KEY).entry


@pytest.mark.parametrize("question", sorted(shipped(STOCKHOLM).questions))
def test_of_every_question_there_is_a_receipt(question: str) -> None:
    ruleset = shipped(STOCKHOLM)
    source = FactSource(ruleset.model, 7, question)
    for _ in range(5):
        made = receipt(ruleset.decide(question, **_nested(source.draw(), ruleset, question)))
        VALIDATOR.validate(made.to_dict())
        assert made.ruleset().rules.keys() == {r.id for r in ruleset.model.rules_of(question)}


def _nested(facts: dict[str, Any], ruleset: Ruleset, question: str) -> dict[str, Any]:
    given_: dict[str, Any] = {name: {} for name in ruleset.questions[question].subjects}
    for name, value in facts.items():
        subject, *path, last = name.split(".")
        if subject in given_:
            inner = given_[subject]
            for part in path:
                inner = inner.setdefault(part, {})
            inner[last] = value
    return given_


@pytest.mark.parametrize("decision", decisions().values(), ids=decisions())
def test_it_says_what_the_decision_says(decision: Decision) -> None:
    said, record = receipt(decision).content, decision.to_dict()
    assert said["time"] == "2026-03-01T12:00:00.000000Z"
    for key in said.keys() & record.keys() - {"format", "ruleset", "facts"}:
        assert said[key] == record[key], key
    assert said["ruleset"].items() <= record["ruleset"].items()
    assert said["facts"].items() <= record["facts"].items()
    assert [*said["firings"]["unknown"]] == record["unknown"]


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
@given(given_=subjects)
@often
def test_the_firings_are_those_of_the_engine(name: str, given_: dict[str, Any]) -> None:
    decision = shipped(name).decide("eligibility", **given_)
    facts, model = decision.answer.facts, shipped(name).model
    said = receipt(decision).content["firings"]
    rules = [rule.id for rule in model.rules_of("eligibility")]
    assert sorted([*said["true"], *said["false"], *said["unknown"]]) == rules
    if not facts.left_out:
        fired = Reference(model, "eligibility").fire(facts.values)
        assert said["true"] == [r for n, r in enumerate(rules) if fired.true >> n & 1]
        assert [*said["unknown"]] == [r for n, r in enumerate(rules) if fired.unknown >> n & 1]
        assert all(missing for missing in said["unknown"].values())


def test_facts_that_were_not_read_are_not_there() -> None:
    physician = specialist("geriatrik", duties=[], listed=900)
    patient = {"birth_date": "1950-01-31", "frail": True, "housing": None}
    decision = shipped(NATIONAL).decide("eligibility", physician=physician, patient=patient)
    assert receipt(decision).content["facts"] == {
        "patient.age": 74,
        "physician.licence": "valid",
        "physician.specialties": ["geriatrik"],
        "physician.training.stage": "none",
    }
    assert "patient.covered_by_region" in receipt(decision).content["not_known"]
    assert "patient.frail" not in receipt(decision).content["not_known"]


def test_of_a_subject_left_out_nothing_is_said_to_be_not_known() -> None:
    said = receipt(_decision()).content
    assert said["left_out"] == ["patient"]
    assert not [name for name in said["not_known"] if name.startswith("patient.")]
    assert said["subjects"].keys() == {"physician"}


def test_no_identity_birth_date_or_text_of_the_caller_enters() -> None:
    patient = {"id": "19500131-2345", "birth_date": "1950-01-31"}
    for key in (None, KEY):
        text = receipt(_decision(patient=patient), "case-1", key=key).to_json()
        for secret in ("19500131", "2345", "1950-01", "A-17", SECRET.hex()):
            assert secret not in text


def test_the_library_reads_no_clock_but_that_of_receipts() -> None:
    before = datetime.now(UTC)
    found = datetime.fromisoformat(Receipts().of(_decision()).content["time"])
    assert before <= found <= datetime.now(UTC)
    away = timezone(timedelta(hours=2))
    made = Receipts(clock=lambda: datetime(2026, 3, 1, 0, 30, tzinfo=away)).of(_decision())
    assert made.content["time"] == "2026-02-28T22:30:00.000000Z"
    message = "time: expected a time with its zone from the clock, found no zone"
    with pytest.raises(ReceiptInvalid, match=message):
        Receipts(clock=lambda: datetime(2026, 3, 1)).of(_decision())


def test_two_rulesets_that_share_a_fingerprint_are_not_taken_for_each_other() -> None:
    """A ruleset changed by hand keeps the fingerprint it had."""
    whole = shipped(NATIONAL).model
    words = Text(sv="annat", en="other")
    rules = {name: evolve(rule, because=words) for name, rule in whole.rules.items()}
    maker = Receipts(clock=lambda: NOON)
    for model, text in ((whole, "Specialist"), (evolve(whole, rules=rules), "other")):
        decision = Ruleset(model).decide("eligibility", physician=specialist("geriatrik"))
        assert text in maker.of(decision).to_json()


# ---- canonical text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # From RFC 8785, 3.2.2 and 3.2.3, and the numbers of its appendix B that JSON in Python has.
        ([333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
         "[333333333.3333333,1e+30,4.5,0.002,1e-27]"),
        ({"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😂": 5, "\x80": 6, "ö": 7},
         '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"😂":5,"\ufb33":3}'),
        ("€$\x0f\nA'B\"\\\\\"/", '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ([-0.0, 5e-324, 9007199254740992.0, 2.0], "[0,5e-324,9007199254740992,2]"),
        # Beyond what a double may hold.
        ([2**53 - 1, 2**53, -(2**63)],
         '[9007199254740991,"9007199254740992","-9223372036854775808"]'),
        ({"b": {"d": (), "c": None}, "a": True}, '{"a":true,"b":{"c":null,"d":[]}}'),
    ],
)  # fmt: skip
def test_text_is_canonical(value: Any, text: str) -> None:
    assert canonical(value).decode("utf-8") == text


def test_numbers_beyond_a_double_are_text_and_fit_the_schema() -> None:
    layers = (Layer(id="random", version="1"),)
    model = evolve(small(("permit", "a.age < 9007199254740993")), layers=layers)
    ruleset = Ruleset(evolve(model, fingerprint=fingerprint(model)))
    made = receipt(ruleset.decide("q", a={"age": 3}, b={}))
    assert "9007199254740993" in made.to_json()
    big = evolve(made, content={**made.content, "facts": {"a.age": str(2**63 - 1)}})
    assert Receipt.from_json(big.to_json()).content["facts"] == {"a.age": "9223372036854775807"}


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00.000000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
        (datetime(204, 2, 3, 4, 5, 6, 7, tzinfo=UTC), "0204-02-03T04:05:06.000007Z"),
        (datetime(999, 12, 31, 23, tzinfo=timezone(timedelta(hours=1))),
         "0999-12-31T22:00:00.000000Z"),
    ],
)  # fmt: skip
def test_times_are_written_in_their_order(moment: datetime, text: str) -> None:
    assert written(moment) == text


# ---- identities and references -------------------------------------------------------------------


def test_a_pseudonym_is_a_keyed_hash_that_others_can_make_again() -> None:
    made = receipt(_decision(patient={"id": "17"}), key=KEY).content
    message = b"flk_rules/pseudonym/1\0subject:patient\x0017"
    known = hmac.new(SECRET, message, hashlib.sha256).hexdigest()
    assert made["subjects"]["patient"] == f"hmac-sha256:{known}"
    assert made["pseudonym_key"] == KEY.id


def test_pseudonyms_tell_subjects_and_keys_apart() -> None:
    other = PseudonymKey(bytes(range(1, 33)))
    found = {
        each.pseudonym(subject, reference)
        for each in (KEY, other)
        for subject in ("patient", "physician")
        for reference in ("17", "18", "")
    }
    assert len(found) == 12
    assert KEY.pseudonym("patient", "17") == PseudonymKey(SECRET).pseudonym("patient", "17")
    assert KEY.id != other.id
    assert SECRET.hex() not in repr(KEY)


def test_without_a_key_identities_are_left_out() -> None:
    made = receipt(_decision(patient={})).content
    assert made["subjects"] == {"physician": None, "patient": None}
    assert made["pseudonym_key"] is None
    assert receipt(_decision(patient={}), key=KEY).content["subjects"]["patient"] is None


@pytest.mark.parametrize(
    ("secret", "found"),
    [
        (b"", "0 bytes"),
        (bytes(range(31)), "31 bytes"),
        (b"\0" * 32, "one byte again and again"),
    ],
)
def test_a_weak_key_is_refused(secret: bytes, found: str) -> None:
    with pytest.raises(KeyInvalid) as caught:
        PseudonymKey(secret)
    said = f"the pseudonym key: expected at least 32 random bytes, found {found}"
    assert str(caught.value) == said


def test_a_key_is_bytes() -> None:
    with pytest.raises(KeyInvalid, match="the pseudonym key: expected 32 bytes, found str"):
        PseudonymKey("a" * 32)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reference",
    [
        "A", "case-1", "2024/000123", "RS_2024-0123", "a.b:c/d-e_f", "x" * 64,
        "550e8400-e29b-41d4-a716-446655440000", "deadbeef-0000-4000-8000-195001312345",
        "20241001120000", "1727740800123", "2024-10-01-123", "20241301-1234", "20241032-1234",
        "20241092-1234", "17500131-2345", "119500131-2345", "195001312345678",
        "se-2024-000012", "case-2024-00001234", "CASE2024000012345", "2024-10-01-12",
    ],
)  # fmt: skip
def test_references_that_name_a_case(reference: str) -> None:
    assert checked_reference(reference) == reference


PERSON = "looks like a personal identity number; name the case, not a person"
HSA = "looks like an HSA-id; name the case, not a person"
BAD = "has a value that its format does not allow"
FORM = "expected letters a to z, digits, and . _ : / - between these"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("19500131-2345", PERSON), ("195001312345", PERSON), ("500131-2345", PERSON),
        ("5001312345", PERSON), ("19500191-2345", PERSON), ("195001612345", PERSON),
        ("1950-01-31-2345", PERSON), ("1950/01/31/2345", PERSON), ("patient:500131.2345", PERSON),
        ("p19500131-2345x", PERSON), ("20241001-0001", PERSON), ("195001312345/2", PERSON),
        ("1-19500131-2345", PERSON), ("19500131-T345", PERSON), ("20000229-2380", PERSON),
        ("19500131--2345", PERSON), ("19500131-_2345", PERSON), ("0195001312345", PERSON),
        ("19500131-23-45", PERSON), ("19500131-2.3:4/5", PERSON), ("19-50-01-31-2345", PERSON),
        ("0701234567", PERSON),  # a telephone number may look like one
        ("SE2321000016:1003", HSA), ("SE2321000016.1003", HSA), ("SE232100-0016-1003", HSA),
        ("SE23210000161003", HSA), ("x/SE-2321000016-A", HSA), ("xSE2321000016-1003", HSA),
        ("SE2321000016-1ABC", HSA), ("se2321000016-1abc", HSA),
        ("", FORM), ("-a", FORM), ("a-", FORM), (".", FORM),
        ("Anna Andersson", f"{FORM}; found ' ' in it"),
        ("500131+2345", f"{FORM}; found '+' in it"),
        ("å", f"{FORM}; found 'å' in it"),
        ("a\n", f"{FORM}; found '\\n' in it"),
        ("a\x00b", f"{FORM}; found '\\x00' in it"),
        ("٣", f"{FORM}; found '٣' in it"),
        ("x" * 65, "expected at most 64 characters, found 65"),
        ("550e8400-e29b-41d4-a716-446655440000 ", f"{FORM}; found ' ' in it"),
    ],
)  # fmt: skip
def test_references_that_may_name_a_person_or_are_text(reference: str, reason: str) -> None:
    with pytest.raises(ReferenceInvalid) as caught:
        receipt(_decision(), reference)
    assert str(caught.value) == f"reference: {reason}"


def test_a_reference_is_text() -> None:
    with pytest.raises(ReferenceInvalid, match="reference: expected text, found int"):
        receipt(_decision(), 17)  # type: ignore[arg-type]


# ---- reading back --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "r: expected JSON"),
        ("{", "r: expected JSON"),
        (b"\xff", "r: expected JSON"),
        ("\ud800", "r: expected JSON"),
        ("[" * 100_000, "r: expected JSON: it nests too deep"),
        ('{"a": 1, "a": 2}', "r: expected JSON: a key stands twice"),
        ('{"a": NaN}', "r: expected JSON: NaN is no number of JSON"),
        ('{"a": 1e999}', "r: expected JSON: 1e999 is more than a double holds"),
        ('{"a": "\\ud800"}', "r: expected JSON: half a character"),
        ("[]", "r: has a value that its format does not allow"),
        ("{}", "r: format: expected flk_rules/receipt/1, found 'None'; is it of a newer version?"),
        ('{"format": "flk_rules/receipt/2"}',
         "r: format: expected flk_rules/receipt/1, found 'flk_rules/receipt/2'; "
         "is it of a newer version?"),
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_refused(text: str | bytes, said: str) -> None:
    with pytest.raises(ReceiptInvalid) as caught:
        Receipt.from_json(text, "r")
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["outcome"], "maybe", f"r: outcome: {BAD}"),
        (["surprise"], 1, "r: a key is unknown"),
        (["time"], "2026-03-01", f"r: time: {BAD}"),
        (["on"], "yesterday", f"r: on: {BAD}"),
        (["reference"], "Anna Andersson", f"r: reference: {BAD}"),
        (["subjects", "patient"], "19500131-2345",
         f"r: subjects.patient: {BAD}"),
        (["facts", "patient.age"], None,
         f"r: facts.patient.age: {BAD}"),
        (["firings", "unknown"], [], f"r: firings.unknown: {BAD}"),
        (["rules", "rules"], [], f"r: rules.rules: {BAD}"),
        (["rules", "schema", "surprise"], {}, "r: rules.schema: a key is unknown"),
        (["ruleset", "fingerprint"], "sha256:abc",
         f"r: ruleset.fingerprint: {BAD}"),
    ],
)  # fmt: skip
def test_a_receipt_with_a_mistake_is_refused_with_its_place(
    path: list[str], value: Any, said: str
) -> None:
    content = json.loads(receipt(_decision()).to_json())
    into = content
    for key in path[:-1]:
        into = into[key]
    into[path[-1]] = value
    with pytest.raises(ReceiptInvalid) as caught:
        Receipt.from_dict(content, "r")
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("surprise", 1), ("rules", {}), ("on", "yesterday"), ("on", 1), ("question", None),
        ("ruleset", {}), ("ruleset", {"id": 1, "version": 1, "fingerprint": 1, "layers": 1}),
        ("firings", []), ("firings", {"true": [1], "false": [], "unknown": {}}),
        ("firings", {"true": [], "false": {}, "unknown": {}}),
        ("firings", {"true": [], "false": [], "unknown": []}), ("facts", []), ("subjects", None),
        ("grounds", "x"), ("missing", [None]), ("value", []), ("value", "x"),
        ("reference", 1), ("reason", []), ("force", 7), ("condition", {}),
        ("condition", [{}]), ("condition", ["x"]), ("format", "flk_rules/receipt/2"),
    ],
)  # fmt: skip
def test_a_record_without_the_outline_of_a_receipt_is_refused(key: str, value: Any) -> None:
    content = {**receipt(_decision()).content, key: value}
    with pytest.raises(ReceiptInvalid, match=r"^r: "):
        Receipt.from_entry(canonical(content), "r")
    with pytest.raises(ReceiptInvalid, match=r"^r: "):
        Receipt.from_dict(content, "r")


@pytest.mark.parametrize("key", sorted({*receipt(_decision()).content} - {"format"}))
def test_a_receipt_without_a_key_is_refused(key: str) -> None:
    content = dict(receipt(_decision()).content)
    del content[key]
    with pytest.raises(ReceiptInvalid, match="r: a key is missing"):
        Receipt.from_dict(content, "r")


def test_without_its_rules_a_receipt_says_where_they_are() -> None:
    made = Receipt.from_json(receipt(_decision()).entry)
    assert made == Receipt.from_entry(made.entry, "r")
    assert made.rules is None
    with pytest.raises(ReceiptInvalid, match="the key 'rules' is not there; take it from its log"):
        made.ruleset()


# ---- the schema ----------------------------------------------------------------------------------


def _objects(node: Any, path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield path, node
        for key, inner in node.items():
            yield from _objects(inner, f"{path}.{key}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from _objects(inner, f"{path}[{number}]")


def test_the_schema_is_valid_and_strict() -> None:
    Draft202012Validator.check_schema(schema())
    for path, each in _objects(schema()):
        if "properties" in each:
            assert each["additionalProperties"] is False, path
            optional = {"rules"} if path == "$" else set()
            assert {*each["properties"]} - {*each["required"]} == optional, path
        else:
            assert isinstance(each["additionalProperties"], dict), path
        for name, inner in {"": each, **each.get("properties", {})}.items():
            sentence = inner.get("description", "")
            assert sentence.endswith("."), f"{path}.{name}"
            assert sentence.count(". ") == 0, f"{path}.{name}"


def test_the_rules_of_a_receipt_are_what_is_asked_about() -> None:
    made = receipt(_decision())
    found = made.ruleset()
    assert found.on == ON
    assert (
        found.fingerprint
        == shipped(STOCKHOLM).fingerprint
        == made.content["ruleset"]["fingerprint"]
    )
    assert set(found.questions) == {"eligibility"}

"""files of receipts.

What a report reads and what it says of what it cannot read; sets, their counts and their pages; the
command, and a log.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve
from typer.testing import CliRunner, Result

from flk_rules.audit import AuditLog, Receipt
from flk_rules.cli.main import app
from flk_rules.errors import FlkError
from flk_rules.reporting import Collection, Parts, page, read_receipts
from flk_rules.reporting import reading as reading_module
from support.audit import Clock, asked, behind, decide
from support.reporting import Page, collected, lines, page_of, receipts, taken_apart


def read(content: bytes, name: str = "f") -> list[Any]:
    return [shown for shown, _, _ in read_receipts(io.BytesIO(content), name, Parts())]


def collected_of(content: bytes) -> Collection:
    found = Collection()
    for each in read_receipts(io.BytesIO(content), "f", Parts()):
        found.add(*each)
    return found


def failure(content: bytes) -> str:
    with pytest.raises(FlkError) as caught:
        read(content)
    return str(caught.value)


ONE = receipts()[2]


def as_dict(receipt: Receipt = ONE, **keys: Any) -> dict[str, Any]:
    return {**json.loads(receipt.to_json()), **keys}


# ---- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        ONE.to_json().encode(),
        f"{ONE.to_json()}\n".encode(),
        f"\n\n  {ONE.to_json()}\r\n\n".encode(),
        json.dumps(as_dict(), indent=2).encode(),
        f"\n{json.dumps(as_dict(), indent=1)}\n\n".encode(),
        json.dumps(as_dict()).encode(),
    ],
)
def test_one_receipt_in_any_layout(content: bytes) -> None:
    (shown,) = read(content)
    assert shown.receipt == ONE
    assert shown.position is None


def test_receipts_one_a_line_and_as_a_log_exports_them() -> None:
    assert [each.receipt for each in read(lines(receipts()))] == [*receipts()]
    exported = "".join(
        json.dumps({"record": number, "receipt": as_dict(each)}) + "\n"
        for number, each in enumerate(receipts()[:3], 2)
    )
    found = read(exported.encode())
    assert [(each.position, each.receipt) for each in found] == [*enumerate(receipts()[:3], 2)]
    assert not any(each.vouched for each in found)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "f: expected a receipt as JSON, or one a line, found nothing"),
        (b"\n \n", "f: expected a receipt as JSON, or one a line, found nothing"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "f: expected JSON in UTF-8"),
        (b"\xff\xfe{", "f: expected JSON in UTF-8"),
        (b"id,age\n1,2\n", "f: expected JSON"),
        (b"<html>", "f: expected JSON"),
        (b"[]", "f: has a value that its format does not allow"),
        (b"17", "f: has a value that its format does not allow"),
        (b"[" * 200_000, "f: expected JSON: it nests too deep"),
        (b'{"format": "flk_rules/decision/1"}',
         "f: format: expected flk_rules/receipt/1, found 'flk_rules/decision/1'; is it of a newer "
         "version?"),
        (b'{"format": "flk_rules/receipt/2"}',
         "f: format: expected flk_rules/receipt/1, found 'flk_rules/receipt/2'; is it of a newer "
         "version?"),
        (b'{\n  "format": "flk_rules/receipt/1",\n  "time" "x"\n}',
         "f: expected JSON (at line 3 column 10)"),
        (json.dumps({"record": 0, "receipt": as_dict()}).encode(),
         "f: record: expected the number of a record"),
        (json.dumps(as_dict(outcome="maybe")).encode(),
         "f: outcome: has a value that its format does not allow"),
        (ONE.entry, "f: the key 'rules' is not there, without which nothing can be explained; "
         "report from its log with --log, or export with --whole"),
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_said(content: bytes, said: str) -> None:
    assert failure(content) == said


def test_every_bad_line_is_named() -> None:
    text = lines(receipts()[:2]) + b'{"a"\n' + lines(receipts()[2:3]) + b"{}\n"
    text += json.dumps(as_dict(time="now")).encode() + b"\n"
    assert failure(text) == (
        "f: line 3: expected JSON\n"
        "f: line 5: format: expected flk_rules/receipt/1, found 'None'; is it of a newer version?\n"
        "f: line 6: time: has a value that its format does not allow"
    )
    assert failure(b'{"a"\n' + lines(receipts()[:1])) == "f: line 1: expected JSON"


def test_rules_that_cannot_be_read_are_said() -> None:
    name = "se.national.eligibility.geriatrics"
    whole = as_dict()
    whole["rules"]["rules"][name]["condition"] = "patient.age >"
    told = failure(json.dumps(whole).encode())
    assert told.startswith(f"f: rules: rules[{name}]: line 1 column 14: ")
    whole = as_dict()
    whole["rules"]["parameters"]["elderly_from"]["value"] = "old"
    assert failure(json.dumps(whole).encode()).splitlines()[0] == (
        "f: rules: parameters[elderly_from].value: expected a value of the type int, found another"
    )


def test_rules_that_differ_under_one_fingerprint_are_refused() -> None:
    other = as_dict()
    other["rules"]["parameters"]["elderly_from"]["value"] = 60
    assert failure(lines([ONE]) + json.dumps(other).encode()) == (
        "f: line 2: its rules are not those of f: line 1, which names the same ruleset"
    )


def test_a_receipt_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "MAX_BYTES", 1_000)
    assert failure(lines([ONE])) == "f: line 1: expected a receipt of at most 1000 bytes"
    layout = json.dumps(as_dict(), indent=2).encode()
    assert failure(layout) == "f: expected a receipt of at most 1000 bytes"


def _places(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, (dict, list)):
        for key, each in node.items() if isinstance(node, dict) else enumerate(node):
            yield (*at, key)
            yield from _places(each, (*at, key))


@pytest.mark.parametrize("seed", range(40))
def test_a_receipt_that_was_tampered_with_is_a_page_or_a_message(seed: int) -> None:
    """One value anywhere is another of the same receipt, or gone; the small parts come as often as
    the rules, which are nearly all of it."""
    chance = Random(seed)
    whole = as_dict(receipts()[chance.randrange(len(receipts()))])
    places = [*_places(whole)]
    part = chance.choice([key for key in whole if key != "format"])
    place = chance.choice([each for each in places if each[0] == part])
    values: list[Any] = []
    for each in places:
        value: Any = whole
        for key in each:
            value = value[key]
        values.append(value)
    before = values[places.index(place)]
    into = whole
    for key in place[:-1]:
        into = into[key]
    if chance.random() < 0.2:
        del into[place[-1]]
    else:
        into[place[-1]] = chance.choice([each for each in values if type(each) is type(before)])
    try:
        said = taken_apart(page(collected_of(json.dumps(whole).encode()), "sv")).text
    except FlkError as error:
        said = str(error)
    assert said


# ---- sets ----------------------------------------------------------------------------------------


def copies(number: int) -> Iterator[Receipt]:
    for each in range(number):
        receipt = receipts()[each % 6]
        yield evolve(receipt, content={**receipt.content, "reference": f"case-{each}"})


def rows(found: Page) -> list[str]:
    return [each.text for each in found.all("tr") if each.within("tbody")]


def test_counts_are_of_all_and_say_how_often() -> None:
    found = page_of(*copies(12), language="en", per_page=2)
    counts = found.all("table", "counts")
    assert [each.text.split(" Number")[0] for each in counts] == [
        "Outcomes Outcome", "Rules that decided Rule",
        "Assumptions that decisions rest on Assumption", "Facts that were missing Fact",
    ]  # fmt: skip
    for said in (
        "Eligible May the physician serve as fast läkarkontakt? 2 16.7 %",
        "Not eligible (forbidden by contract) May the physician serve as fast läkarkontakt? "
        "2 16.7 %",
        "Age from which a patient counts as older params.elderly_from, se.national 4 33.3 %",
        "Specialist in geriatrics, suitable for older patients "
        "se.national.eligibility.geriatrics 2 16.7 %",
        "age patient.age 2 16.7 %",
    ):  # fmt: skip
        assert said in rows(found), said
    assert "Rest on an assumption 6 of 12 Lack a fact 2 of 12" in found.text


def test_bars_are_as_long_as_the_share_and_told_in_numbers() -> None:
    found = page_of(*copies(12), language="en")
    bars = [
        each.attributes["width"]
        for each in found.all("rect")
        if each.parent and "bar" in each.parent.classes() and not each.classes()
    ]
    assert len(bars) == len([row for row in rows(found) if row.endswith("%")])
    assert bars[:2] == ["16.67", "16.67"]


def test_a_large_set_is_shown_page_by_page_and_says_so() -> None:
    found = page_of(*copies(25), language="en", page=2, per_page=10)
    assert (
        "The page shows decisions 11 to 20 of 25, page 2 of 3. The counts are of all 25. "
        "Choose another page with --page." in found.text
    )
    shown = found.all("details", "receipt")
    assert [each.attributes["id"] for each in shown] == [f"d{n}" for n in range(11, 21)]
    assert "case-10" in shown[0].text
    whole = page_of(*copies(3), language="en")
    assert "Choose another page" not in whole.text


def test_memory_does_not_grow_with_the_set() -> None:
    collection = Collection(page=1, per_page=2)
    parts = Parts()
    for each in read_receipts(io.BytesIO(lines(copies(40))), "f", parts):
        collection.add(*each)
    assert len(collection.kept) == 2
    assert collection.total == 40
    assert collection.pages == 20
    assert len(collection._times) == 2


def test_a_long_table_says_how_many_rows_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flk_rules.reporting.collecting.MOST_ROWS", 2)
    text = page_of(*copies(12), language="en").text
    assert "and 4 more" in text
    assert "and 2 more" in text


def test_an_empty_set_is_a_page_too() -> None:
    found = taken_apart(page(Collection(), "en"))
    assert "No receipt fits what was asked." in found.text
    assert not found.all("table")


def test_thousands_are_marked() -> None:
    collection = collected(receipts()[:2])
    collection._totals["all"] = 10_000
    assert "10 000" in page(collection, "sv")
    assert "10,000" in page(collection, "en")


# ---- the command ---------------------------------------------------------------------------------


def flk(*arguments: str, stdin: bytes = b"") -> Result:
    result = CliRunner().invoke(app, ["report", *arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("report")
    (made / "one.json").write_text(json.dumps(as_dict(), indent=2), encoding="utf-8")
    (made / "set.jsonl").write_bytes(lines(receipts()[:6]))
    with AuditLog(made / "log.flk", clock=Clock()) as log:
        for number, each in enumerate(asked()):
            decide(*each, audit=log, reference=f"case-{number}")
    return made


def test_a_page_is_written_and_nothing_else(folder: Path) -> None:
    out = folder / "one.html"
    result = flk(str(folder / "one.json"), "--out", str(out), "--lang", "en")
    assert (result.exit_code, result.output) == (0, "")
    assert out.read_text(encoding="utf-8") == page(collected([ONE]), "en")
    assert not [*folder.glob("*.part")]


def test_standard_input_and_output(folder: Path) -> None:
    result = flk("-", stdin=lines(receipts()[:6]))
    assert result.exit_code == 0
    assert result.stdout == page(collected(receipts()[:6]))


def test_several_files_are_one_set(folder: Path) -> None:
    found = taken_apart(flk(str(folder / "one.json"), str(folder / "set.jsonl")).stdout)
    assert len(found.all("details", "receipt")) == 7


def test_files_are_asked_as_a_log_is(folder: Path) -> None:
    found = flk(str(folder / "set.jsonl"), "--outcome", "eligible", "--lang", "en")
    assert "case-2" in taken_apart(found.stdout).one("header").text
    found = flk(str(folder / "set.jsonl"), "--assumption", "elderly_from", "--lang", "en")
    assert "Decisions 2" in taken_apart(found.stdout).one("header").text
    found = flk(str(folder / "set.jsonl"), "--reference", "nobody", "--lang", "en")
    assert "No receipt fits what was asked." in found.stdout
    assert found.stderr == "flk: of 6 decisions, none has the reference 'nobody'\n"
    found = flk(str(folder / "set.jsonl"), "--outcome", "eligble")
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.endswith(", found 'eligble'; did you mean 'eligible'?\n")
    found = flk("--log", str(folder / "log.flk"), "--question", "prio")
    assert found.stderr == (
        "flk: av 6 beslut gäller inget frågan 'prio'; menades 'priority'? (det finns: capacity, "
        "eligibility, priority)\n"
    )


def test_a_log_gives_its_records_with_their_numbers(folder: Path) -> None:
    found = taken_apart(flk("--log", str(folder / "log.flk"), "--lang", "en").stdout)
    shown = found.all("details", "receipt")
    assert len(shown) == 6
    numbers = [int(each.text.split("record in the log ")[1].split()[0]) for each in shown]
    assert numbers == sorted({*numbers})
    result = flk("--log", str(folder / "log.flk"), "--record", str(numbers[1]), "--lang", "en")
    one = taken_apart(result.stdout)
    assert f"Record in the log {numbers[1]}" in one.one("header").text
    assert "The receipt agrees with its record in the log." in one.text
    assert "the log it came from" not in one.text


def test_a_log_that_was_changed_gives_no_page(folder: Path, tmp_path: Path) -> None:
    log, out = tmp_path / "log.flk", tmp_path / "x.html"
    log.write_bytes((folder / "log.flk").read_bytes())
    behind(log, "UPDATE record SET salt = zeroblob(length(salt)) WHERE number = 4")
    result = flk("--log", str(log), "--out", str(out))
    assert result.exit_code == 2
    assert result.stderr.endswith("verify the log\n")
    assert not out.exists()


def test_what_was_asked_for_is_said_but_nobody_s_reference(folder: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(bytes(range(32)))
    log = str(folder / "log.flk")
    result = flk("--log", log, "--question", "eligibility", "--since", "2026-01-01", "--lang", "en")
    said = taken_apart(result.stdout).one("p", "selection").text
    assert said == "Selection: question eligibility, since 2026-01-01"
    result = flk("--log", log, "--subject", "patient=A-17", "--key", str(key), "--lang", "en")
    assert taken_apart(result.stdout).one("p", "selection").text == "Selection: subject patient"
    assert "A-17" not in result.stdout
    assert not taken_apart(flk("--log", log).stdout).all("p", "selection")


def test_a_page_of_many_is_said_on_the_error_stream(folder: Path) -> None:
    result = flk(str(folder / "set.jsonl"), "--page", "2", "--per-page", "4", "--lang", "en")
    assert result.stderr == (
        "flk: the page shows decisions 5 to 6 of 6; --page 1 to 2 chooses\n"
    )  # fmt: skip
    assert len(taken_apart(result.stdout).all("details", "receipt")) == 2
    assert taken_apart(result.stdout).one("p", "notice").text == (
        "The page shows decisions 5 to 6 of 6, page 2 of 2. The counts are of all 6. Choose "
        "another page with --page."
    )


@pytest.mark.parametrize(
    ("language", "told", "notice"),
    [
        ("sv", "sidan visar beslut 6 av 6; --page 1 till 2 väljer",
         "Sidan visar beslut 6 av 6, sida 2 av 2. Räkningarna gäller alla 6. "
         "Välj en annan sida med --page."),
        ("en", "the page shows decision 6 of 6; --page 1 to 2 chooses",
         "The page shows decision 6 of 6, page 2 of 2. The counts are of all 6. "
         "Choose another page with --page."),
    ],
)  # fmt: skip
def test_a_page_of_one_is_said_as_one(folder: Path, language: str, told: str, notice: str) -> None:
    paged = "--page", "2", "--per-page", "5", "--lang", language
    result = flk(str(folder / "set.jsonl"), *paged)
    assert result.stderr == f"flk: {told}\n"
    assert taken_apart(result.stdout).one("p", "notice").text == notice


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--log: expected either a log or files of receipts, found neither"),
        (("{f}/one.json", "--log", "{f}/log.flk"),
         "--log: expected either a log or files of receipts, found both"),
        (("{f}/one.json", "--record", "3"),
         "--record: expected a log beside it, --log, found none"),
        (("-", "-"), "standard input: expected one file that is -, found two"),
        (("{f}/none.json",), "{f}/none.json: no such file or directory"),
        (("{f}",), "{f}: is a directory"),
        (("{f}/one.json", "--out", "{f}/one.json"),
         "--out: expected another file than is read, found '{f}/one.json'"),
        (("--log", "{f}/log.flk", "--out", "{f}/log.flk"),
         "--out: expected another file than the log, found '{f}/log.flk'"),
        (("--log", "{f}/log.flk", "--out", "{f}/log.flk-wal"),
         "--out: expected another file than one of the log's own, found '{f}/log.flk-wal'"),
        (("{f}/one.json.part", "--out", "{f}/one.json"),
         "--out: expected another file than is read, found '{f}/one.json', which is written by way "
         "of one.json.part"),
        (("{f}/one.json", "--out", "{f}"), "--out: expected a file, found a folder ('{f}')"),
        (("{f}/one.json", "--page", "0"),
         "--page: expected the number of a page, 1 or more, found 0"),
        (("{f}/one.json", "--page", "2"), "--page: expected 1, found 2"),
        (("{f}/one.json", "--per-page", "0"),
         "--per-page: expected a number from 1 to 1000, found 0"),
        (("{f}/one.json", "--per-page", "1001"),
         "--per-page: expected a number from 1 to 1000, found 1001"),
        (("{f}/one.json", "--lang", "fi"), "--lang: expected sv or en, found 'fi'"),
        (("{f}/one.json", "--out", "{f}/no/x.html"),
         "{f}/no/x.html.part: no such file or directory"),
        (("--log", "{f}/log.flk", "--record", "99"), "{f}/log.flk: no record 99; the last is 9"),
        (("{f}/one.json", "--since", "then"), "--since: "),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(folder.parent)  # a message shows no more than the beginning of a long path
    result = flk(*(each.format(f=folder.name) for each in arguments))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"flk: {said.format(f=folder.name)}"), result.stderr


def test_a_bad_line_leaves_no_page_behind(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.html"
    result = flk("-", "--out", str(out), stdin=lines(receipts()[:1]) + b"{\n")
    assert result.exit_code == 2
    assert result.stderr == "flk: standard input: line 2: expected JSON\n"
    assert not out.exists()


def test_without_the_extra_the_command_says_which(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.startswith("flk_rules.reporting")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    result = flk(str(folder / "one.json"))
    assert result.exit_code == 2
    assert result.stderr == (
        "flk: flk report needs the extra 'report': pip install 'flk_rules[report]'\n"
    )

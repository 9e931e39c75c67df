"""files and folders.

What is no file, no text, no TOML or too much of it, and on which line things stand in the TOML
that is: each with its exact message.
"""

# ruff: noqa: E501 - a message stands whole on one line, to be read as a user reads it

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flk_rules.errors import FileUnreadable, FlkError, RulesetInvalid, UnknownName
from flk_rules.loading import available, load_ruleset
from flk_rules.loading.files import parse_toml
from flk_rules.loading.finder import shipped
from support.folders import ON, entry, header, load, mistakes, write

HEAD = header("t.u") + "\n" + entry("document")
"""Twelve lines; what a test adds starts on line 13."""
READ = "not TOML we read"
EFECT = (
    "rule[0].efect: unknown key 'efect'; did you mean 'effect'? (known: id, decides, effect, when, "
    "force, source, because, valid_from, value, see, reading, valid_to)"
)


def rule(**keys: object) -> str:
    return entry("rule", **{"id": "t.u.r", **keys})


def write_bytes(root: Path, data: bytes | str) -> None:
    write(root, "t.u").write_bytes(data if isinstance(data, bytes) else data.encode())


NO_TEXT = [
    (b"", ": the file is empty"),
    (b"\xef\xbb\xbf \r\n\t\n", ": the file is empty"),
    (HEAD.encode("latin-1"), ": not UTF-8: byte 0xe4 on line 4; save it as UTF-8"),
    (HEAD.encode("utf-16"), ": not UTF-8: byte 0xff on line 1; save it as UTF-8"),
    (b"#" * 10_000_000, ": larger than 1,000,000 bytes; split it"),
    (rule().encode() * 50_000, ": larger than 1,000,000 bytes; split it"),
]

NO_TOML = [
    ("x = \n", f"13: {READ}: column 5: expected a value, such as a string in quotes, found the end of the line"),
    ("x == 3\n", f"13: {READ}: column 4: expected a value, such as a string in quotes, found '= 3'"),
    ("x = tru\n", f"13: {READ}: column 5: expected a value, such as a string in quotes, found 'tru'"),
    ("\nx = 1 2\n", f"14: {READ}: column 7: expected the end of the line after the value, found '2'"),
    ("[[rule\n", f"13: {READ}: column 7: expected ] at the end of the table's name, found the end of the line"),
    ("= 1\n", f"13: {READ}: column 1: expected a key, or a table's name in brackets, found '= 1'"),
    ("a.b\n", f"13: {READ}: column 4: expected = after the key, found the end of the line"),
    ("x = [1,\n2\n", f"15: {READ}: expected , or ] in the list, found the end of the file"),
    ('x = """\nabc\n', f"15: {READ}: expected the quote that ends the string, found the end of the file"),
    ("x = 2024-02-30\n", f"13: {READ}: column 5: expected a date that the calendar has, found '2024-02-30'"),
    ('x = "\\ud800"\n', f"13: {READ}: column 12: expected the number of a character after \\u, found '\"'"),
    ('x = "a\x01"\n', f"13: {READ}: column 7: expected no control character, found '\\x01\"'"),
    ('x = "abc\n', f"13: {READ}: column 9: expected the quote that ends the string on its line, found the end of the line"),
    ("x = 1\n\nx = 2\n", f"15: {READ}: document[0].x is there already, on line 13"),
    ("[ruleset]\n", f"13: {READ}: ruleset is there already, on line 1"),
    ("[[rule]]\nid = 'a'\nid = 'b'\n", f"15: {READ}: rule[0].id is there already, on line 14"),
    ("x = " + "9" * 5000, f"13: {READ}: expected a value, found 5000 characters without quotes"),
    ("x = 0x" + "F" * 5000, f"13: {READ}: expected a value, found 5002 characters without quotes"),
    ("x = " + "[" * 10_000 + "]" * 10_000, f"13: {READ}: values nest at most 32 deep"),
    ("x = " + "{a=" * 10_000 + "1" + "}" * 10_000, f"13: {READ}: values nest at most 32 deep"),
    ("x = [\n" + "[\n" * 10_000, f"45: {READ}: values nest at most 32 deep"),
    ("a." * 10_000 + "a = 1", f"13: {READ}: values nest at most 32 deep"),
    ("[" + "a." * 10_000 + "a]", f"13: {READ}: values nest at most 32 deep"),
]  # fmt: skip

PLACES = [
    ("lines that end in CR and LF", rule(efect=1).replace("\n", "\r\n"), f"22: {EFECT}"),
    ("indented by tabs", rule(efect=1).replace("\n", "\n\t"), f"22: {EFECT}"),
    ("spaces in the head", rule(efect=1).replace("[[rule]]", "[[ rule ]]  # [[rule]]"), f"22: {EFECT}"),
    ("keys in quotes", rule(efect=1).replace("efect", '"efect"').replace("[[rule]]", "[['rule']]"), f"22: {EFECT}"),
    ("keys with escapes", rule(efect=1).replace("efect", '"\\u0065fect"').replace("[[rule]]", '[["r\\u0075le"]]'), f"22: {EFECT}"),
    ("a head in a comment", '# """\n# [[rule]]\n' + rule(efect=1), f"24: {EFECT}"),
    ("a table of its own", rule(source=None) + "[rule.source]\ndocument = 'decision'\nsection = 'x'\nstatement = 'e'\n", "24: rule[0].source.statement: expected a statement of the catalogue such as 'E10', found 'e'"),
    ("dotted keys", rule(source=None) + "source.document = 'decision'\nsource.section = 'x'\nsource.statement = 'e'\n", "23: rule[0].source.statement: expected a statement of the catalogue such as 'E10', found 'e'"),
    ("heads in a string", rule(reading="@").replace('"@"', "{ sv = '''\n[[rule]]\nid = 7\n''', en = \"\"\"a\\\"\"\" b\n[[rule]]\"\"\" }") + rule(id=8), "35: rule[1].id: expected a string, found an integer (8)"),
    ("signs that only Python breaks lines at", rule(because={"sv": "a\u2028b\x85c", "en": "x"}) + rule(id=8), "30: rule[1].id: expected a string, found an integer (8)"),
    ("lists of tables in a list of tables", "[[codes]]\nlist = 'l'\ntitle = {sv = 'a', en = 'b'}\n[[codes.code]]\nid = 'a'\nsv = 'a'\nen = 'b'\n[[codes.code]]\nid = 'b'\nsv = 7\nen = 'b'\n", "22: codes[0].code[1].sv: expected a string, found an integer (7)"),
    ("a list over lines", "[[codes]]\nlist = 'l'\ntitle = {sv = 'a', en = 'b'}\ncode = [\n  # one\n  {id = 'a', sv = 'a', en = 'b'},\n  {id = 'b', sv = 7, en = 'b'},\n]\n", "19: codes[0].code[1].sv: expected a string, found an integer (7)"),
    ("a condition over lines", rule(when="@").replace('"@"', '"""\npatient.age > 3 &&\n  patient.agee > 4"""'), "18: rule[0].when: line 2 column 3: unknown fact or definition 'patient.agee'; did you mean 'patient.age'?"),
    ("a condition that starts at once", rule(when="@").replace('"@"', "'''patient.age > 3 &&\n  patient.agee > 4'''"), "17: rule[0].when: line 2 column 3: unknown fact or definition 'patient.agee'; did you mean 'patient.age'?"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), NO_TEXT, ids=lambda each: str(each)[-40:])
def test_what_is_no_text(tmp_path: Path, data: bytes, message: str) -> None:
    write_bytes(tmp_path, data)
    assert mistakes(tmp_path, "t.u") == [f"t.u/ruleset.toml{message}"]


@pytest.mark.parametrize(("text", "message"), NO_TOML, ids=lambda each: each[-50:])
def test_what_is_no_toml(tmp_path: Path, text: str, message: str) -> None:
    write_bytes(tmp_path, HEAD + text)
    assert mistakes(tmp_path, "t.u") == [f"t.u/ruleset.toml:{message}"]


@pytest.mark.parametrize(
    ("text", "message"), [each[1:] for each in PLACES], ids=[each[0] for each in PLACES]
)
def test_on_which_line_a_mistake_stands(tmp_path: Path, text: str, message: str) -> None:
    write_bytes(tmp_path, HEAD + text)
    assert mistakes(tmp_path, "t.u") == [f"t.u/ruleset.toml:{message}"]


def test_lines_of_entries_in_an_inline_list(tmp_path: Path) -> None:
    keys = ", ".join(line for line in rule(efect=1).splitlines()[1:])
    head = ", ".join(line for line in header("t.u").splitlines()[1:])
    text = f"rule = [\n# [[rule]]\n{{ {keys} }},\n]\nruleset = {{ {head} }}\n"
    write_bytes(tmp_path, text + entry("document"))
    assert mistakes(tmp_path, "t.u") == [f"t.u/ruleset.toml:3: {EFECT}"]


def test_mistakes_of_several_files_come_together(tmp_path: Path) -> None:
    folder = write(tmp_path, "t.u", rule(id=1)).parent
    (folder / "b.toml").write_text("[[rule]\n", "utf-8")
    (folder / "c.TOML").write_text(rule(id=2), "utf-8")
    (folder / "d.toml").write_bytes(b"")
    (folder / "e.txt").write_text("no toml", "utf-8")
    assert mistakes(tmp_path, "t.u") == [
        f"t.u/b.toml:1: {READ}: column 7: expected ] at the end of the table's name, found ']'",
        "t.u/c.TOML:9: rule[0].id: expected a string, found an integer (2)",
        "t.u/d.toml: the file is empty",
        "t.u/ruleset.toml:22: rule[0].id: expected a string, found an integer (1)",
    ]


def test_thousands_of_mistakes_end_the_reading(tmp_path: Path) -> None:
    write_bytes(tmp_path, "[[rule]]\n" * 110_000)
    found = mistakes(tmp_path, "t.u")
    message = "has 1,000 mistakes and more; the rest of the file was not read"
    assert found[0] == f"t.u/ruleset.toml: {message}"
    assert len(found) == 1 + 1_000


def test_a_long_string_is_no_trouble(tmp_path: Path) -> None:
    write(tmp_path, "t.u", rule(because={"sv": "å" * 400_000, "en": "x"}))
    assert len(load(tmp_path, "t.u").rules["t.u.r"].because.sv) == 400_000


def test_what_is_called_toml_but_is_no_file(tmp_path: Path) -> None:
    folder = write(tmp_path, "t.u").parent
    (folder / "a.toml").mkdir()
    (folder / "b.toml").symlink_to("nowhere")
    (folder / "c.toml").symlink_to("c.toml")
    os.mkfifo(folder / "d.toml")
    other = "expected a file, found a folder or something else"
    assert mistakes(tmp_path, "t.u") == [
        f"t.u/a.toml: {other}",
        "t.u/b.toml: expected a file, found nothing there",
        "t.u/c.toml: cannot be read: too many levels of symbolic links",
        f"t.u/d.toml: {other}",
    ]


def test_a_linked_file_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path, "t.u").parent
    other = tmp_path / "elsewhere"
    other.write_text(rule(), "utf-8")
    (folder / "linked.toml").symlink_to(other)
    assert "t.u.r" in load(tmp_path, "t.u").rules


def test_the_head_is_missing_double_or_of_another_name(tmp_path: Path) -> None:
    (tmp_path / "t.none").mkdir()
    (tmp_path / "t.none" / "a.toml").write_text(rule(id=1), "utf-8")
    assert mistakes(tmp_path, "t.none") == [
        "t.none: a ruleset has one [ruleset] table in one of its files, found none",
        "t.none/a.toml:9: rule[0].id: expected a string, found an integer (1)",
    ]
    (write(tmp_path, "t.two").parent / "z.toml").write_text(header("t.two"), "utf-8")
    assert mistakes(tmp_path, "t.two") == [
        "t.two/z.toml:1: ruleset: a ruleset has one [ruleset] table, and there is one at "
        "t.two/ruleset.toml:1: ruleset"
    ]
    write(tmp_path, "t.other", id="t.another")
    assert mistakes(tmp_path, "t.other") == [
        "t.other/ruleset.toml:2: ruleset.id: expected the id 't.other', the name of its folder, "
        "found 't.another'"
    ]
    write(tmp_path, "T Other")
    assert mistakes(tmp_path, "T Other") == [
        "T Other/ruleset.toml:2: ruleset.id: expected words of a to z, 0 to 9 and _ joined by "
        "dots, such as 'se.stockholm', found 'T Other'"
    ]
    write(tmp_path, "t.list").write_text(header("t.list").replace("[ruleset]", "[[ruleset]]"))
    assert mistakes(tmp_path, "t.list") == [
        "t.list/ruleset.toml:1: ruleset: expected a table with the keys id, version, title, "
        "valid_from, found a list"
    ]


def test_entries_that_are_no_tables(tmp_path: Path) -> None:
    write_bytes(tmp_path, "rule = [7]\n" + HEAD)
    assert mistakes(tmp_path, "t.u") == [
        "t.u/ruleset.toml:1: rule[0]: expected a table with the keys id, decides, effect, when, "
        "force, source, because, valid_from, found an integer (7)"
    ]
    write_bytes(tmp_path, "ruleset = 7\nid = 1\n")
    assert mistakes(tmp_path, "t.u") == [
        "t.u/ruleset.toml:1: ruleset: expected a table with the keys id, version, title, "
        "valid_from, found an integer (7)",
        "t.u/ruleset.toml:2: id: unknown key 'id' (known: ruleset, document, codes, question, "
        "parameter, definition, rule, replace, disable, demote, set)",
    ]


def test_a_mistake_in_the_head_hides_no_other(tmp_path: Path) -> None:
    write(tmp_path, "t.u", rule(when="patient.agee > 3"), version=1, title={"sv": "", "en": "x"})
    assert [each.split(": ")[1] for each in mistakes(tmp_path, "t.u")] == [
        "ruleset.version",
        "ruleset.title.sv",
        "rule[0].when",
    ]


def test_names_and_folders_that_are_not_there(tmp_path: Path) -> None:
    write(tmp_path, "t.u")
    with pytest.raises(UnknownName) as unknown:
        load(tmp_path, "t.uu")
    listed = "se.borgholm, se.national, se.stockholm, t.u"
    assert str(unknown.value) == (
        f"no ruleset called 't.uu'; did you mean 't.u'? (there is: {listed})"
    )
    for name in ("", "../t.u", str(tmp_path / "t.u")):
        with pytest.raises(UnknownName):
            load(tmp_path, name)
    missing = tmp_path / "missing"
    with pytest.raises(FileUnreadable, match="no such folder to look for rulesets in"):
        available([missing])
    with pytest.raises(FileUnreadable, match="no such folder to look for rulesets in"):
        load_ruleset("t.u", on=ON, path=[tmp_path / "t.u" / "ruleset.toml"])


def test_one_id_in_two_folders(tmp_path: Path) -> None:
    write(tmp_path / "a", "t.u")
    write(tmp_path / "b", "t.u")
    with pytest.raises(RulesetInvalid) as error:
        load_ruleset("t.u", on=ON, path=[tmp_path / "a", tmp_path / "b"])
    where = f"{tmp_path}/a/t.u"
    assert str(error.value) == f"{tmp_path}/b/t.u: the ruleset 't.u' is also at {where}"
    assert load_ruleset("t.u", on=ON, path=[tmp_path / "a", str(tmp_path / "a")]).id == "t.u"


def test_one_folder_may_be_named_by_a_string(tmp_path: Path) -> None:
    write(tmp_path, "t.u")
    assert load_ruleset("t.u", on=ON, path=str(tmp_path)).id == "t.u"


def test_toml_of_others_is_read_with_the_same_care() -> None:
    """The roster's reader rests on it."""
    with pytest.raises(FileUnreadable) as error:
        parse_toml("roster.toml", "a = 1\nb = [1")
    assert str(error.value) == (
        "roster.toml:2: not TOML we read: expected , or ] in the list, found the end of the file"
    )


TEXT = "".join(
    path.read_text("utf-8") for path in sorted((shipped() / "se.stockholm").glob("*.toml"))
)
PIECES = ('"""', "'''", '"', "'", "[[", "]", "{", "}", "=", ",", ".", "#", "\n", "\r", "\0", "id", "nan",
          "1", "[[rule]]\n", "\\", "\u2028", "[ruleset]\n", " = [", "9" * 400, "2024-13-01", "true")  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(TEXT)), st.integers(0, 12), st.sampled_from(PIECES) | st.text(max_size=3)
        ),
        min_size=1,
        max_size=3,
    )
)  # fmt: skip
def test_whatever_is_written_is_loaded_or_refused_by_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, str]]
) -> None:
    text = TEXT
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    root = tmp_path_factory.getbasetemp() / "edited"
    (root / "t.u").mkdir(parents=True, exist_ok=True)
    text = text.replace("se.stockholm", "t.u")
    (root / "t.u" / "a.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        load(root, "t.u")
    except FlkError as error:
        assert str(error)  # noqa: PT017  # either way is right; a foreign failure is not

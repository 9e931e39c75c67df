"""same and different.

The fingerprint is one for one meaning, whatever the layout, the files and the process; and another
for whatever can change an answer. No fingerprint is written down here: all are derived.
"""

# ruff: noqa: E501 - a change stands whole on one line

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flk_rules.loading import load_ruleset
from flk_rules.loading.fingerprint import fingerprint as make
from flk_rules.model.rules import Ruleset
from support.folders import COPY, NAMES, ON, Tables, copy, tables, toml, write_tables


def fingerprint(root: Path, on: date = ON, name: str = "xx.stockholm") -> str:
    return load_ruleset(name, on=on, path=[root]).fingerprint


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> str:
    return fingerprint(copy(tmp_path_factory.mktemp("original")))


def test_a_fingerprint_is_a_sha_256(original: str) -> None:
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", original)


# ---- the same meaning ----------------------------------------------------------------------------


def laid_out(value: Any, order: Random, inline: bool = False) -> str:
    """A value as TOML in any of its layouts: order of keys, quotes, lists over lines, comments."""
    if isinstance(value, dict):
        keys = order.sample(list(value), len(value))
        gap = order.choice(["", " ", "\t"])
        members = f",{gap}".join(
            f"{key}{gap}={gap}{laid_out(value[key], order, inline=True)}" for key in keys
        )
        return f"{{{gap}{members}{gap}}}"
    if isinstance(value, list):
        gap = order.choice(["", " ", "\n  ", " # a comment, '''\n"])
        return f"[{gap}{f',{gap}'.join(laid_out(each, order) for each in value)}{gap}]"
    if isinstance(value, str) and "'" not in value and order.random() < 0.5:
        return f"'{value}'"
    if isinstance(value, str) and not inline and order.random() < 0.5:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"""\n{escaped}"""'
    return toml(value)


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, dict[str, str]]:
    """Files by name for each ruleset: the same entries, otherwise laid out and spread."""
    order = Random(draw(st.integers(0, 2**32)))
    folders = {}
    for name in NAMES:
        files: dict[str, str] = {}
        names = order.sample("abcdefgh", order.randint(1, 4))
        entries = [
            (key, entry)
            for key, value in tables(name).items()
            for entry in ([value] if key == "ruleset" else value)
        ]
        order.shuffle(entries)
        for key, entry in entries:
            head = "[ ruleset ]" if key == "ruleset" else f"[[ {key} ]]"
            lines = [
                head,
                *(f"{k}= {laid_out(entry[k], order)}" for k in sorted(entry, reverse=True)),
            ]
            text = "\n# a comment\n" + "\n\t".join(lines) + "\n"
            file = order.choice(names)
            files[file] = files.get(file, "") + text
        end = order.choice(["\n", "\r\n"])
        folders[COPY[name]] = {file: text.replace("\n", end) for file, text in files.items()}
    return folders


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(layouts())
def test_the_layout_does_not_change_it(
    tmp_path_factory: pytest.TempPathFactory, original: str, folders: dict[str, dict[str, str]]
) -> None:
    root = tmp_path_factory.getbasetemp() / "laid-out"
    shutil.rmtree(root, ignore_errors=True)
    for name, files in folders.items():
        (root / name).mkdir(parents=True)
        for file, text in files.items():
            (root / name / f"{file}.toml").write_bytes(text.encode("utf-8"))
    assert fingerprint(root) == original


def test_the_layout_of_conditions_does_not_change_it(tmp_path: Path, original: str) -> None:
    for file in copy(tmp_path).glob("*/*.toml"):
        text = file.read_text("utf-8")
        lines = [
            re.sub(r" (&&|\|\||<=|==|>=|<|>) ", r"  \1\\n ", line)
            if line.startswith("when")
            else line
            for line in text.split("\n")
        ]
        file.write_text("\n".join(lines), "utf-8")
        text = re.sub(
            r'^when( *)= "(.*)"$', r'when\1= "(\2) // a comment"', text, flags=re.MULTILINE
        )
        file.write_text(text, "utf-8")
    assert fingerprint(tmp_path) == original


def test_the_date_asked_about_does_not_change_it_while_the_same_rules_live(
    tmp_path: Path, original: str
) -> None:
    root = copy(tmp_path)
    for on in (date(2024, 1, 1), date(2024, 10, 1), date(2025, 6, 2)):
        assert fingerprint(root, on) == original
    content = tables("se.stockholm")
    content["rule"][-1]["valid_from"] = date(2024, 6, 1)
    write_tables(root, "se.stockholm", content)
    before, after = fingerprint(root, date(2024, 5, 31)), fingerprint(root, date(2024, 6, 1))
    assert before != after
    assert fingerprint(root, date(2024, 2, 1)) == before
    assert fingerprint(root, date(2025, 6, 2)) == after


def test_the_process_does_not_change_it(tmp_path: Path, original: str) -> None:
    root = copy(tmp_path)
    code = (
        "import sys; from datetime import date; from flk_rules.loading import load_ruleset; "
        "print(load_ruleset('xx.stockholm', on=date(2024, 10, 1), path=[sys.argv[1]]).fingerprint)"
    )
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code, str(root)],
            capture_output=True, text=True, check=True, env=environment,
            cwd=Path(__file__).resolve().parent.parent,
        )  # fmt: skip
        assert done.stdout.strip() == original


# ---- another meaning -----------------------------------------------------------------------------


def by_id(content: Tables, table: str, name: str, key: str = "id") -> Tables:
    """The entry of a name that ends so."""
    (found,) = (each for each in content[table] if each[key].endswith(name))
    assert isinstance(found, dict)
    return found


Change = Callable[[Tables], None]


def on_rule(key: str, value: Any, name: str = ".geriatrics") -> Change:
    return lambda content: by_id(content, "rule", name).update({key: value})


def on_source(key: str, value: str) -> Change:
    return lambda content: by_id(content, "rule", ".geriatrics")["source"].update({key: value})


def on(table: str, name: str, change: dict[str, Any], key: str = "id") -> Change:
    return lambda content: by_id(content, table, name, key).update(change)


def on_code(change: Callable[[list[Tables]], None]) -> Change:
    return lambda content: change(by_id(content, "codes", "specialty", "list")["code"])


TEXT = {"sv": "annat", "en": "other"}
NATIONAL: dict[str, Change] = {
    "an operator": on_rule("when", "'geriatrik' in physician.specialties && patient.age > params.elderly_from"),
    "a constant": on_rule("when", "'geriatrik' in physician.specialties && patient.age >= 65"),
    "a code": on_rule("when", "'onkologi' in physician.specialties && patient.age >= params.elderly_from"),
    "the order of a condition": on_rule("when", "patient.age >= params.elderly_from && 'geriatrik' in physician.specialties"),
    "a number's kind": on_rule("when", "physician.training.stage == 'st' && physician.training.years_left < 0.0", ".st_end_passed"),
    "effect": on_rule("effect", "assess", ".general_practice"),
    "force": on_rule("force", "recommendation"),
    "document": on_source("document", "presentation-2022"),
    "section": on_source("section", "Vem som kan vara"),
    "statement": on_source("statement", "E3"),
    "note": on_source("note", "11"),
    "no note": lambda content: by_id(content, "rule", ".geriatrics")["source"].pop("note"),
    "provision": on_source("provision", "prop. 2021/22:73"),
    "because sv": lambda content: by_id(content, "rule", ".geriatrics")["because"].update(sv="annat"),
    "because en": lambda content: by_id(content, "rule", ".geriatrics")["because"].update(en="other"),
    "a reading": on_rule("reading", TEXT),
    "no reading": lambda content: by_id(content, "rule", ".general_practice").pop("reading"),
    "valid_from of a rule": on_rule("valid_from", date(2022, 7, 2)),
    "valid_to of a rule": on_rule("valid_to", date(2099, 1, 1)),
    "a rule's id": on_rule("id", "xx.national.eligibility.bt_outside", ".bt_outside_goals"),
    "a rule less": lambda content: content["rule"].remove(by_id(content, "rule", ".bt_outside_goals")),
    "a rule more": lambda content: content["rule"].append({**content["rule"][0], "id": "xx.national.more"}),
    "a rule that has ended": on_rule("valid_to", date(2024, 9, 30), ".bt_outside_goals"),
    "a value": on("parameter", "elderly_from", {"value": 66}),
    "basis": on("parameter", "st_minimum_years_2015", {"basis": "assumption"}),
    "unit": on("parameter", "elderly_from", {"unit": "month"}),
    "a parameter's source": on("parameter", "st_minimum_years_2015", {"source": {"document": "kompetens-2023", "section": "x", "statement": "E4"}}),
    "a parameter's statement": on("parameter", "elderly_from", {"statement": "E4"}),
    "a parameter's reading": on("parameter", "elderly_from", {"reading": TEXT}),
    "valid_from of a parameter": on("parameter", "elderly_from", {"valid_from": date(2022, 7, 2)}),
    "a definition": on("definition", "in_st_general_practice", {"when": "physician.training.stage == 'st'"}),
    "a definition's words": on("definition", "in_st_general_practice", {"because": TEXT}),
    "scope": on("question", "eligibility", {"scope": TEXT}),
    "a question's title": on("question", "eligibility", {"title": TEXT}),
    "order of subjects": on("question", "eligibility", {"subjects": ["patient", "physician"]}),
    "a document's title": on("document", "kompetens-2023", {"title": "x"}),
    "a document's date": on("document", "kompetens-2023", {"published": "2023-02"}),
    "a code's label": on_code(lambda codes: codes[0].update(sv="x")),
    "a code's kind": on_code(lambda codes: codes[0].update(kind="branch")),
    "a code more": on_code(lambda codes: codes.append({"id": "new", "sv": "ny", "en": "new"})),
    "the national version": lambda content: content["ruleset"].update(version="2022.2"),
    "the national reading": lambda content: content["ruleset"].update(reading=TEXT),
}  # fmt: skip
STOCKHOLM: dict[str, Change] = {
    "version": lambda content: content["ruleset"].update(version="2024.2"),
    "title": lambda content: content["ruleset"].update(title=TEXT),
    "an overlay less": lambda content: content["demote"].pop(),
    "an overlay's source": lambda content: content["demote"][0]["source"].update(section="x"),
    "an overlay's words": lambda content: content["demote"][0].update(because=TEXT),
    "a change's authority": lambda content: content["replace"][0]["authority"].update(section="x"),
    "a change's reason": lambda content: content["replace"][0].update(reason=TEXT),
    "an overlay that has ended": lambda content: content["demote"][0].update(valid_to=date(2024, 9, 30)),
    "demote made disable": lambda content: content.update(disable=[content["demote"].pop()]),
    "a setting": lambda content: content.update(set=[{
        "parameter": "elderly_from", "value": 65, "basis": "assumption", "because": TEXT,
        "source": content["demote"][0]["source"], "valid_from": date(2024, 1, 1),
    }]),
    "a list's codes": lambda content: content["parameter"][0]["value"].pop(),
}  # fmt: skip
CHANGES = [
    *(("se.national", name, change) for name, change in NATIONAL.items()),
    *(("se.stockholm", name, change) for name, change in STOCKHOLM.items()),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy(tmp_path_factory.mktemp("changed"))


@pytest.mark.parametrize(
    ("name", "change"), [(name, change) for name, _, change in CHANGES], ids=[what for _, what, _ in CHANGES]
)  # fmt: skip
def test_what_can_change_an_answer_changes_it(
    root: Path, original: str, name: str, change: Change
) -> None:
    content = tables(name)
    write_tables(root, name, content)
    assert fingerprint(root) == original
    change(content)
    write_tables(root, name, content)
    try:
        assert fingerprint(root) != original
    finally:
        copy(root)


def test_a_selection_means_the_codes_that_it_stands_for(tmp_path: Path, original: str) -> None:
    root = copy(tmp_path)
    content = tables("se.national")
    codes = by_id(content, "codes", "specialty", "list")["code"]
    parameter = by_id(content, "parameter", "branch_specialties")
    del parameter["select"]
    parameter["value"] = [each["id"] for each in reversed(codes) if each["kind"] == "branch"]
    write_tables(root, "se.national", content)
    assert fingerprint(root) == original
    codes[0], codes[1] = codes[1], codes[0]
    write_tables(root, "se.national", content)
    assert fingerprint(root) == original


def test_every_field_of_the_model_is_in_it_or_left_out_by_name(tmp_path: Path) -> None:
    """So that a field which the model gains later is not forgotten."""
    ruleset = load_ruleset("xx.stockholm", on=ON, path=[copy(tmp_path)])
    left_out = {"on", "fingerprint", "when", "amount", "dormant"}
    for field in attrs.fields(Ruleset):
        one: dict[str, Any] = {field.name: "changed"}
        changed = attrs.evolve(ruleset, **one)
        assert (make(changed) != ruleset.fingerprint) is (field.name not in left_out), field.name
    for table in ("rules", "parameters", "definitions", "questions", "documents"):
        items = getattr(ruleset, table)
        name, item = next(iter(items.items()))
        for field in attrs.fields(type(item)):
            other = attrs.evolve(item, **{field.name: "changed"})
            one = {table: {**items, name: other}}
            changed = attrs.evolve(ruleset, **one)
            same = make(changed) == ruleset.fingerprint
            assert same is (field.name in left_out), f"{table}: {field.name}"


def test_an_effect_that_a_layer_demotes_is_no_part_of_the_meaning(
    root: Path, original: str
) -> None:
    content = tables("se.national")
    on_rule("effect", "assess")(content)
    write_tables(root, "se.national", content)
    assert fingerprint(root) == original
    assert fingerprint(root, name="xx.national") != fingerprint(copy(root), name="xx.national")

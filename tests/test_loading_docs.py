"""the rulesets' page.

Holds docs/rulesets.md: its tables of keys against the shapes that files are read into, and its
example, its messages and its Python by running them.
"""

from __future__ import annotations

import re
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

import attrs
import pytest

from flk_rules.loading import files, lines
from flk_rules.loading.shapes import TABLES, CodeEntry, Header, OutcomesEntry, Select
from flk_rules.model.calendar import EARLIEST, LATEST
from flk_rules.model.rules import Assessing, Citation, Text
from support.folders import mistakes

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rulesets.md"
PARTS = {
    "`[ruleset]`": Header,
    "`[[disable]]` and `[[demote]]`": TABLES["disable"],
    "source": Citation,
    "text": Text,
    "code": CodeEntry,
    "select": Select,
    "assessing": Assessing,
    **{
        f"`[[{name}]]`": shape
        for name, shape in TABLES.items()
        if name not in ("disable", "demote")
    },
}
WORDS = {str: "string", date: "date", Text: "text", Citation: "source", Select: "select",
         Assessing: "assessing", CodeEntry: "code", OutcomesEntry: "table of texts",
         Any: "any"}  # fmt: skip


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text("utf-8")


@pytest.fixture(scope="module")
def folder(page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the page shows."""
    root = tmp_path_factory.mktemp("page")
    shown = re.findall(r"\*\*`([\w./]+)`\*\*\n\n```toml\n(.*?)```", page, re.DOTALL)
    assert len(shown) == 3
    for name, text in shown:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def word(wanted: Any) -> str:
    """A type as the page names it."""
    plain = next((each for each in get_args(wanted) if each is not type(None)), wanted)
    if get_origin(wanted) is tuple:
        return f"list of {word(plain)}"
    if isinstance(plain, type) and issubclass(plain, Enum):
        return ", ".join(f"`{each.value}`" for each in plain)
    return WORDS[plain]


@pytest.mark.parametrize("part", PARTS)
def test_the_keys_are_those_of_the_shape(page: str, part: str) -> None:
    section = page.split(f"\n### {part}\n")[1].split("\n#")[0]
    rows = re.findall(r"^\| (\**)(\w+)\** \| (.+?) \| (.+) \|$", section, re.MULTILINE)
    shape = attrs.resolve_types(PARTS[part])
    assert [(bool(bold), key, kind) for bold, key, kind, _ in rows if key != "key"] == [
        (each.default is attrs.NOTHING, each.name, word(each.type)) for each in attrs.fields(shape)
    ]


def test_every_part_of_the_page_is_held(page: str) -> None:
    assert set(re.findall(r"^### (.+)$", page, re.MULTILINE)) == set(PARTS)
    assert TABLES["disable"] is TABLES["demote"]


def test_the_example_runs(page: str, folder: Path) -> None:
    """Its lines one by one; what a line ends in after a # is its value. Those with >>> are run with
    those of all other documents."""
    (block,) = re.findall(r"```python\n(from datetime.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {"folder": folder}
    compared = 0
    for line in block.splitlines():
        code, _, value = line.partition("  # ")
        if value:
            assert repr(eval(code, names)) == value, line
            compared += 1
        else:
            exec(code, names)
    assert compared == 6


def test_the_messages_are_verbatim(page: str, folder: Path) -> None:
    (block,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    assert mistakes(folder, "se.broken") == block.rstrip("\n").split("\n")


def test_the_limits_are_those_of_the_code(page: str) -> None:
    assert f"at most {files.MAX_BYTES:,} bytes a file" in page
    assert f"values nest at most {lines.MAX_NESTING} deep" in page
    assert f"from {EARLIEST} to {LATEST}" in page.replace("\n", " ")

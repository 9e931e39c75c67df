"""lines by path.

The scan that finds lines knows every table, key and list item that tomli finds in the same text,
whatever the layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from flk_rules.loading.finder import shipped
from flk_rules.loading.lines import index_lines, join

FILES = sorted(shipped().glob("*/*.toml"))


def paths(value: Any, path: str = "") -> Iterator[str]:
    """Every path of a TOML document."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from paths(each, join(path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from paths(each, f"{path}[{index}]")


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_path_of_the_shipped_files_has_its_line(file: Path) -> None:
    text = file.read_text("utf-8")
    lines = text.split("\n")
    found = index_lines(text)
    assert found.fault is None
    assert found.twice is None
    for path in paths(tomli.loads(text)):
        number = found.keys[path]
        key = path.rpartition(".")[2].partition("[")[0]
        assert key in lines[number - 1] or path.endswith("]"), path


KEYS = st.sampled_from(["a", "b", "c-1", "1", "å b", "a.b", '"', "\\", "# [[a]]", "\u2028"])
SCALARS = st.one_of(
    st.sampled_from(["x", "'", '"', '"""', "'''", "[[a]]\na = 1", "#", "\\", "\u2028", "a = {"]),
    st.integers(0, 9),
    st.booleans(),
    st.floats(allow_nan=False),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
GAPS = st.sampled_from(["", " ", "\t", "  "])
BREAKS = st.sampled_from(["", "\n", ' # [[a]] \' """\n', "\r\n", "\n\n"])


def quoted(text: str, draw: st.DrawFn) -> str:
    """A key or string in one of TOML's ways to quote it."""
    basic = "".join(
        f"\\u{ord(each):04x}" if each in '"\\\n' or not each.isprintable() else each
        for each in text
    )
    ways = [f'"{basic}"']
    if "'" not in text and "\n" not in text:
        ways.append(f"'{text}'")
    return draw(st.sampled_from(ways))


@st.composite
def documents(draw: st.DrawFn) -> str:
    """TOML of any layout: keys dotted and quoted, lists over lines, strings like heads."""

    def key(text: str) -> str:
        bare = text.replace("-", "").isalnum() and text.isascii()
        return text if bare and draw(st.booleans()) else quoted(text, draw)

    def value(each: Any) -> str:
        if isinstance(each, bool):
            return str(each).lower()
        if isinstance(each, str):
            long = draw(st.booleans()) and "'''" not in each and not each.endswith("'")
            return f"'''{draw(BREAKS)[-1:]}{each}'''" if long else quoted(each, draw)
        if isinstance(each, list):
            items = f",{draw(BREAKS)}".join(value(item) for item in each)
            return f"[{draw(BREAKS)}{items}{draw(BREAKS)}]"
        if isinstance(each, dict):
            members = f",{draw(GAPS)}".join(
                f"{key(k)}{draw(GAPS)}={value(v)}" for k, v in each.items()
            )
            return f"{{{draw(GAPS)}{members}{draw(GAPS)}}}"
        return str(each)

    text = ""
    for number in range(draw(st.integers(0, 3))):
        table = draw(st.sampled_from([f"t{number}", f"t{number}.u", "list", "list.'inner l'"]))
        many = table.startswith("list")
        text += draw(BREAKS) + draw(GAPS)
        text += f"[[ {table} ]]" if many else f"[{table}]{draw(GAPS)}# x"
        text += draw(st.sampled_from(["\n", "\r\n"]))
        for name, each in draw(st.dictionaries(KEYS, VALUES, max_size=3)).items():
            dotted = f"k . {key(name)}" if draw(st.booleans()) else f"{key(name)}"
            text += f"{draw(GAPS)}{dotted}{draw(GAPS)}={draw(GAPS)}{value(each)}\n"
    return text


@settings(max_examples=200, deadline=None)
@given(documents())
def test_the_scan_finds_the_paths_that_tomli_finds(text: str) -> None:
    try:
        raw = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return  # a list after its inner list, or a table twice: no document
    found = index_lines(text)
    assert found.fault is None
    assert set(paths(raw)) <= set(found.keys)
    assert max(found.keys.values(), default=0) <= text.count("\n") + 1


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="[]{}=,.'\"#\\\na1 \r", max_size=60))
def test_the_scan_ends_on_any_text(text: str) -> None:
    assert all(1 <= each <= text.count("\n") + 1 for each in index_lines(text).keys.values())


def test_the_nearest_line_is_that_of_what_is_around() -> None:
    found = index_lines('[[a]]\nb = 1\n\n[a."c d"]\ne = [1,\n2]\n')
    near = {
        "a[0].b": 2, "a[0].x": 1, "a[0].b.x[3].y": 2, 'a[0]."c d".x': 4, 'a[0]."x y"': 1,
        'a[0]."c d".e[1]': 6, 'a[0]."c d".e[7]': 5, "a[1]": 1,
    }  # fmt: skip
    assert {path: found.near(path) for path in near} == near
    assert found.near("x") is None
    assert found.near("") is None

"""floors and sizes.

Walks the imports of the package and holds docs/architecture.md to them; holds the size of
modules, their docstrings, and who may import what from outside.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import flk_rules
from conftest import ROOT

PACKAGE = ROOT / "flk_rules"
MOST_LINES = 300
ALONE: dict[str, str | tuple[str, ...] | None] = {
    "durable_rules_engine": "flk_rules.engines.rete.handle",
    "durable": None,
    "pyspark": "flk_rules.tables.spark",
    "py4j": "flk_rules.tables.spark",
    "typer": "flk_rules.cli",
    "rich": "flk_rules.cli",
    "lark": "flk_rules.language.parser",
    "cattrs": "flk_rules.loading",
    "tomli": "flk_rules.loading",
    "hypothesis": "flk_rules.testing.strategies",
    "pytest": "flk_rules.testing",
    "rfc8785": "flk_rules.audit.canonical",
    "jsonschema": "flk_rules.audit.shapes",
    "jinja2": "flk_rules.reporting.pages",
    "markupsafe": "flk_rules.reporting.pages",
    "cryptography": "flk_rules.audit",
    "psycopg": "flk_rules.audit.postgres",
    "opentelemetry": "flk_rules.audit.telemetry",
    "sqlglot": ("flk_rules.engines.sql", "flk_rules.tables"),
    "duckdb": "flk_rules.tables",
    "filelock": "flk_rules.tables",
    "pyarrow": ("flk_rules.tables", "flk_rules.audit.exporting"),
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def _floors() -> dict[str, int]:
    """The floor of each room, from the table in the document."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| `(\w+)/?` \|", text, re.MULTILINE)
    return {room: int(floor) for floor, room in rows}


FLOORS = _floors()


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


def _room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def test_every_room_has_a_floor() -> None:
    rooms = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()} - {
        "__init__", "__main__", "__pycache__", "py.typed", "schemas",
    }  # fmt: skip
    assert rooms == set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_room_imports_from_lower_floors_only(path: Path) -> None:
    room = _room(_name(path))
    if room is None or room == "__main__":
        return  # the package's own front and `python -m` stand above every floor
    for module in _imports(path):
        if not module.startswith("flk_rules"):
            continue
        other = _room(module)
        if other is None:
            assert room == "cli", f"{_name(path)} imports the package's front"
        elif other != room:
            assert FLOORS[other] < FLOORS[room], f"{_name(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_dependencies_are_imported_where_they_belong(path: Path) -> None:
    for module in _imports(path):
        top = module.split(".")[0]
        if top in ALONE:
            allowed = ALONE[top]
            assert allowed is not None, f"{_name(path)} imports {module}"
            assert _name(path).startswith(allowed), f"{_name(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_are_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring, f"{_name(path)} has no docstring"
    first = docstring.splitlines()[0]
    assert len(first.split()) <= 5, f"{_name(path)} begins {first!r}"
    assert first.endswith(".")


def test_importing_the_library_is_light() -> None:
    """No parser, engine or command line is loaded before it is needed."""
    code = "import sys, flk_rules; print(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    heavy = {"durable_rules_engine", "lark", "cattrs", "tomli", "typer", "rich"}
    assert not loaded & {*heavy, "hypothesis", "pytest", "sqlglot", "duckdb", "pyarrow",
                         "pyspark"}  # fmt: skip


def test_the_package_itself_imports_nothing_before_it_is_asked_for() -> None:
    """pytest imports it at its start, for the plugin."""
    code = (
        "import sys, flk_rules; print(*(each for each in sys.modules if 'flk' in each or "
        "'attr' in each)); print(flk_rules.errors.FlkError is flk_rules.FlkError)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["flk_rules", "True"]


def test_every_public_name_has_a_home() -> None:
    assert all(getattr(flk_rules, name) is not None for name in flk_rules.__all__)
    assert set(flk_rules.__all__) <= set(dir(flk_rules))
    with pytest.raises(AttributeError, match="module 'flk_rules' has no attribute 'lod'"):
        flk_rules.lod  # noqa: B018


def test_nothing_public_lacks_a_docstring() -> None:
    silent = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, (ast.ClassDef, ast.FunctionDef)) or node.name.startswith("_"):
                continue
            if _is_public(path, node) and ast.get_docstring(node) is None:
                silent.append(f"{_name(path)}.{node.name}")
    assert silent == []


def _is_public(path: Path, wanted: ast.ClassDef | ast.FunctionDef) -> bool:
    """Top-level functions and classes; methods only of the library's face."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = [each for each in tree.body if isinstance(each, (ast.ClassDef, ast.FunctionDef))]
    if any(each.name == wanted.name and each.lineno == wanted.lineno for each in top):
        return _name(path) != "flk_rules.model.expressions"
    if _name(path) != "flk_rules.library":
        return False
    return any(
        each.lineno == wanted.lineno
        for owner in top
        if isinstance(owner, ast.ClassDef)
        for each in owner.body
        if isinstance(each, ast.FunctionDef)
    )

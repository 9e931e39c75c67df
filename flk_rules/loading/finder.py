"""finds rulesets.

A ruleset is a folder of TOML files named as its id. The shipped ones lie in the package; users
name further folders to look in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from importlib.resources import files
from pathlib import Path

from attrs import evolve

from flk_rules.errors import FileUnreadable, FlkError, Problem, UnknownName
from flk_rules.loading.entries import LayerFiles, shape_problems
from flk_rules.loading.files import SourceFile, invalid, read_folder, toml_files
from flk_rules.loading.resolving import resolve
from flk_rules.model.rules import Ruleset


def shipped() -> Path:
    """The folder of the rulesets that come with the library: inside the installed package, or
    beside it in a checkout."""
    package = Path(str(files("flk_rules")))
    inside = package / "rulesets"
    return inside if inside.is_dir() else package.parent / "rulesets"


def available(path: Iterable[Path | str] = ()) -> dict[str, Path]:
    """Every ruleset's folder by id, in the folders of `path` and among the shipped ones.

    Raises `FileUnreadable` for a folder that is not there, `RulesetInvalid` for one id in two.
    """
    roots = [path] if isinstance(path, str) else path
    found: dict[str, Path] = {}
    for root in (*(Path(each) for each in roots), shipped()):
        if not root.is_dir():
            raise FileUnreadable(root, "no such folder to look for rulesets in")
        try:
            folders = sorted(each for each in root.iterdir() if toml_files(each))
        except OSError as error:
            reason = f"cannot be read: {(error.strerror or '').lower()}"
            raise FileUnreadable(root, reason) from None
        for folder in folders:
            where = found.setdefault(folder.name, folder)
            if where.resolve() != folder.resolve():
                message = f"the ruleset {folder.name!r} is also at {where}"
                raise invalid([Problem(str(folder), message)])
    return found


def load_ruleset(name: str, *, on: date, path: Sequence[Path | str] = ()) -> Ruleset:
    """The ruleset `name` as it holds on `on`; see `flk_rules.load`."""
    return resolve(read_chain(name, path), on)


def read_chain(name: str, path: Sequence[Path | str] = ()) -> list[LayerFiles]:
    """The files of the ruleset `name` and of those that it extends, the lowest first."""
    folders = available(path)
    if name not in folders:
        raise _absent(str(name), folders, path)
    layers: list[LayerFiles] = []
    chain: list[str] = []
    following: str | None = name
    while following is not None:
        if problem := _unfit(following, chain, folders, layers, path):
            raise invalid([*shape_problems(layers), problem])
        layer = read_layer(following, folders[following])
        chain.append(following)
        layers.append(layer)
        following = layer.header.extends
    return layers[::-1]


def _absent(name: str, folders: Mapping[str, Path], path: Sequence[Path | str]) -> FlkError:
    """Why there is no ruleset `name`: no such folder, or nothing in it that is read."""
    roots = [path] if isinstance(path, str) else path
    # An id is a folder's name, so one that leads elsewhere is none.
    fit = bool(name.strip(".")) and Path(name).name == name
    for folder in (Path(root) / name for root in roots if fit):
        with suppress(OSError):  # a name that no file can have
            if not folder.is_dir():
                continue
            return FileUnreadable(
                folder, "expected the ruleset's files, found none that ends in .toml"
            )
    return UnknownName("ruleset", name, folders)


def _unfit(
    name: str,
    chain: Sequence[str],
    folders: Mapping[str, Path],
    layers: Sequence[LayerFiles],
    path: Sequence[Path | str],
) -> Problem | None:
    """Why the last layer cannot extend the ruleset `name`."""
    if name in chain:
        ring = chain[chain.index(name) :]
        places = {each.header.id: each.at("extends") for each in layers}
        steps = " -> ".join([*(f"{each} ({places[each]})" for each in ring), name])
        return Problem(layers[-1].at("extends"), f"rulesets extend themselves: {steps}")
    if name not in folders:
        return Problem(layers[-1].at("extends"), str(_absent(name, folders, path)))
    return None


def read_layer(name: str, folder: Path) -> LayerFiles:
    """One ruleset's files with the one header among them.

    Mistakes of shape stay in the files for later; without a header there is no later.
    """
    sources = tuple(read_folder(folder))
    problems = [each for source in sources for each in source.problems]
    headed = [each for each in sources if "ruleset" in each.lines.keys]
    for each in headed[1:]:
        message = (
            f"a ruleset has one [ruleset] table, and there is one at {headed[0].place('ruleset')}"
        )
        problems.append(Problem(each.place("ruleset"), message))
    if not headed:
        message = "a ruleset has one [ruleset] table in one of its files, found none"
        raise invalid([*problems, Problem(str(folder), message)])
    home: SourceFile = headed[0]
    header = home.content.header
    if header is None:
        raise invalid(problems)
    if header.id != name:
        message = f"expected the id {name!r}, the name of its folder, found {header.id!r}"
        problems.append(Problem(home.place("ruleset.id"), message))
        header = evolve(header, id=name)
    return LayerFiles(header, home, sources, tuple(problems))

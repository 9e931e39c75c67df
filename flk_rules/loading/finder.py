"""finds rulesets.

A ruleset is a folder of TOML files named as its id. The shipped ones lie in the package; users
name further folders to look in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

from flk_rules.errors import FileUnreadable, Problem, RulesetInvalid, UnknownName
from flk_rules.loading.entries import LayerFiles
from flk_rules.loading.files import read_folder
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
    found: dict[str, Path] = {}
    for root in (*(Path(each) for each in path), shipped()):
        if not root.is_dir():
            raise FileUnreadable(root, "no such folder to look for rulesets in")
        for folder in sorted(each for each in root.iterdir() if any(each.glob("*.toml"))):
            if folder.name in found and found[folder.name].resolve() != folder.resolve():
                where = found[folder.name]
                raise RulesetInvalid(
                    [Problem(str(folder), f"the ruleset {folder.name!r} is also at {where}")]
                )
            found.setdefault(folder.name, folder)
    return found


def load_ruleset(name: str, *, on: date, path: Sequence[Path | str] = ()) -> Ruleset:
    """The ruleset `name` as it holds on `on`; see `flk_rules.load`."""
    folders = available(path)
    layers: list[LayerFiles] = []
    chain: list[str] = []
    following: str | None = name
    while following is not None:
        if following in chain:
            ring = " -> ".join([*chain[chain.index(following) :], following])
            raise RulesetInvalid([Problem(layers[-1].place, f"rulesets extend themselves: {ring}")])
        if following not in folders:
            raise UnknownName("ruleset", following, folders, layers[-1].place if layers else "")
        layer = read_layer(following, folders[following])
        chain.append(following)
        layers.append(layer)
        following = layer.header.extends
    return resolve(layers[::-1], on)


def read_layer(name: str, folder: Path) -> LayerFiles:
    """One ruleset's files with the one header among them."""
    sources = tuple(read_folder(folder))
    headers = [each for each in sources if each.content.ruleset is not None]
    if len(headers) != 1:
        places = ", ".join(each.place("ruleset") for each in headers) or str(folder)
        raise RulesetInvalid(
            [Problem(places, f"a ruleset has one [ruleset] table, found {len(headers)}")]
        )
    header = headers[0].content.ruleset
    assert header is not None
    place = headers[0].place("ruleset")
    if header.id != name:
        raise RulesetInvalid(
            [Problem(place, f"the id {header.id!r} must be its folder's name, {name!r}")]
        )
    return LayerFiles(header, place, sources)

"""views to HTML.

Lays views out with templates that escape whatever they are given. The page holds its style and its
one script, and its policy forbids the browser to run or fetch anything else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from flk_rules.errors import ExtraMissing

try:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup
except ImportError as error:
    raise ExtraMissing("flk_rules.reporting", "report") from error

from flk_rules.audit.replaying import Replayer
from flk_rules.explaining.text import printable
from flk_rules.explaining.words import check_language, word
from flk_rules.model.rules import Ruleset
from flk_rules.reporting.collecting import Collection
from flk_rules.reporting.shapes import Shown
from flk_rules.reporting.views import spoken_time, view
from flk_rules.reporting.words import counted, grouped, said

_Kept = tuple[Shown, Ruleset, str]


def page(
    collection: Collection,
    language: str = "sv",
    *,
    selection: Mapping[str, str] = MappingProxyType({}),
    watch: Callable[[Iterable[_Kept]], Iterable[_Kept]] = lambda kept: kept,
) -> str:
    """The collection's page as HTML; a receipt that is the only one is shown by itself.

    `selection` is what was asked for, by name, and is said above a set; `watch` sees every receipt
    pass that is taken apart.

    Raises `UnknownName` for another language, `ReceiptInvalid` for a receipt that names what its
    rules do not have.
    """
    check_language(language)
    replayer = Replayer()
    start = (collection.page - 1) * collection.per_page
    views = [
        view(shown, ruleset, language, f"d{number}", where, replayer)
        for number, (shown, ruleset, where) in enumerate(watch(collection.kept), start + 1)
    ]
    style, script = _resource("page.css"), _resource("page.js")
    template = _environment().get_template("page.html")
    return template.render(
        lang=language,
        alone=collection.total == 1 and bool(views),
        views=views,
        start=start,
        collection=collection,
        tables=list(collection.tables(language)) if collection.total else [],
        selection=selection,
        span=[spoken_time(each) for each in collection.span],
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        said=lambda key, *numbers: said(key, language, *numbers),
        word=lambda key: word(key, language),
        counted=lambda number, what: counted(number, what, language),
        grouped=lambda number: grouped(number, language),
        percent=lambda share: _percent(share, language),
    )


def _policy(style: str, script: str) -> str:
    """What the browser may do with the page: apply this style, run this script, nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("flk_rules.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    made.filters["cap"] = _capital
    return made


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _clean(value: Any) -> Any:
    """Text without characters that do not print: none may turn the page's direction around."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _resource(name: str) -> str:
    return (files("flk_rules.reporting") / "templates" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """What a policy names a style or script by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _percent(share: float, language: str) -> str:
    text = f"{100 * share:.1f} %"
    return text.replace(".", ",") if language == "sv" else text

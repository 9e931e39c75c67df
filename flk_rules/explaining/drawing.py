"""parts of pictures.

What every SVG of ours is made of: a head with a title and a description, and text that nothing in
it can break.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

INK, FAINT = "#1a1a1a", "#6b6b6b"


def opening(width: int, height: int, title: str, said: str, language: str) -> Iterator[str]:
    """The head of a picture: what it is called, what it says in words, a white ground."""
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" lang="{language}" '
        'aria-labelledby="title desc" font-family="sans-serif" font-size="13">'
    )
    yield f'<title id="title">{escape(title)}</title>'
    yield f'<desc id="desc">{escape(said)}</desc>'
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'


def text(x: object, y: float, content: str, **style: object) -> str:
    """Text at a place; `anchor`, `size`, `weight` and `colour` are its style."""
    names = {"anchor": "text-anchor", "size": "font-size", "weight": "font-weight"}
    colour = style.pop("colour", INK)
    extra: Iterable[str] = (f" {names[key]}={quoteattr(str(each))}" for key, each in style.items())
    return f'<text x="{x}" y="{y}" fill="{colour}"{"".join(extra)}>{escape(content)}</text>'


def cut(content: str, most: int) -> str:
    """At most so many letters."""
    return content if len(content) <= most else f"{content[: most - 1]}…"


def number_words(value: float, language: str) -> str:
    """A number with its thousands apart, as the language writes it."""
    plain = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return plain.translate({44: "\u00a0", 46: ","}) if language == "sv" else plain

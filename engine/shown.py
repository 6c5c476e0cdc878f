"""How an object shows itself in a notebook: a title, what it is, and a table of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from engine.errors import visible
from engine.typed import rounded


def card(title: str, about: Iterable[tuple[str, object]], heads: Sequence[str] = (),
         rows: Iterable[Sequence[object]] = ()) -> str:  # fmt: skip
    """HTML: a title, pairs of name and value, and under them a table if it has heads.  Whatever is said is text."""
    pairs = "".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in about)
    found = f"<div><strong>{_text(title)}</strong><table>{pairs}</table>"
    if heads:
        top = "".join(f"<th>{_text(head)}</th>" for head in heads)
        lines = ("".join(f"<td>{_text(value)}</td>" for value in row) for row in rows)
        found += f"<table><tr>{top}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
    return f"{found}</div>"


def _text(value: object) -> str:
    said = "" if value is None else rounded(float(f"{value:.4g}")) if isinstance(value, float) else str(value)
    return escape(visible(said))

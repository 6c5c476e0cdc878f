"""Strategies written out as strategy files, with their history in front."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.typed import plain
from engine.whole_file import whole_file
from scenarios.levers import at_rest
from scenarios.strategy import Strategy


def write_strategy(strategy: Strategy, path: Path, history: Sequence[str]) -> None:
    """The file that `find_strategy` reads back to the same levers."""
    lines = [f"# {line}" for line in history]
    lines += [f"{name} = {_quoted(text)}" for name, text in (("title", strategy.title), ("meaning", strategy.meaning),
                                                           ("kind", strategy.kind))]  # fmt: skip
    usual = at_rest()
    for phase in strategy.phases:
        lines += ["", "[[phase]]", f"from = {phase.begins}", "[phase.levers]"]
        lines += [f"{name} = {plain(value)}" for name, value in phase.levers.items() if value != usual[name]]
        usual |= phase.levers
    with whole_file(path) as file:
        file.write("\n".join([*lines, ""]))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

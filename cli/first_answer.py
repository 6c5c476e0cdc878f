"""The answer of the default command, as it ships: said while the first run of a version is compiled.

`python -m tools.opening` makes it with the function that the command itself calls.  It holds for the edition of rules
and figures with which it was made, and in any other nothing is said.
"""

from __future__ import annotations

import json
from pathlib import Path

import click
from click.core import ParameterSource

from engine.rule import when_compiling
from engine.whole_file import whole_file
from scenarios.edition import edition

FILE = Path(__file__).with_name("first_answer.json")
CHANGES_NOTHING = {"out", "as_json", "threads"}  # options with which the answer is the same
MEANWHILE = "Meanwhile, the answer that ships with this version (it is now computed again):"


def stored() -> str:
    """The sentence; "" if it was made with other rules and figures."""
    if not FILE.is_file():
        return ""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return str(found["sentence"]) if found.get("edition") == edition() else ""


def keep(sentence: str) -> None:
    """Write the sentence of today's rules and figures."""
    with whole_file(FILE) as file:
        file.write(json.dumps({"edition": edition(), "sentence": sentence}, indent=1, ensure_ascii=False) + "\n")


def meanwhile(context: click.Context) -> None:
    """If the command asks what it asks by default: say its stored answer as soon as something must be compiled."""
    given = [name for name in context.params.keys() - CHANGES_NOTHING
             if context.get_parameter_source(name) is not ParameterSource.DEFAULT]  # fmt: skip

    def say() -> None:
        sentence = stored()
        if sentence:
            click.echo(f"{MEANWHILE}\n{sentence}", err=True)

    if not given:
        when_compiling(say)

"""`unfreeze month`: what happens in a month, in order, which levers act in each step, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import click

from cli.options import WHOLE, place_option, words_of

STRATEGY = "user_centred"  # whose months are timed: most steps have something to do
TIMED = 24  # months
SIZE = 2000  # people


@dataclass(frozen=True)
class Step:
    """One line of the list.  seconds: for one month, None unless timed."""

    number: int
    name: str
    says: str
    module: str
    levers: tuple[str, ...]
    seconds: float | None = None


@click.command("month")
@click.option("--people", "--size", "people", type=WHOLE, default=SIZE, show_default=True, metavar="N",
              help="People in the months that are timed.")  # fmt: skip
@click.option("--no-time", is_flag=True, help="Only the list, at once.")
@place_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def month_command(people: int, no_time: bool, place: str | None, as_json: bool) -> None:
    """Print the month: a numbered list of steps, the very list that is executed.

    With each step stand the levers that act in it and the time it takes, measured by running every step by itself in
    two years of user_centred.
    """
    own = words_of(place)
    steps = [replace(step, says=own(step.says)) for step in (listed() if no_time else timed(people, place))]
    if as_json:
        from dataclasses import asdict

        from cli.about import json_text

        click.echo(json_text({"people": None if no_time else people, "steps": [asdict(s) for s in steps]}))
        return
    _print(steps, people)


def listed() -> list[Step]:
    """The steps without times; reads the model's text and runs nothing."""
    from analysis.where import month_steps
    from scenarios.levers import load_levers

    steps = []
    for number, rule in enumerate(month_steps(), start=1):
        levers = tuple(name for name, lever in load_levers().items() if number in lever.acts)
        says = rule.says[0].removeprefix(f"{number}. ")
        steps.append(Step(number, rule.name.replace("_", " "), says, f"{rule.module.replace('.', '/')}.py", levers))
    return steps


def timed(people: int, place: str | None = None) -> list[Step]:
    """The steps, each with the mean time of one month of it."""
    from cli.options import PLACE, Asked
    from cli.screen import progress
    from runs.running import time_per_step

    scenario = Asked(place or PLACE, people, 72 + TIMED).scenarios([STRATEGY])[0]
    with progress("timing each step") as bar:
        seconds = time_per_step(scenario, TIMED, bar)
    return [replace(step, seconds=took) for step, took in zip(listed(), seconds, strict=True)]


def _print(steps: list[Step], people: int) -> None:
    from cli.screen import says

    whole = sum(step.seconds or 0.0 for step in steps)
    for step in steps:
        time = "" if step.seconds is None else f"  [{_time(step.seconds)}, {100 * step.seconds / whole:.0f}%]"
        says(f"{step.number:2} {step.name[0].upper()}{step.name[1:]}{time}")
        _indented(f"{step.says} ({step.module})")
        if step.levers:
            _indented(f"Levers: {', '.join(step.levers)}.")
    if whole:
        says(f"\nA month of {people:,} people in the system takes {_time(whole)}.")


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-4 else f"{seconds * 1e6:.1f} µs"


def _indented(text: Any) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from cli.screen import console

    console().print(Padding(Text(text), (0, 0, 0, 3)))

"""Options that several commands share, and the scenario that they describe."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scenarios.scenario import Scenario
    from scenarios.strategy import Strategy

Command = Callable[..., Any]
Option = Callable[[Any], Any]

PLACE, WORLDVIEW, MONTHS, SEED = "dublin", "evidence", 120, 1

_SIZE_HELP = "How many people to simulate, 500 to 1,000,000; without it, as many as there are."


class WithOldName(click.Option):
    """An option that is still understood by the last of its names, which help does not show any more."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Name and help of its line, without the old name."""
        record = super().get_help_record(ctx)
        return record and (record[0].replace(f", {self.opts[-1]}", ""), record[1])


worldview_option = click.option(
    "--worldview", "--world", "worldview", cls=WithOldName, default=WORLDVIEW, show_default=True, metavar="WORLDVIEW",
    help="What is believed about how the system works: a worldview or a file.",
)  # fmt: skip


def scenario_options(
    size: Sequence[str] = ("--people", "--size"), months: int = MONTHS, one_worldview: bool = True
) -> Callable[[Command], Command]:
    """--place, --worldview (if it is about one), the size, --months, --seed and --set."""
    options = [
        click.option("--place", default=PLACE, show_default=True, metavar="PLACE", help="A shipped place or a file."),
        *([worldview_option] if one_worldview else []),
        click.option(*size, "people", type=int, metavar="N", help=_SIZE_HELP),
        click.option("--months", type=int, default=months, show_default=True, metavar="N", help="Length of the run."),
        click.option("--seed", type=int, default=SEED, show_default=True, metavar="N", help="Other seed, other luck."),
        click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE",
                     help="Set a lever or a parameter; may be given more than once."),
    ]  # fmt: skip
    return lambda function: _with(options, function)


def replicate_options(replicates: int | None, said: str = "") -> Callable[[Command], Command]:
    """--replicates and --threads; `said` where the default cannot be said in one number."""
    options = [
        click.option("--replicates", type=int, default=replicates, show_default=said or True, metavar="N",
                     help="How often to repeat with other luck (seed, seed + 1, ...)."),
        click.option("--threads", type=click.IntRange(1), metavar="N",
                     help="Runs at a time; by default one for each processor.  Changes no digit."),
    ]  # fmt: skip
    return lambda function: _with(options, function)


def place_option(function: Command) -> Command:
    """--place, for what is not about any place: in whose words to say it, and what grants come to there."""
    said = click.option(
        "--place",
        metavar="PLACE",
        help="Say it in the words of this place's field, e.g. of schools; grants in its money.",
    )
    return _with([said], function)


def words_of(place: str | None) -> Callable[[str], str]:
    """What puts a text into the words of a place's domain; without a place it stays in general words."""
    if place is None:
        return str
    from scenarios.places import domain_of, find_place

    return domain_of(find_place(place)).own


def output_options(function: Command) -> Command:
    """--out and --json."""
    options = [
        click.option("--out", metavar="DIR", help="Folder for the results (replaced if it holds earlier results)."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
    ]
    return _with(options, function)


def scenarios_of(
    strategies: Sequence[str],
    place: str,
    worldviews: Sequence[str],
    people: int | None,
    months: int,
    seed: int,
    assignments: Sequence[str],
) -> list[Scenario]:
    """One checked scenario for each worldview and strategy, worldviews first."""
    from scenarios.places import domain_of, find_place
    from scenarios.scenario import NOBODY, Scenario
    from scenarios.settings import read_settings
    from scenarios.worldviews import find_worldview

    settings = read_settings(assignments)
    where = find_place(place)
    domain = domain_of(where)
    found = [one if one.name == NOBODY else domain.told(one) for one in map(_strategy, strategies)]
    beliefs = [domain.told(find_worldview(name)) for name in worldviews]
    return [Scenario(one, where, belief, people, months, seed, settings) for belief in beliefs for one in found]


def typed(words: Sequence[str], options: Sequence[tuple[str, Any, Any]], assignments: Sequence[str]) -> str:
    """What somebody would type to get the same results again: words, options (name, value, usual value) that are not as
    they usually are, and settings."""
    words = list(words)
    for name, value, usual in options:
        words += [] if value == usual else [name] if value is True else [name, str(value)]
    return shlex.join([*words, *(word for assignment in assignments for word in ("--set", assignment))])


def _strategy(name: str) -> Strategy:
    """A shipped strategy, a file, or a shipped one with levers set otherwise: user_centred,listening=4."""
    if "," in name and "=" in name:
        from dashboard.edited import read_choice

        return read_choice(name).strategy()
    from scenarios.strategy import find_strategy

    return find_strategy(name)


def _with(options: Sequence[Option], function: Command) -> Command:
    for option in reversed(options):
        function = option(function)
    return function

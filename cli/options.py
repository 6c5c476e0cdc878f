"""Options that several commands share, gathered into one object each, and the request that they describe."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from scenarios.request import Request
    from scenarios.scenario import Scenario

Command = Callable[..., Any]
Option = Callable[[Any], Any]

PLACE, WORLDVIEW, MONTHS, SEED = "dublin", "evidence", 120, 1  # as in scenarios/request.py, which takes time to import

_SIZE_HELP = "How many people to simulate, 500 to 1,000,000; without it, as many as there are."


class _Typed(click.ParamType):  # type: ignore[type-arg]
    """A number as people type it (engine/typed.py)."""

    def __init__(self, whole: bool) -> None:
        self.name = "integer" if whole else "float"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; BadInput says what is wrong."""
        from engine.typed import read_number, read_whole

        option = max(param.opts, key=len) if param else ""
        return (read_whole if self.name == "integer" else read_number)(option.lstrip("-"), value, option)


WHOLE, NUMBER = _Typed(whole=True), _Typed(whole=False)


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


@dataclass(frozen=True)
class Asked:
    """What the options of a command say about the scenarios to run; `typed`: the options that somebody typed."""

    place: str = PLACE
    people: int | None = None
    months: int = MONTHS
    seed: int = SEED
    assignments: tuple[str, ...] = ()
    worldview: str = WORLDVIEW
    typed: frozenset[str] = frozenset()

    def request(self, strategies: Sequence[str] = ()) -> Request:
        """The checked request for these strategies: shipped names, files, or user_centred,listening=4.

        One scenario file says everything; what somebody typed beside it counts more.
        """
        from scenarios.choice import read_choice, with_own
        from scenarios.request import Request, from_file, is_scenario_file
        from scenarios.settings import read_settings

        read = read_settings(self.assignments)
        settings = tuple(read.by_name.items())
        said = {name: getattr(self, name) for name in ("place", "people", "months", "seed", "worldview")}
        if len(strategies) == 1 and is_scenario_file(strategies[0]):
            found = from_file(strategies[0])
            kept = tuple(pair for pair in found.settings if pair[0] not in dict(settings))
            typed = {name: value for name, value in said.items() if name in self.typed}
            here = tuple(pair for pair in settings if pair[0] not in read.own)
            choices = with_own(found.choices, read.own, over=True)
            return replace(found, **typed, choices=choices, settings=(*kept, *here)).checked()
        usual = replace(Request(), **said, settings=settings)
        choices = tuple(read_choice(name, files=True) for name in strategies)
        return (replace(usual, choices=choices) if choices else usual).checked()

    def scenarios(self, strategies: Sequence[str]) -> list[Scenario]:
        """One checked scenario for each strategy."""
        return self.request(strategies).asked


@dataclass(frozen=True)
class Drawn:
    """How often to repeat, and over which parameter sets."""

    replicates: int | None = None
    threads: int | None = None
    sets: int | None = None
    seeds: Literal["common", "independent"] = "common"
    point: bool = False
    sample: str | None = None


@dataclass(frozen=True)
class Output:
    """Where results go, and in which form they are printed."""

    out: str | None = None
    as_json: bool = False


def scenario_options(
    size: Sequence[str] = ("--people", "--size"), months: int = MONTHS, one_worldview: bool = True
) -> Callable[[Command], Command]:
    """--place, --worldview (if it is about one), the size, --months, --seed and --set, as `asked`."""
    options = [
        click.option("--place", default=PLACE, show_default=True, metavar="PLACE", help="A shipped place or a file."),
        *([worldview_option] if one_worldview else []),
        click.option(*size, "people", type=WHOLE, metavar="N", help=_SIZE_HELP),
        click.option("--months", type=WHOLE, default=months, show_default=True, metavar="N",
                     help="Length of the run."),
        click.option("--seed", type=WHOLE, default=SEED, show_default=True, metavar="N",
                     help="Other seed, other luck."),
        click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE",
                     help="Set a lever or a parameter; may be given more than once.  Of one strategy, or one phase of "
                     "it: user_centred.listening=4, user_centred.phase2.branding=.2."),
    ]  # fmt: skip
    return gathered("asked", Asked, options)


def replicate_options(replicates: int | None, said: str = "") -> Callable[[Command], Command]:
    """--replicates and --threads, as `drawn`; `said` where the default cannot be said in one number."""
    return gathered("drawn", Drawn, _replicates(replicates, said))


def drawn_options(sets: int, seeds: int, point: int, sample: bool = False) -> Callable[[Command], Command]:
    """--replicates, --threads, --sets, --seeds, --point and, if asked for, --sample, as `drawn`; the usual numbers."""
    options = [
        *_replicates(None, f"{seeds} in each parameter set; with --point {point}"),
        click.option("--sets", type=click.IntRange(2), metavar="N", show_default=str(sets),
                     help="How many plausible sets of the model's numbers to draw."),
        click.option("--seeds", type=click.Choice(["common", "independent"]), default="common", show_default=True,
                     help="Whether all sets have the same seeds, or each its own."),
        click.option("--sample", metavar="DIR", help="Draw from a calibrated sample in this folder, as 'unfreeze "
                     "calibrate' writes it, not from the one that ships."),
        click.option("--point", is_flag=True, help="The model's default values only: intervals then show luck, and "
                     "leave out what nobody has measured."),
    ]  # fmt: skip
    if not sample:
        del options[-2]
    return gathered("drawn", Drawn, options)


def output_options(function: Command) -> Command:
    """--out and --json, as `output`."""
    options = [
        click.option("--out", metavar="DIR", help="Folder for the results (replaced if it holds earlier results)."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
    ]
    return gathered("output", Output, options)(function)


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


def more_words(options: Sequence[tuple[str, Any, Any]]) -> list[str]:
    """Options (name, value, usual value) that are not as they usually are, as somebody types them."""
    words = []
    for name, value, usual in options:
        words += [] if value == usual else [name] if value is True else [name, str(value)]
    return words


def _replicates(replicates: int | None, said: str) -> list[Option]:
    return [
        click.option("--replicates", type=WHOLE, default=replicates, show_default=said or True, metavar="N",
                     help="How often to repeat with other luck (seed, seed + 1, ...)."),
        click.option("--threads", type=click.IntRange(1), metavar="N",
                     help="Runs at a time; by default one for each processor.  Changes no digit."),
    ]  # fmt: skip


def gathered(name: str, kind: type[Any], options: Sequence[Option]) -> Callable[[Command], Command]:
    """A decorator: what these options say reaches the command as one `kind`, its argument `name`."""

    def decorated(function: Command) -> Command:
        @functools.wraps(function)
        def gathers(**given: Any) -> Any:
            made = taken(kind, given, click.get_current_context())
            return function(**given, **{name: made})

        return _with(options, gathers)

    return decorated


def taken[T](kind: type[T], given: dict[str, Any], context: click.Context) -> T:
    """What `given` holds of this kind, taken out of it."""
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    found = {name: given.pop(name) for name in names & set(given)}
    if "typed" in names:
        usual = (click.core.ParameterSource.DEFAULT, None)
        found["typed"] = frozenset(key for key in found if context.get_parameter_source(key) not in usual)
    return kind(**found)


def _with(options: Sequence[Option], function: Command) -> Command:
    for option in reversed(options):
        function = option(function)
    return function

"""Ask by name from Python: one run, or a comparison, as the commands `unfreeze run` and `unfreeze compare` make them.

    run("user_centred", people=2000)                        -> Results, the tidy tables
    compare("homes", "user_centred,listening=4", people=2000)   -> Comparison

What is asked becomes a Request, the one object that commands, links and files become too: equal words, equal digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from analysis.comparison import Comparison
from engine.errors import BadInput
from engine.typed import whole
from runs.controls import ensemble_with_controls
from runs.ensemble import MOST_REPLICATES, Seeds
from runs.running import Progress, live
from runs.store import Results
from scenarios.named import named
from scenarios.plausible import MOST_SETS, ParameterSet, Sample, plausible, shipped_sample
from scenarios.request import USUAL, AskedByName, Name, OneRun, Request, request_of
from scenarios.scenario import Scenario, with_twins

SETS, SEEDS = 8, 3  # plausible parameter sets, and replicates in each: three tell luck apart from parameters
POINT = 16  # replicates where none are drawn
LEAST = 2  # replicates in each set, without which luck cannot be told apart


@named(USUAL)
def run(strategy: Name, *, on_progress: Progress | None = None, **asked: Unpack[OneRun]) -> Results:
    """One run, its tables: the digits of `unfreeze run`.

    people: to simulate; None is as many as the place has.  settings: levers and parameters by name.
    """
    (scenario,) = request_of([strategy], **asked).asked
    return Results.of([live(scenario, on_progress)], flows=True)


@named(USUAL)
def compare(
    *strategies: Name,
    replicates: int | None = None,
    sets: int | None = None,
    seeds: Seeds = "common",
    threads: int | None = None,
    on_progress: Progress | None = None,
    **asked: Unpack[AskedByName],
) -> Comparison:
    """Strategies on the same simulated people, what happens without a foundation, and what homes would have done for
    the same money: the digits of `unfreeze compare`.

    Without any strategy: catalytic_philanthropy and user_centred.  sets: plausible parameter sets to draw; replicates:
    in each of them.  point: the model's default values instead, so that intervals show luck alone.  title, notes: your
    own words, for the report; they change no run.
    """
    request = request_of(strategies, **asked)
    if request.point and sets is not None:
        raise BadInput("'sets' is about drawn parameters, and point=True draws none", do="Leave one of the two out")
    each = replicates_of(replicates, request.point)
    sample = None if request.point else shipped_sample(request.where)
    number = SETS if sets is None else whole("sets", sets, 2, MOST_SETS)
    drawn = None if request.point else plausible(request.where, number, request.seed, sample)
    command = command_of(request, each, drawn, seeds, strategies=bool(strategies))
    return compared(with_twins(request.asked), each, drawn, sample, seeds, threads, on_progress, command,
                    (request.heading, request.notes))  # fmt: skip


def compared(
    scenarios: Sequence[Scenario],
    replicates: int,
    sets: Sequence[ParameterSet] | None = None,
    sample: Sample | None = None,
    seeds: Seeds = "common",
    threads: int | None = None,
    on_progress: Progress | None = None,
    command: str = "",
    own_words: tuple[str, str] = ("", ""),
) -> Comparison:
    """The comparison of scenarios as `with_twins` gives them; `sets` None: the model's default values.  command: what
    somebody types to get it again.  own_words: title and notes of whoever asked."""
    found = ensemble_with_controls(scenarios, replicates, threads=threads, on_progress=on_progress, sets=sets,
                                   seeds=seeds, flows=True)  # fmt: skip
    return Comparison(found.results, found.scenarios, command, sets or (), sample, equal_cost=found.equal_cost,
                      own_words=own_words)  # fmt: skip


def replicates_of(
    asked: int | None, point: bool, usual: int = SEEDS, usual_point: int = POINT, one_run: str = "point=True"
) -> int:
    """How many replicates there are, of each parameter set: what somebody asked for, or the usual number.  one_run:
    how to ask for no sets."""
    if asked is None:
        return usual_point if point else usual
    if point:
        return whole("replicates", asked, 1, MOST_REPLICATES)
    do = f"Each parameter set needs two, whose difference is luck.  One run: {one_run}"
    return whole("replicates", asked, LEAST, MOST_REPLICATES, do=do)


def command_of(
    request: Request,
    replicates: int,
    sets: Sequence[ParameterSet] | None,
    seeds: Seeds = "common",
    sample: str | None = None,
    strategies: bool = True,
) -> str:
    """The command that gives the same comparison.  strategies: whether they are named in it."""
    point, number = sets is None, len(sets or ()) or SETS
    words = ["--replicates", str(replicates)] if replicates != (POINT if point else SEEDS) else []
    words += ["--sets", str(number)] if number != SETS else []
    words += ["--sample", sample] if sample else []
    words += ["--seeds", seeds] if seeds != "common" else []
    return request.command_line("compare", [*words, *["--point"] * point], strategies=strategies)

"""A study's file to begin with: it can be run as it stands.

`template` has a design of any kind; `shown` asks what a screen of the dashboard, or a command, shows: the same runs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from evidence.quantities import inputs
from scenarios.choice import Choice
from scenarios.names import find, is_file, known, parts, shipped
from scenarios.own_place import as_toml
from scenarios.request import Request
from scenarios.scenario import NOBODY, lasting_months, with_twins

REAL_SIZE = '"real"'

HEAD = """\
# A study: what varies, how often it is run, and what is kept.  unfreeze study check FILE says how much that is.
format = 1
title = {title}

[runs]
places = {places}              # names, or files beside this one
strategies = {strategies}
worldviews = {worldviews}
people = {people}                    # or "real": as many as the place has
months = {months}
{settings}replicates = {replicates}                   # or {{ least = 4, most = 64, until = "secure_people within 20" }}
seed = {seed}
seeds = {seeds}                 # "common": the same people and luck in every row; or "independent"

[design]
{design}{vary}
[keep]
measures = ["secure_people", "spend_to_date", "reform_mainstream", "fit"]
months = {kept}                   # one or more
courses = false                  # the measures of every month, in months/
events = false                   # what happened, in events/
fans = false                     # mean and spread of every month, in fans/

[store]
part = 200                       # runs in a part: what is lost at most when somebody pulls the plug

[analysis]
wanted = {wanted}
{against}"""
VARY = """
[vary]                           # a lever, of one strategy or phase if wanted; a parameter; a figure of the place
contact = {}                     # range and distribution of the evidence
refer_belief = {}
"user_centred.listening" = { low = 0, high = 4 }
share_places = { whole = true }  # these share one whole: every division is as likely as any other
share_training = { whole = true }
share_bridge = { whole = true }
share_implementation = { whole = true }
share_involvement = { whole = true }
share_spotlight = { whole = true }
"""
ANY = """
[vary]                           # a lever, of one strategy or phase if wanted; a parameter; a figure of the place
"""
MOVED = ("contact", "refer_belief", "adaptation_cost", "agree_results")  # two of these that nobody has set vary
FEW = """
[vary]
contact = { values = [0.0, 0.1, 0.2] }
listening = { values = [0, 2, 4] }
"""
PAIR = '["catalytic_philanthropy", "user_centred"]'
BOTH = '["carrier", "catalytic_philanthropy"]'
SAMPLES = """\
kind = {kind}                    # what a sample is: docs/studies.md
size = {size}
seed = 1
dummy = {dummy}                     # a factor that does nothing: what is said of it is noise
"""
DRAWN = """\
kind = "calibrated"              # plausible parameter sets of the place, a row each; another kind has a table [vary]
size = {size}
{more}"""
AS_IT_IS = """\
kind = "one_at_a_time"           # one row, the model's default values; what [vary] names moves alone: contact = {}
"""
PRACTISED = """\
kind = "practices"               # all combinations of the five
room = true                      # what a practice needs of a whole, the strategy's other shares of it give up
"""
SIZES = {"sobol": 64, "morris": 20, "halton": 200, "random": 200, "lhs": 200}


@dataclass(frozen=True)
class Like:
    """What somebody is shown.  sets: how many plausible parameter sets are drawn, none: the model's default values;
    replicates: in each of them; sample: the folder of a calibrated one.  command: what shows it again."""

    request: Request
    sets: int | None
    replicates: int
    seeds: str = "common"
    sample: str = ""
    command: str = ""


def template(kind: str, title: str, like: Request | None = None, folder: Path | None = None) -> str:
    """The text of a file with a design of this kind.  like: what is run in it; else something usual.  folder: where the
    file is to lie, for the paths of files that it names."""
    strategies, vary, wanted = PAIR, VARY, '["robustness"]'
    if kind in SIZES:
        dummy = "true" if kind in ("sobol", "morris") else "false"
        design = SAMPLES.format(kind=json.dumps(kind), size=SIZES[kind], dummy=dummy)
        wanted = json.dumps([kind]) if kind in ("sobol", "morris") else wanted
    elif kind == "calibrated":
        design, vary = DRAWN.format(size=100, more=""), ""
    elif kind == "practices":
        design, vary = PRACTISED, ""
        strategies, wanted = BOTH, '["shapley"]'
    elif kind == "table":
        design = 'kind = "table"\nfile = "rows.csv"                # a column for each factor of [vary]\n'
        vary = FEW.replace("{ values = [0.0, 0.1, 0.2] }", "{}").replace("{ values = [0, 2, 4] }", "{}")
    else:
        design, vary = f"kind = {json.dumps(kind)}\n", FEW
    said = like or Request(people=2000)
    if like is not None:
        strategies = _list(_beside(one, folder) for one in like.choices)
        vary = vary if kind == "practices" or not vary else _free(like)
    return _text(said, titled(title), folder, strategies=strategies, design=design, vary=vary, wanted=wanted,
                 kept=f"[{said.months}]")  # fmt: skip


def shown(like: Like, title: str, folder: Path | None = None) -> str:
    """The text of a file that asks what is shown: as many rows as parameter sets, and what happens without a
    foundation beside each."""
    said = like.request
    choices = [one for one in said.choices if one.name != NOBODY]
    more = f"seed = {said.seed}\n" + (f"sample = {_toml(_path(like.sample, folder))}\n" if like.sample else "")
    design = AS_IT_IS if like.sets is None else DRAWN.format(size=like.sets, more=more)
    text = _text(
        said, said.heading or title, folder, like.replicates, like.seeds, f'against = "{NOBODY}"\n',
        strategies=_list([NOBODY, *(_beside(one, folder) for one in choices)]), design=design, vary="",
        wanted='["robustness"]', kept=str(lasting_months(with_twins(said.asked))),
    )  # fmt: skip
    notes = said.notes.split("\n") if said.notes else []
    about = [*notes, *([f"The same as: {like.command}"] if like.command else [])]
    return "".join(f"# {' '.join(line.splitlines())}\n" for line in about) + text


def titled(name: str) -> str:
    """The name of a file as a title."""
    return name.replace("_", " ").capitalize()


def _text(said: Request, title: str, folder: Path | None, replicates: int = 2, seeds: str = "common", against: str = "",
          **lines: str) -> str:  # fmt: skip
    """HEAD with what is run in it."""
    place, worldview = _named("place", said.place, folder), _named("worldview", said.worldview, folder)
    settings = f"set = {_list(said.assignments)}\n" if said.settings else ""
    return HEAD.format(
        title=_toml(title), places=_list([place]), worldviews=_list([worldview]), settings=settings,
        people=REAL_SIZE if said.people is None else said.people, months=said.months, seed=said.seed,
        replicates=replicates, seeds=json.dumps(seeds), against=against, **lines,
    )  # fmt: skip


def _free(like: Request) -> str:
    """[vary] with parameters that nobody has set."""
    taken = dict(like.settings)
    names = [name for name in (*MOVED, *inputs()) if name not in taken][:2]
    return ANY + "".join(f"{name} = {{}}\n" for name in names)


def _beside(choice: Choice, folder: Path | None) -> str:
    """A strategy as one word."""
    return str(replace(choice, name="+".join(_named("strategy", one, folder) for one in parts(choice.name))))


def _named(kind: str, name: str, folder: Path | None) -> str:
    """A name that ships, or a file as it is seen from the folder."""
    if name in shipped(kind) or not (is_file(kind, name) or name in known(kind)):
        return name
    return _path(str(find(kind, name)), folder)


def _path(path: str, folder: Path | None) -> str:
    """The path of a file, from the folder; without one as it stands."""
    if folder is None or Path(path).is_absolute():
        return path
    return Path(os.path.relpath(path, folder)).as_posix()


def _list(texts: Iterable[str]) -> str:
    return _toml(list(texts))


def _toml(value: object) -> str:
    """A value as it stands behind a name."""
    return as_toml({"x": value}).removeprefix("x = ").strip()

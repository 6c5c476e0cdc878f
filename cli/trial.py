"""`unfreeze trial`: enrol people of a running system, randomise them, follow them, and print a trial's usual tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from cli.options import NUMBER, SEED, WHOLE, Output, gathered, output_options, worldview_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from runs.trial import Arm, Trial

PEOPLE, SIZE, MONTHS, BEFORE, NEED = "481,469", 8000, 24, 12, (0.667, 1.0)
REACHED = 0.3  # runs/trial.py
EUR, DAYS = "EUR a person-year", "days"
FEW = 20  # people or places, below which a number is not shown
TITLES = {  # tables in the order of the screen
    "uptake": "Offers accepted",
    "housed": "Housed at the end of a month",
    "time housed": "Time housed",
    "days to a home": "Days",
    "retention": "Reformed places kept, by whoever changed homes as well",
    "last six months": "The last six months",
    "cost": "Cost",
    "offset": "Offset",
    "before and after": "A year before against a year after",
    "lost to the trial": "Lost to the trial",
}


@dataclass(frozen=True)
class AskedTrial:
    """What the options say about the trial."""

    place: str
    worldview: str
    people: str
    size: int
    months: int
    before: int
    need: tuple[float, float]
    situations: str
    reached: float
    homeless: int
    acute: bool
    arms: str
    homes: float | None
    again: bool
    seed: int
    assignments: tuple[str, ...]
    in_arm: tuple[tuple[str, str], ...]

    def plan(self) -> Trial:
        """The checked trial."""
        from runs.trial import Eligibility, planned

        eligible = Eligibility(need=self.need, situations=tuple(_words(self.situations)),
                               homeless=(self.homeless, 32000), acute=self.acute or None,
                               reached=self.reached)  # fmt: skip
        arms = _arms(self.arms, self.homes, self.again, self.in_arm)
        people, parameters = _counts(self.people, list(arms)), _parameters(self.assignments)
        return planned(self.place, eligible, arms, people, self.months, self.seed, parameters,
                       worldview=self.worldview, size=self.size or None, before=self.before)  # fmt: skip


OPTIONS = [
    click.option("--place", default="canada_trial", show_default=True, metavar="PLACE",
                 help="A shipped place or a file."),
    worldview_option,
    click.option("--people", default=PEOPLE, show_default=True, metavar="N[,N...]",
                 help="People enrolled: in all, or in each arm."),
    click.option("--size", type=WHOLE, default=SIZE, show_default=True, metavar="N",
                 help="People in the system that they are drawn from; 0 is the place's own size."),
    click.option("--months", type=WHOLE, default=MONTHS, show_default=True, metavar="N", help="Months of follow-up."),
    click.option("--before", type=WHOLE, default=BEFORE, show_default=True, metavar="N",
                 help="Months before enrolment to look back on."),
    click.option("--need", type=NUMBER, nargs=2, default=NEED, show_default=True, metavar="LOW HIGH",
                 help="Need of the people enrolled, 0 to 1."),
    click.option("--from", "situations", default="crisis,unserved,hidden", show_default=True, metavar="SITUATIONS",
                 help="Where people are enrolled."),
    click.option("--reached", type=NUMBER, default=REACHED, show_default=True, metavar="SHARE",
                 help="Share of the people without a bed whom recruiters find."),
    click.option("--homeless", type=WHOLE, default=0, show_default=True, metavar="N",
                 help="Only people without a secure home for N months or more."),
    click.option("--acute", is_flag=True,
                 help="Only people in an acute spell: who is enrolled in a crisis gets better."),
    click.option("--arms", default="usual,reform", show_default=True, metavar="ARMS",
                 help="usual, reform (offered the reformed service), or a strategy, in whose world the arm lives."),
    click.option("--homes", type=NUMBER, metavar="CHANCE",
                 help="Chance a month that the trial itself finds a home for a person of arm reform, beside what the "
                       "system has; by default .34, which is 73 days.  0: they wait like everybody else."),
    click.option("--again", is_flag=True, help="The offer of arm reform stands: who lost the home is asked again."),
    click.option("--seed", type=WHOLE, default=SEED, show_default=True, metavar="N", help="Other seed, other luck."),
    click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE",
                 help="Set a parameter for all arms; may be given more than once."),
    click.option("--in-arm", "in_arm", nargs=2, multiple=True, metavar="ARM NAME=VALUE",
                 help="Set a lever or a parameter in the world of one arm; may be given more than once."),
]  # fmt: skip


@click.command("trial")
@gathered("asked", AskedTrial, OPTIONS)
@output_options
def trial_command(asked: AskedTrial, output: Output) -> None:
    """Repeat a trial inside the model.

    Eligible people of a running system are drawn and randomised to arms; new places with support are added for those
    who are offered one, as real trials did; all live on among everybody else.  Without options it is a trial like
    At Home/Chez Soi: 950 people of high need, usual services against Housing First with its own homes, two years.

    Intervals are those of one trial: other people and other luck, not other assumptions.  Written are persons.parquet
    (a row for each person and month), before.parquet (the same before enrolment), tables.parquet and runs.parquet.

    \b
    EXAMPLES
      unfreeze trial
      unfreeze trial --homes 0                      homes only from the supply that everybody waits for
      unfreeze trial --place dublin --size 0 --people 200 --need 0.5 1
      unfreeze trial --arms usual,reform --in-arm reform reform_priority=5
    """
    import time

    from analysis.trial_tables import trial_tables
    from cli.screen import progress
    from runs.store import results_folder, write_table
    from runs.trial import lived, trial_manifest

    plan = asked.plan()
    folder = output.out or (None if output.as_json else _folder(plan))
    began = time.perf_counter()
    with progress("trial") as bar, results_folder(folder) as part:
        persons = lived(plan, bar)
        tables = trial_tables(persons)
        if part is not None:
            about = {"trial": _design(plan)}
            write_table(persons.filter(persons["month"] >= 0), part / "persons.parquet", about)
            write_table(persons.filter(persons["month"] < 0), part / "before.parquet", about)
            write_table(tables, part / "tables.parquet", about)
            write_table(trial_manifest(plan, time.perf_counter() - began), part / "runs.parquet")
    if output.as_json:
        click.echo(_json(plan, tables, folder))
    else:
        _print(plan, tables, folder)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _arms(text: str, homes: float | None, again: bool, in_arm: Sequence[tuple[str, str]]) -> dict[str, Arm]:
    """The arms that were named, with their own settings."""
    from engine.errors import BadInput, UnknownName
    from runs.trial import ARMS, AT_HOME, OFFERED, USUAL, Arm
    from scenarios.names import shipped
    from scenarios.scenario import NOBODY
    from scenarios.settings import read_settings

    names = _words(text)
    if len(set(names)) < len(names) or not names:
        raise BadInput(f"The arms are '{text}'", allowed="different names with commas between them", where="--arms")
    for arm, _ in in_arm:
        if arm not in names:
            raise UnknownName("arm in this trial", arm, names, where="--in-arm")
    if OFFERED not in names and (homes is not None or again):
        raise BadInput("Nobody is offered anything in this trial", where="--homes, --again", do="Add reform to --arms")
    found = {}
    for name in names:
        if name not in ARMS and not name.endswith(".toml") and name.replace("-", "_") not in shipped("strategy"):
            raise UnknownName("arm or strategy", name, [*ARMS, *shipped("strategy")], where="--arms")
        own = read_settings((assignment for arm, assignment in in_arm if arm == name), "--in-arm")
        for setting in own.own:
            raise BadInput(f"'{setting}' is a lever of one strategy, and an arm has one anyway", where="--in-arm",
                           do=f"Write {setting.rpartition('.')[2]}=...")  # fmt: skip
        if name == OFFERED:
            found[name] = Arm(True, again, AT_HOME if homes is None else homes, NOBODY, own.levers, own.parameters)
        else:
            found[name] = Arm(strategy=NOBODY if name == USUAL else name, levers=own.levers, parameters=own.parameters)
    return found


def _counts(text: str, names: list[str]) -> int | dict[str, int]:
    from engine.errors import BadInput

    numbers = _words(text)
    if not all(number.isdecimal() for number in numbers) or len(numbers) not in (1, len(names)):
        each = f"a whole number, or {len(names)} with commas between them ({', '.join(names)})"
        raise BadInput(f"'people' is '{text}'", allowed=each, where="--people")
    return int(numbers[0]) if len(numbers) == 1 else dict(zip(names, map(int, numbers), strict=True))


def _parameters(assignments: Sequence[str]) -> dict[str, float]:
    from engine.errors import BadInput
    from scenarios.settings import read_settings

    settings = read_settings(assignments)
    for lever in (*settings.levers, *settings.own):
        raise BadInput(f"'{lever}' is a lever, and usual services have no foundation", where="--set",
                       do=f"Give an arm a strategy and set it there: --in-arm ARM {lever}=...")  # fmt: skip
    return settings.parameters


def _folder(plan: Trial) -> str:
    """Where results go unless somebody says otherwise."""
    import hashlib
    from pathlib import Path

    from runs.store import FOLDER

    mark = hashlib.blake2b(_design(plan).encode(), digest_size=3).hexdigest()
    name = f"trial-{plan.place.name}-{plan.people}people-{plan.months}months-seed{plan.seed}-{mark}"
    return (Path(FOLDER) / name).as_posix()


def _design(plan: Trial) -> str:
    import json

    return json.dumps(plan.design(), sort_keys=True)


def _print(plan: Trial, tables: pl.DataFrame, folder: str | None) -> None:
    import polars as pl

    from analysis.words import own
    from cli.screen import says, shows, table
    from scenarios.places import domain_of

    domain = domain_of(plan.place)
    low, high = plan.eligible.need
    size = f"{plan.size:,} people" if plan.size else "the place's own size"
    says(f"A trial in {plan.place.title} ({size}; worldview {plan.worldview.name}, seed {plan.seed}): {plan.people:,} "
         f"people of need {low:g} to {high:g}, followed for {plan.months} months.")  # fmt: skip
    for name, arm in plan.arms.items():
        says(f"  {name}, {plan.counts[name]:,} people: {own(arm.title, domain)}")
    names = list(plan.arms)
    base = next((against for against in tables["against"] if against), "")
    others = [name for name in names if base not in ("", name)]
    shown = table("", *names, *(f"{name} minus {base}\n(95% interval)" for name in others), fold=True)
    for title, heading in TITLES.items():
        rows = tables.filter(pl.col("table") == title, pl.col("value").is_not_null(), pl.col("n") >= FEW)
        kept = []
        for measure, month in rows.select("measure", "month").unique(maintain_order=True).iter_rows():
            found = rows.filter(pl.col("measure") == measure, pl.col("month").eq_missing(month))
            if (found["value"] != 0).any():  # a payer who pays nothing needs no line
                kept.append((measure, month, found))
        if kept:
            shown.add_row(own(heading, domain), style="bold")
        for line, (measure, month, found) in enumerate(kept, 1):
            cells = [_cell(found, name, "") for name in names] + [_cell(found, name, base) for name in others]
            when = f", month {month}" if title in ("housed", "retention") else ""
            unit = {DAYS: "", EUR: ", EUR a person-year"}.get(found["unit"][0], ", %")
            shown.add_row(f"{own(measure, domain)}{when}{unit}", *cells, end_section=line == len(kept))
    shows(shown)
    says("95% intervals over the people of this one trial: other people and other luck, not other assumptions.")
    if folder:
        says(f"Written to {folder}")


def _cell(rows: pl.DataFrame, arm: str, against: str) -> str:
    found = rows.filter(arm=arm, against=against)
    if found.is_empty() or found["value"][0] is None:
        return ""
    share = found["unit"][0] == "share"
    low, value, high = (
        None if x is None else x * (100 if share else 1) for x in (found["low"][0], found["value"][0], found["high"][0])
    )
    digits, sign = (1 if share else 0), "+" if against and found["table"][0] != "offset" else ""
    assert value is not None
    interval = "" if not against or low is None else f" ({low:{sign},.{digits}f} to {high:{sign},.{digits}f})"
    return f"{value:{sign},.{digits}f}{interval}"


def _json(plan: Trial, tables: pl.DataFrame, folder: str | None) -> str:
    from cli.about import json_text

    return json_text({**plan.design(), "tables": tables.to_dicts(), "out": folder})

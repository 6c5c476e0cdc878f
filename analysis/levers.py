"""How strategies differ: the levers that do not stand alike, phase by phase."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.units import EUROS, Units
from analysis.words import amount, money, number, per_cent_of, plain
from scenarios.grants_here import Grants
from scenarios.language import N_, say
from scenarios.levers import GROUPS, Lever, load_levers
from scenarios.scenario import Scenario
from scenarios.strategy import Strategy

NO_MONEY = N_("no grants, for want of money")
Course = tuple[tuple[int, float], ...]  # (month of the programme, value from then on), only where it changes


@dataclass(frozen=True, slots=True)
class LeverRow:
    """One lever in several strategies: its course in each, and how long each programme lasts."""

    lever: Lever
    settings: Mapping[str, Course]
    durations: Mapping[str, float]

    def text(self, scenario: str) -> str:
        """50%; 42% from month 24"""
        first, *later = self.settings[scenario]
        after = [say("{value} from month {month}", value=shown(self.lever, value), month=m) for m, value in later]
        return "; ".join([shown(self.lever, first[1]), *after])

    def rests(self, scenario: str) -> bool:
        """At rest all the time."""
        return self.settings[scenario] == ((0, self.lever.rest),)


def shown(lever: Lever, value: float) -> str:
    """A lever's value with its unit: 42%, EUR 50,000, 24 months, 2 a year, 0.5."""
    if lever.unit.startswith("share"):
        return per_cent_of(plain(100 * value))
    if lever.unit.startswith("EUR"):
        return amount(plain(value), EUROS)
    text = plain(value)
    if lever.unit == "months":
        return say("{months} months", months=text)
    return say("{number} a year", number=text) if lever.unit in ("cycles a year", "grants a year") else text


def grants_said(grants: Sequence[Grants], units: Units = EUROS) -> str:
    """ "24 grants a year of EUR 67,000 each; from month 24, 24 a year of EUR 61,000 each"; "" where none are meant.

    At the size of the real place, whatever part of it `units` are about.
    """
    real = replace(units, scale=1.0)
    said: list[str] = []
    for one in grants:
        many = number(one.a_year, 0 if one.a_year == round(one.a_year) else 1)
        text = say("{many} grants a year of {money} each", many=many, money=money(one.amount, real))
        text = text if one.amount else say(NO_MONEY)
        said.append(say("from month {month}, {grants}", month=one.begins, grants=text) if said else text)
    return "; ".join(said)


def grants_meant(scenario: Scenario) -> float:
    """How many grants a strategy means to give over its programme, in the whole place."""
    if scenario.programme is None:
        return 0.0
    first, last = scenario.programme
    ends = [*(begins for begins, _ in scenario.phases), min(last, scenario.months) - first + 1]
    terms = (
        (one.a_year / 12, one.begins, min((end for end in ends if end > one.begins), default=one.begins))
        for one in scenario.grants
    )  # a phase that begins when the run is over gives nothing
    return sum(a_month * (end - begins) for a_month, begins, end in terms)


def lever_rows(strategies: Mapping[str, Strategy], overrides: Mapping[str, float] | None = None) -> list[LeverRow]:
    """The levers in which these strategies differ; of a single one, those that are not at rest all the time."""
    phases = {name: strategy.settings(overrides) for name, strategy in strategies.items()}
    durations = {name: settings[0][1]["duration"] for name, settings in phases.items()}
    rows = []
    for lever in sorted(load_levers().values(), key=lambda lever: GROUPS.index(lever.group)):
        found = {name: _course([(month, values[lever.name]) for month, values in settings])
                 for name, settings in phases.items()}  # fmt: skip
        usual = {((0, lever.rest),)} if len(found) == 1 else {next(iter(found.values()), None)}
        if set(found.values()) != usual:
            rows.append(LeverRow(lever, found, durations))
    return rows


def _course(points: list[tuple[int, float]]) -> Course:
    return tuple(point for i, point in enumerate(points) if i == 0 or point[1] != points[i - 1][1])

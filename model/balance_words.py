"""What does not agree in a place's figures, in plain English, with the figures to look at, and no names of a file."""

from collections.abc import Iterator
from typing import Any

from model.balance import Balance

SEEN, FEW = 0.02, 3.0  # of a count, and people: what moves less in two years is not told
NEVER_SEEN = 0.01  # share of empty beds or untaken homes that is not told
TWO_YEARS = 24


def words(found: Balance, p: Any) -> list[str]:
    """One sentence for each thing that does not agree; an empty list if all does.

    p: the row of parameters that was balanced.
    """
    return [*_unsolved(found), *_stocks(found, p), *_supply(found, p), *_dead(p)]


def stands_still(found: Balance) -> bool:
    """Hidden people and those on the street stay as counted: `words` has nothing to tell of how they move."""
    return not (_hidden_moves(found) or _street_moves(found))


def _hidden_moves(found: Balance) -> bool:
    return _moves(found.imbalance["hidden"], found.counts.hidden)


def _street_moves(found: Balance) -> bool:
    return _moves(found.street_settles - found.counts.unserved, found.counts.unserved * TWO_YEARS)


def number(x: float) -> str:
    """A figure as people write it: 1,250, 45, 4.5."""
    return f"{x:,.0f}" if abs(x) >= 10.0 or x == round(x) else f"{x:.1f}"


def time(months: float) -> str:
    """About how long: 'five months', 'three years'."""
    if months < 18.0:
        whole = max(round(months), 1)
        return "a month" if whole == 1 else f"{_count(whole)} months"
    return f"{_count(round(months / 12.0))} years"


def _count(n: int) -> str:
    small = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return small[n] if n < len(small) else f"{n:,}"


def _moves(people: float, count: float) -> bool:
    return abs(people) * TWO_YEARS > max(SEEN * count, FEW)


def _unsolved(found: Balance) -> Iterator[str]:
    if found.error > SEEN:
        yield ("No rates were found under which all counts of this place stand together; the run begins with the "
               "nearest ones, and stocks will move.")  # fmt: skip


def _stocks(found: Balance, p: Any) -> Iterator[str]:
    counts, moves = found.counts, found.imbalance
    size = abs(moves["hidden"])
    if _hidden_moves(found):
        rate = f"falls by {number(size)} people a month, to none in {time(counts.hidden / size)}"
        if moves["hidden"] > 0.0:
            doubles = f" and doubles in {time(counts.hidden / size)}" if counts.hidden > 0.0 else ""
            rate = f"grows by {number(size)} people a month{doubles}"
        yield (f"With these figures hidden homelessness {rate}: check the {number(counts.inflow)} new people a month "
               f"against {number(counts.homes)} homes a month, and the {p.hidden_ratio:g} people hidden homeless "
               "for each crisis resident.")  # fmt: skip
    if _street_moves(found):
        yield (f"With these figures people on the street do not stay {number(counts.unserved)} but become about "
               f"{number(found.street_settles)}: check both these {number(counts.unserved)} and that "
               f"{100 * p.inflow_unserved:g}% of {number(counts.inflow)} new people a month begin there.")  # fmt: skip


def _supply(found: Balance, p: Any) -> Iterator[str]:
    counts = found.counts
    if found.beds_empty > NEVER_SEEN * counts.crisis:
        yield (f"{number(found.beds_empty)} of {number(counts.crisis)} crisis beds stay empty, although everybody who "
               f"asks gets one: check the {number(p.crisis_beds)} crisis beds, and that "
               f"{100 * p.crisis_stock_share:g}% are in use, against {number(counts.inflow)} new people "
               "a month.")  # fmt: skip
    if _moves(max(found.imbalance["crisis"], 0.0), counts.crisis):
        yield (f"Beds follow need by right, and {number(found.imbalance['crisis'])} people a month "
               f"more ask than these beds hold, however seldom people ask in the ranges: check the "
               f"{number(p.crisis_beds)} crisis beds against {number(counts.inflow)} new people a month.")  # fmt: skip
    if found.places_empty > NEVER_SEEN * counts.reform:
        yield (f"{number(found.places_empty)} of {number(counts.reform)} reformed places stay empty, although "
               f"everybody who is put forward gets an offer: check these {number(counts.reform)} places, "
               f"and that a professional puts somebody forward with a chance of {p.refer_base:g} a month.")  # fmt: skip
    if found.homes_untaken > NEVER_SEEN * counts.homes:
        yield (f"{number(found.homes_untaken)} of {number(counts.homes)} homes a month are taken by nobody, although "
               f"everybody who waits gets one: check these {number(counts.homes)} homes against "
               f"{_waiting(counts, p)}.")  # fmt: skip
    if counts.under_six is not None and abs(found.predicted["under_six"] - counts.under_six) > SEEN:
        yield (f"{found.predicted['under_six']:.0%} of residents have been there for less than six months, not "
               f"{counts.under_six:.0%} as published, however often long stays end without a home: "
               f"check {number(counts.inflow)} new people a month against {number(p.crisis_beds)} crisis "
               "beds.")  # fmt: skip
    if counts.year_count is not None and abs(found.predicted["year_count"] / counts.year_count - 1.0) > SEEN:
        yield (f"{number(found.predicted['year_count'])} different people are in crisis beds or on the street in a "
               f"year, not {number(counts.year_count)} as published, however many newcomers are short "
               f"stayers: check the {number(counts.inflow)} new people a month.")  # fmt: skip


def _waiting(counts: Any, p: Any) -> str:
    """Who waits for homes, as a figure to look at."""
    if p.home_weight_long > 0.0:
        return f"{number(counts.crisis)} people in crisis beds"
    return "the assumption that nobody who stays long moves to a home without support"


def _dead(p: Any) -> Iterator[str]:
    """What does nothing here, because the place has none of what it is about."""
    if p.reform_places <= 0.0:
        yield "There are no reformed places: nothing that is assumed of them matters here until some are opened."
    if p.secure_supply <= 0.0:
        yield "No homes become free: who comes first for one does not matter here."
    if p.inflow_unserved <= 0.0 and p.hidden_to_street <= 0.0 and p.crisis_to_street <= 0.0:
        yield "Nobody comes to the street: nothing that is assumed of people there matters here."

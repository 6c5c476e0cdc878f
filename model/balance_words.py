"""What does not agree in a place's figures, in plain English, naming the figures to look at."""

from collections.abc import Iterator
from typing import Any

from model.balance import Balance

SEEN, FEW = 0.02, 3.0  # of a count, and people: what moves less in two years is not told
NEVER_SEEN = 0.01  # share of empty beds or untaken homes that is not told
TWO_YEARS = 24
NAMES = {"hidden": "hidden homelessness", "unserved": "the number of people on the street"}
# Parameters without effect where a place has none of something, as long as nobody opens it.
OF_PLACES = ("lose_home_first_year", "lose_home_later", "changes_home", "rehouse", "support_ends", "looking_ends",
             "reform_priority", "refer_base", "hidden_reached")  # fmt: skip
OF_HOMES = ("home_weight_long", "home_weight_hidden", "reform_priority")
OF_STREET = ("seek_street", "accept_bed", "resolve_street", "street_to_hidden")


def words(found: Balance, p: Any) -> list[str]:
    """One sentence for each thing that does not agree, the largest first; an empty list if all does.

    p: the row of parameters that was balanced.
    """
    return [*_stocks(found, p), *_supply(found, p), *_dead(p)]


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


def _stocks(found: Balance, p: Any) -> Iterator[str]:
    counts = found.counts
    look = {
        "hidden": f"check inflow {number(counts.inflow)} a month against homes {number(counts.homes)} a month, and "
                  f"hidden_ratio {p.hidden_ratio:g}",
        "unserved": f"check rough_stock {number(counts.unserved)} against inflow_unserved {p.inflow_unserved:g} of "
                    f"inflow {number(counts.inflow)} a month",
    }  # fmt: skip
    moving = [
        (abs(found.imbalance[name]), name) for name in NAMES if _moves(found.imbalance[name], getattr(counts, name))
    ]
    for size, name in sorted(moving, reverse=True):
        count = getattr(counts, name)
        does = "grows" if found.imbalance[name] > 0.0 else "falls"
        rate = f"{does} by {number(size)} people a month"
        if does == "falls":
            rate += f", to none in {time(count / size)}" if count > 0.0 else ""
        elif count > 0.0:
            rate += f" and doubles in {time(count / size)}"
        yield f"With these figures {NAMES[name]} {rate}, whatever the unpublished rates in their ranges: {look[name]}."


def _supply(found: Balance, p: Any) -> Iterator[str]:
    counts = found.counts
    if found.beds_empty > NEVER_SEEN * counts.crisis:
        yield (f"{number(found.beds_empty)} of {number(counts.crisis)} crisis beds stay empty, although everybody who "
               f"asks gets one: check crisis_beds {number(p.crisis_beds)} and crisis_stock_share "
               f"{p.crisis_stock_share:g} against inflow {number(counts.inflow)} a month.")  # fmt: skip
    if found.places_empty > NEVER_SEEN * counts.reform:
        yield (f"{number(found.places_empty)} of {number(counts.reform)} reformed places stay empty, although everybody "
               f"who is put forward gets an offer: check reform_places {number(counts.reform)} and refer_base "
               f"{p.refer_base:g}.")  # fmt: skip
    if found.homes_untaken > NEVER_SEEN * counts.homes:
        yield (f"{number(found.homes_untaken)} of {number(counts.homes)} homes a month are taken by nobody, although "
               f"everybody who waits gets one: check secure_supply {number(counts.homes)} a month against "
               f"{number(counts.crisis)} people in crisis beds.")  # fmt: skip
    if counts.under_six is not None and abs(found.predicted["under_six"] - counts.under_six) > SEEN:
        yield (f"{found.predicted['under_six']:.0%} of residents have been there for less than six months, not "
               f"{counts.under_six:.0%} as published, whatever drift_out in its range: check inflow "
               f"{number(counts.inflow)} a month against crisis_beds {number(p.crisis_beds)}.")  # fmt: skip
    if counts.year_count is not None and abs(found.predicted["year_count"] / counts.year_count - 1.0) > SEEN:
        yield (f"{number(found.predicted['year_count'])} different people are in crisis beds or on the street in a year, "
               f"not {number(counts.year_count)} as published, whatever short_share in its range: check inflow "
               f"{number(counts.inflow)} a month.")  # fmt: skip


def _dead(p: Any) -> Iterator[str]:
    """What does nothing here, because the place has none of what it is about."""
    if p.reform_places <= 0.0:
        yield f"There are no reformed places: {_list(OF_PLACES)} do nothing here until some are opened."
    if p.secure_supply <= 0.0:
        yield f"No homes become free: {_list(OF_HOMES)} do nothing here."
    if p.inflow_unserved <= 0.0 and p.hidden_to_street <= 0.0 and p.crisis_to_street <= 0.0:
        yield f"Nobody comes to the street: {_list(OF_STREET)} do nothing here."


def _list(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"

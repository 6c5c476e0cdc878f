"""What may be said about money, in the domain's own words.  Numbers: analysis/money.py."""

from __future__ import annotations

from analysis.comparison import Comparison
from analysis.money import ALL, YEAR, Bought, Flow, Gap, Period, Savings, by_year, monthly
from analysis.units import EUROS, Units
from analysis.words import RUNS, listed, money, number, plain
from scenarios.domains import Domain
from scenarios.scenario import NOBODY

COST = "spend_to_date"
IN_FULL = 2  # strategies that one headline can speak of
PERIODS = {"all": "the whole run", "before": "before the programme", "during": "while the programme runs",
           "after": "after the programme"}  # fmt: skip


def inside(text: str, domain: Domain) -> str:
    """A title of analysis/money.py in the domain's words, inside a sentence."""
    return domain.says(text) if "{" in text else domain.own(text)


def told(text: str, domain: Domain) -> str:
    """The same with a capital letter."""
    said = inside(text, domain)
    return said[:1].upper() + said[1:]


def span(months: int) -> str:
    """10 years, or 80 months."""
    return f"{months // YEAR} years" if months % YEAR == 0 and months > YEAR else f"{months} months"


def millions(euros: float | None, sign: bool = False, units: Units = EUROS) -> str:
    """Millions of the place's money, with as many decimals as tell them apart."""
    return number(None if euros is None else units.amount(euros) / 1e6, 2, sign)


def thousands(euros: float, units: Units = EUROS) -> str:
    """Thousands of the place's money."""
    return number(units.amount(euros) / 1e3)


def ends(gap: Gap, by: float = 1.0, digits: int = 0) -> str:
    """+1,234 to +5,678, or that there is none; `by`: what the numbers are multiplied with."""
    if gap.low is None or gap.high is None:
        return "none"
    return f"{number(gap.low * by, digits, sign=True)} to {number(gap.high * by, digits, sign=True)}"


def _costs(gap: Gap, units: Units) -> str:
    if gap.clear == 0:
        return "costs neither more nor less that these runs can tell"
    return f"costs {money(abs(gap.mean), units)} {'more' if gap.clear > 0 else 'less'}"


def _buys(gap: Gap, what: str, units: Units) -> str:
    if gap.clear == 0:
        return f"no more and no fewer months of {what} that these runs can tell"
    return f"{number(units.people(abs(gap.mean)))} {'more' if gap.clear > 0 else 'fewer'} months of {what}"


def headline(compared: Comparison, found: dict[str, Bought], months: int) -> str:
    """What each strategy costs more than no foundation over the run, and how many secure months that buys."""
    what, units = compared.domain.words["secure_outcome"], compared.units
    if not found:
        return f"Over {span(months)} everybody together spends {money(nobody_spends(compared, months), units)}."
    opening = f"Over {span(months)}, all payers together and against no foundation"
    if len(found) <= IN_FULL:
        said = [f"{compared.titles[name]} {_costs(one.more_euros, units)} and buys "
                f"{_buys(one.more_months, what, units)}" for name, one in found.items()]  # fmt: skip
        return f"{opening}: {'; '.join(said)}."
    costs = sorted(one.more_euros.mean for one in found.values())
    most = max(found, key=lambda name: found[name].more_months.mean)
    return (f"{opening}, {len(found)} strategies cost between {millions(costs[0], True, units)} and "
            f"{millions(costs[-1], True, units)} million {units.currency}; the most "
            f"months of {what} come with {compared.titles[most]}: "
            f"{_buys(found[most].more_months, what, units)}.")  # fmt: skip


def nobody_spends(compared: Comparison, months: int) -> float:
    """EUR over the run without a foundation, mean."""
    values = monthly(compared.summary, NOBODY, ALL)[:, 1 : months + 1]
    return float(values.sum(axis=1).mean())


def yearly(compared: Comparison) -> str:
    """What the stacked bars show."""
    first, *_, last = by_year(monthly(compared.summary, NOBODY, ALL))
    amounts = [money(year, compared.units) for year in (first, last)]
    text = f"Without a foundation everybody spends {amounts[0]} in the first year and {amounts[1]} in the last."
    said = []
    for name in compared.names:
        own = by_year(monthly(compared.summary, name, ALL))
        said.append(f"{compared.titles[name]} {number(100 * (own[-1] / last - 1), 1, sign=True)}%")
    return f"{text} In the last year against that: {listed(said)}." if said else text


def apart(compared: Comparison, gaps: dict[str, Gap]) -> str:
    """What the totals differ by."""
    units = compared.units
    by, of = units.amount(1e-6), f"million {units.currency}"
    said = [f"{compared.titles[name]} {_costs(gap, units)} ({ends(gap, by, 2)} {of})" for name, gap in gaps.items()]
    return f"Against no foundation, all payers together: {'; '.join(said)}."


def verdict(compared: Comparison, name: str) -> str:
    """The word for what all payers have spent by the last moment."""
    return compared.contrast(name, NOBODY, COST, compared.when[-1]).verdict or "not carried out"


def verdicts(compared: Comparison) -> str:
    """Each strategy's word for what all payers spend, and when it was read."""
    said = []
    for name in compared.names:
        word = verdict(compared, name)
        said.append(f"{compared.titles[name]} is {word}" + (f" ({RUNS})" if word == "not known" else ""))
    if not said:
        return ""
    return (f"On what all payers spend, {compared.after(compared.when[-1])} and against no foundation (less is "
            f"better), {listed(said)}.")  # fmt: skip


def extra(compared: Comparison, name: str, one: Bought) -> str:
    """What one more secure month costs, or why nobody can say."""
    what, title = compared.domain.words["secure_outcome"], compared.titles[name]
    if one.extra is None:
        return f"{title}: no price of one more month of {what}, because these runs do not show that there are more."
    price, low, high = (compared.units.per_euro * end for end in (one.extra.value, one.extra.low, one.extra.high))
    return (f"{title}: {compared.units.currency} {number(price)} for each month of {what} more "
            f"({number(low)} to {number(high)}).")  # fmt: skip


def prices(compared: Comparison) -> list[str]:
    """`for_each_more` of every strategy, and of what stands beside them."""
    return [for_each_more(compared, name) for name in (*compared.names, *compared.controls)]


def for_each_more(compared: Comparison, name: str) -> str:
    """What all payers have paid more by the last moment for each person more who then has a secure outcome."""
    what, title = compared.domain.says("{a secure_outcome}"), compared.titles[name]
    found = compared.for_each_more(name)
    if name in compared.not_carried_out:
        return f"{title}: it could not be carried out, so that there is no price of one more person with {what}."
    if found is None:
        return (f"{title}: no price of one more person with {what}, because it is not clear that there are "
                f"more.")  # fmt: skip
    price, low, high = (number(compared.units.per_euro * end) for end in (found.value, found.low, found.high))
    less = " Below 0: all payers pay less." if found.low < 0 else ""
    return (f"{title}: {compared.units.currency} {price} for each additional person with {what} ({low} to {high}): all "
            f"that payers have paid more, by how many more people have one {compared.after(compared.when[-1])}."
            f"{less}")  # fmt: skip


def purposes(compared: Comparison, spent: dict[str, float], unspent: dict[str, float]) -> str:
    """What the programmes spent, and what they still have."""
    said = []
    for name in compared.names:
        left = unspent[name]
        more = f" and has {money(left, compared.units)} left" if left >= 0.5 else ""
        said.append(f"{compared.titles[name]} spends {money(spent[name], compared.units)}{more}")
    return f"{'; '.join(said)}. Bridge money counts here when providers receive it."


def saved(compared: Comparison, found: dict[str, Savings]) -> str:
    """What the pair of charts shows, at the end of the run."""
    units = compared.units
    said = [f"{compared.titles[name]} {money(one.cashed[-1], units)} to spend and {money(one.kept[-1], units)} not"
            for name, one in found.items() if one.cashed[-1] + one.kept[-1] >= 0.5]  # fmt: skip
    if not said:
        return compared.domain.says("No {crisis_places} close for good in these runs, so that nothing is saved by it.")
    closed = compared.domain.says("{crisis_places} closed so far")
    return f"From {closed}, a year at the end of the run: {'; '.join(said)}."


def saving_rule(compared: Comparison) -> str:
    """Why an average cost is not a saving.  The share is the model's own number and says what it is."""
    domain, numbers = compared.domain, compared.first.parameters()[0]
    share, lump = 100 * float(numbers["cashable"]), float(numbers["closure_lump"])
    return domain.says(
        f"An average cost divides the whole bill by all {{crisis_places}}. One that stays empty saves next to nothing: "
        f"posts and buildings are paid as before. Money is freed only when a whole lump closes (in the real place "
        f"{plain(lump)}; assumption), "
        f"and even then by default {plain(share)}% of what they cost can be spent on something else (assumption: no "
        f"published number was found). The rest goes elsewhere."
    )


def elsewhere(compared: Comparison, found: dict[str, Savings]) -> str:
    """What other services cost less or more, which nobody can spend either."""
    said = []
    for name, one in found.items():
        gap = one.elsewhere
        if gap.clear == 0:
            said.append(f"{compared.titles[name]} neither more nor less that these runs can tell")
        else:
            amount = money(abs(gap.mean), compared.units)
            said.append(f"{compared.titles[name]} {amount} {'less' if gap.clear > 0 else 'more'}")
    if not said:
        return ""
    return (f"Health, justice and other services over the whole run, against no foundation: {'; '.join(said)}. They "
            f"are booked at an assumed cost per person; where it falls, people are better off, but no budget falls "
            f"with it.")  # fmt: skip


def flowing(flow: Flow, domain: Domain, few: int = 3, units: Units = EUROS) -> str:
    """Of every 100 of the place's money, what the most goes to."""
    total = sum(flow.out_of(key) for key in flow.stage(0))
    if total <= 0:
        return "No money flows here."
    said = [f"{number(100 * flow.into(key) / total, 1)} to {inside(flow.nodes[key][1], domain)}"
            for key in flow.stage(2)[:few]]  # fmt: skip
    return f"{money(total, units)} in all. Of every {units.currency} 100 go {listed(said)}."


def when(period: Period) -> str:
    """Months 13 to 72."""
    return f"months {period[0]} to {period[1]}"


def rows_of(flow: Flow, domain: Domain, units: Units = EUROS) -> list[list[str]]:
    """The flow as a table: from, to, thousands of the place's money."""
    ordered = sorted(flow.links, key=lambda link: (flow.nodes[link[0]][0], -link[2]))
    return [[told(flow.nodes[start][1], domain), told(flow.nodes[to][1], domain), thousands(euros, units)]
            for start, to, euros in ordered]  # fmt: skip

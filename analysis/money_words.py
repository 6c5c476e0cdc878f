"""What may be said about money, in the domain's own words.  Numbers: analysis/money.py."""

from __future__ import annotations

from analysis.comparison import Comparison
from analysis.money import ALL, YEAR, Bought, Flow, Gap, Period, Savings, by_year, monthly
from analysis.units import EUROS, Units
from analysis.words import amount, from_to, in_words, listed, money, number, per_cent_of, plain
from scenarios.domains import Domain, capital
from scenarios.language import N_, say
from scenarios.scenario import NOBODY

COST = "spend_to_date"
IN_FULL = 2  # strategies that one headline can speak of
PERIODS = {"all": N_("the whole run"), "before": N_("before the programme"), "during": N_("while the programme runs"),
           "after": N_("after the programme")}  # fmt: skip


def inside(text: str, domain: Domain) -> str:
    """A title of analysis/money.py in the domain's words, inside a sentence."""
    return domain.says(text) if "{" in text else domain.own(text)


def told(text: str, domain: Domain) -> str:
    """The same with a capital letter."""
    return capital(inside(text, domain))


def span(months: int) -> str:
    """10 years, or 80 months."""
    if months % YEAR == 0 and months > YEAR:
        return say("{years} years", years=months // YEAR)
    return say("{months} months", months=months)


def millions(euros: float | None, sign: bool = False, units: Units = EUROS) -> str:
    """Millions of the place's money, with as many decimals as tell them apart."""
    return number(None if euros is None else units.amount(euros) / 1e6, 2, sign)


def thousands(euros: float, units: Units = EUROS) -> str:
    """Thousands of the place's money."""
    return number(units.amount(euros) / 1e3)


def ends(gap: Gap, by: float = 1.0, digits: int = 0) -> str:
    """+1,234 to +5,678, or that there is none; `by`: what the numbers are multiplied with."""
    if gap.low is None or gap.high is None:
        return say("none")
    return from_to(number(gap.low * by, digits, sign=True), number(gap.high * by, digits, sign=True))


def _costs(gap: Gap, units: Units) -> str:
    if gap.clear == 0:
        return say("costs neither more nor less that these runs can tell")
    sum_ = money(abs(gap.mean), units)
    return say("costs {money} more", money=sum_) if gap.clear > 0 else say("costs {money} less", money=sum_)


def _buys(gap: Gap, domain: Domain, units: Units) -> str:
    if gap.clear == 0:
        return domain.says("no more and no fewer months of {secure_outcome} that these runs can tell")
    n = number(units.people(abs(gap.mean)))
    if gap.clear > 0:
        return domain.says("{n} more months of {secure_outcome}", n=n)
    return domain.says("{n} fewer months of {secure_outcome}", n=n)


def headline(compared: Comparison, found: dict[str, Bought], months: int) -> str:
    """What each strategy costs more than no foundation over the run, and how many secure months that buys."""
    domain, units, time = compared.domain, compared.units, span(months)
    if not found:
        return say("Over {time} everybody together spends {money}.", time=time,
                   money=money(nobody_spends(compared, months), units))  # fmt: skip
    if len(found) <= IN_FULL:
        said = [say("{who} {costs} and buys {bought}", who=compared.titles[name], costs=_costs(one.more_euros, units),
                    bought=_buys(one.more_months, domain, units)) for name, one in found.items()]  # fmt: skip
        return say("Over {time}, all payers together and against no foundation: {strategies}.", time=time,
                   strategies="; ".join(said))  # fmt: skip
    costs = sorted(one.more_euros.mean for one in found.values())
    most = max(found, key=lambda name: found[name].more_months.mean)
    return domain.says(
        "Over {time}, all payers together and against no foundation, {count} strategies cost between {least} and "
        "{most} million {currency}; the most months of {secure_outcome} come with {who}: {bought}.",
        time=time, count=len(found), least=millions(costs[0], True, units), most=millions(costs[-1], True, units),
        currency=units.currency, who=compared.titles[most], bought=_buys(found[most].more_months, domain, units),
    )  # fmt: skip


def nobody_spends(compared: Comparison, months: int) -> float:
    """EUR over the run without a foundation, mean."""
    values = monthly(compared.summary, NOBODY, ALL)[:, 1 : months + 1]
    return float(values.sum(axis=1).mean())


def yearly(compared: Comparison) -> str:
    """What the stacked bars show."""
    first, *_, last = by_year(monthly(compared.summary, NOBODY, ALL))
    amounts = [money(year, compared.units) for year in (first, last)]
    text = say("Without a foundation everybody spends {first} in the first year and {last} in the last.",
               first=amounts[0], last=amounts[1])  # fmt: skip
    said = []
    for name in compared.names:
        own = by_year(monthly(compared.summary, name, ALL))
        said.append(f"{compared.titles[name]} {per_cent_of(number(100 * (own[-1] / last - 1), 1, sign=True))}")
    return f"{text} {say('In the last year against that: {strategies}.', strategies=listed(said))}" if said else text


def apart(compared: Comparison, gaps: dict[str, Gap]) -> str:
    """What the totals differ by."""
    units = compared.units
    by = units.amount(1e-6)
    said = [say("{who} {costs} ({range} million {currency})", who=compared.titles[name], costs=_costs(gap, units),
                range=ends(gap, by, 2), currency=units.currency) for name, gap in gaps.items()]  # fmt: skip
    return say("Against no foundation, all payers together: {strategies}.", strategies="; ".join(said))


def verdict(compared: Comparison, name: str) -> str:
    """The word for what all payers have spent by the last moment."""
    return compared.contrast(name, NOBODY, COST, compared.when[-1]).verdict or N_("not carried out")


def verdicts(compared: Comparison) -> str:
    """Each strategy's word for what all payers spend, and when it was read."""
    said = []
    for name in compared.names:
        one = compared.contrast(name, NOBODY, COST, compared.when[-1])
        word = say(verdict(compared, name)) if one.verdict is None else in_words(one)
        said.append(say("{who} is {verdict}", who=compared.titles[name], verdict=word))
    if not said:
        return ""
    return say("On what all payers spend, {when} and against no foundation (less is better), {strategies}.",
               when=compared.after(compared.when[-1]), strategies=listed(said))  # fmt: skip


def extra(compared: Comparison, name: str, one: Bought) -> str:
    """What one more secure month costs, or why nobody can say."""
    says, title = compared.domain.says, compared.titles[name]
    if one.extra is None:
        return says("{who}: no price of one more month of {secure_outcome}, because these runs do not show that there "
                    "are more.", who=title)  # fmt: skip
    price, low, high = (
        number(compared.units.per_euro * end) for end in (one.extra.value, one.extra.low, one.extra.high)
    )
    return says("{who}: {price} for each month of {secure_outcome} more ({range}).", who=title,
                price=amount(price, compared.units), range=from_to(low, high))  # fmt: skip


def prices(compared: Comparison) -> list[str]:
    """`for_each_more` of every strategy, and of what stands beside them."""
    return [for_each_more(compared, name) for name in (*compared.names, *compared.controls)]


def for_each_more(compared: Comparison, name: str) -> str:
    """What all payers have paid more by the last moment for each person more who then has a secure outcome."""
    says, title = compared.domain.says, compared.titles[name]
    found = compared.for_each_more(name)
    if name in compared.not_carried_out:
        return says("{who}: it could not be carried out, so that there is no price of one more person with "
                    "{a secure_outcome}.", who=title)  # fmt: skip
    if found is None:
        return says("{who}: no price of one more person with {a secure_outcome}, because it is not clear that there "
                    "are more.", who=title)  # fmt: skip
    price, low, high = (number(compared.units.per_euro * end) for end in (found.value, found.low, found.high))
    text = says("{who}: {price} for each additional person with {a secure_outcome} ({range}): all that payers have "
                "paid more, by how many more people have one {when}.", who=title, price=amount(price, compared.units),
                range=from_to(low, high), when=compared.after(compared.when[-1]))  # fmt: skip
    return f"{text} {say('Below 0: all payers pay less.')}" if found.low < 0 else text


def purposes(compared: Comparison, spent: dict[str, float], unspent: dict[str, float]) -> str:
    """What the programmes spent, and what they still have."""
    said = []
    for name in compared.names:
        left = unspent[name]
        own = {"who": compared.titles[name], "spent": money(spent[name], compared.units)}
        if left >= 0.5:
            said.append(say("{who} spends {spent} and has {left} left", **own, left=money(left, compared.units)))
        else:
            said.append(say("{who} spends {spent}", **own))
    return f"{'; '.join(said)}. {say('Bridge money counts here when providers receive it.')}"


def saved(compared: Comparison, found: dict[str, Savings]) -> str:
    """What the pair of charts shows, at the end of the run."""
    units = compared.units
    said = [
        say("{who} {cashed} to spend and {kept} not", who=compared.titles[name], cashed=money(one.cashed[-1], units),
            kept=money(one.kept[-1], units))
        for name, one in found.items() if one.cashed[-1] + one.kept[-1] >= 0.5
    ]  # fmt: skip
    if not said:
        return compared.domain.says("No {crisis_places} close for good in these runs, so that nothing is saved by it.")
    return compared.domain.says("From {crisis_places} closed so far, a year at the end of the run: {strategies}.",
                                strategies="; ".join(said))  # fmt: skip


def saving_rule(compared: Comparison) -> str:
    """Why an average cost is not a saving.  The share is the model's own number and says what it is."""
    domain, numbers = compared.domain, compared.first.parameters()[0]
    share, lump = 100 * float(numbers["cashable"]), float(numbers["closure_lump"])
    return domain.says(
        "An average cost divides the whole bill by all {crisis_places}. One that stays empty saves next to nothing: "
        "posts and buildings are paid as before. Money is freed only when a whole lump closes (in the real place "
        "{lump}; assumption), "
        "and even then by default {share}% of what they cost can be spent on something else (assumption: no "
        "published number was found). The rest goes elsewhere.",
        lump=plain(lump), share=plain(share),
    )  # fmt: skip


def elsewhere(compared: Comparison, found: dict[str, Savings]) -> str:
    """What other services cost less or more, which nobody can spend either."""
    said = []
    for name, one in found.items():
        gap = one.elsewhere
        if gap.clear == 0:
            said.append(say("{who} neither more nor less that these runs can tell", who=compared.titles[name]))
            continue
        own = {"who": compared.titles[name], "money": money(abs(gap.mean), compared.units)}
        said.append(say("{who} {money} less", **own) if gap.clear > 0 else say("{who} {money} more", **own))
    if not said:
        return ""
    return say("Health, justice and other services over the whole run, against no foundation: {strategies}. They are "
               "booked at an assumed cost per person; where it falls, people are better off, but no budget falls with "
               "it.", strategies="; ".join(said))  # fmt: skip


def flowing(flow: Flow, domain: Domain, few: int = 3, units: Units = EUROS) -> str:
    """Of every 100 of the place's money, what the most goes to."""
    total = sum(flow.out_of(key) for key in flow.stage(0))
    if total <= 0:
        return say("No money flows here.")
    said = [say("{part} to {purpose}", part=number(100 * flow.into(key) / total, 1),
                purpose=inside(flow.nodes[key][1], domain)) for key in flow.stage(2)[:few]]  # fmt: skip
    return say("{money} in all. Of every {currency} 100 go {parts}.", money=money(total, units),
               currency=units.currency, parts=listed(said))  # fmt: skip


def when(period: Period) -> str:
    """Months 13 to 72."""
    return say("months {first} to {last}", first=period[0], last=period[1])


def rows_of(flow: Flow, domain: Domain, units: Units = EUROS) -> list[list[str]]:
    """The flow as a table: from, to, thousands of the place's money."""
    ordered = sorted(flow.links, key=lambda link: (flow.nodes[link[0]][0], -link[2]))
    return [[told(flow.nodes[start][1], domain), told(flow.nodes[to][1], domain), thousands(euros, units)]
            for start, to, euros in ordered]  # fmt: skip

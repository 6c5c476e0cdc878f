"""`unfreeze person ID A B`: one person's life under two strategies, side by side, month by month where it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.options import scenarios_of, world_options

if TYPE_CHECKING:
    from scenarios.domains import Domain
    from scenarios.lives import Life, Moment
    from scenarios.scenario import Scenario

ANYBODY = "any"
FELT = 0.05  # a change of trust or voice worth a line
FLAGS = {  # what is said when a flag goes up, and when it goes down
    "acute": ("an acute spell begins", "the acute spell ends"),
    "ready": ("ready to move on, waits for a home", ""),
    "involved": ("takes part in shaping the service", ""),
}


@click.command("person")
@click.argument("person", metavar="ID")
@click.argument("strategies", nargs=2, metavar="A B")
@world_options()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def person_command(
    person: str,
    strategies: tuple[str, str],
    place: str,
    world: str,
    people: int | None,
    months: int,
    seed: int,
    assignments: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell the life of person ID under strategies A and B: the same person, the same luck, two worlds.

    ID is a person's permanent number (people.parquet of unfreeze run --people has them all), or 'any': whoever's two
    lives differ most.  Only months with a change are shown; = in the second column means the same as in the first.

    \b
    EXAMPLES
      unfreeze person any status_quo user_centred
      unfreeze person any catalytic_philanthropy user_centred --people 2000 --seed 3
    """
    from cli.screen import progress, says
    from scenarios.lives import somebody, two_lives
    from scenarios.places import domain_of

    number = _number(person)
    a, b = scenarios_of(strategies, place, [world], people, months, seed, assignments)
    if number is None:
        with progress("looking for somebody") as bar:
            number = somebody(a, b, bar)
        if number is None:
            says(f"Nobody's life differs between {a.strategy.title} and {b.strategy.title}.")
            return
    with progress("two lives") as bar:
        lives = two_lives(a, b, number, bar)
    if as_json:
        click.echo(_json(number, a, b, lives))
    else:
        _print(number, a, b, lives, domain_of(a.place))


def _number(text: str) -> int | None:
    from engine.errors import BadInput

    if text.strip().lower() == ANYBODY:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise BadInput(f"'{text}' is not the number of a person", allowed=f"a whole number, or '{ANYBODY}'")
    return int(text)


def _print(number: int, a: Scenario, b: Scenario, lives: tuple[Life, Life], domain: Domain) -> None:
    from cli.screen import says, shows, size_of, table

    first = next(moment for moments in zip(*lives, strict=True) for moment in moments if moment.me is not None)
    says(f"Person {number} in {a.place.title} ({size_of(a)}; worldview {a.worldview.name}, seed {a.seed}).")
    says(_portrait(first, domain))
    told = [[_changes(before, now, domain) for before, now in zip([None, *life], life, strict=False)] for life in lives]
    made = table("month", a.strategy.title, b.strategy.title, left=3)
    apart = None
    for month, (one, other) in enumerate(zip(*told, strict=True)):
        if apart is None and _state(lives[0][month]) != _state(lives[1][month]):
            apart = month
        if one or other:
            made.add_row(str(month), one or "·", "=" if one == other else other or "·")
    shows(made)
    if apart is None:
        says("The two lives are the same to the last digit.")
    else:
        says(f"The two lives part in month {apart}.")
    for scenario, life in zip((a, b), lives, strict=True):
        says(f"{scenario.strategy.title}: {_summary(life, domain)}")


def _portrait(moment: Moment, domain: Domain) -> str:
    """Who this is, in words that do not change."""
    me = moment.me
    assert me is not None
    came = "in the system at month 0" if moment.month == 0 else f"arrives in month {moment.month}"
    wants = ", ".join(f"{domain.wants[name]} {me[f'wants_{name}']:.2f}" for name in domain.wants)
    carer = f" Has a {domain.words['carer']} who speaks up." if me.carer else ""
    mind = f"trust in services {me.trust:.2f}, voice {me.voice:.2f}"
    return f"Need {me.need:.2f} of 1; wants {wants}; {came}, {mind}.{carer}"


def _changes(before: Moment | None, now: Moment, domain: Domain) -> str:
    """What is new in this month, in words; "" if nothing is."""
    past, me = before.me if before else None, now.me
    if me is None:
        return f"gone: {now.gone}" if now.gone and past is not None else ""
    place = _place(me, domain)
    if past is None:
        return place if now.month == 0 else f"arrives: {place}"
    said = [place] if _place(past, domain) != place else []
    for flag, (up, down) in FLAGS.items():
        word = up if me[flag] > past[flag] else down if me[flag] < past[flag] else ""
        said += [domain.own(word)] if word else []
    for name in ("trust", "voice"):
        if abs(me[name] - past[name]) >= FELT:
            said.append(f"{name} {'rises' if me[name] > past[name] else 'falls'} to {me[name]:.2f}")
    return "; ".join(said)


def _place(me: Any, domain: Domain) -> str:
    from agents.service_user import PLACES

    where = domain.words[PLACES[me.place]]
    return f"{where}, provider {me.provider + 1}" if me.provider >= 0 else where


def _state(moment: Moment) -> Any:
    return None if moment.me is None else moment.me.tolist()


def _summary(life: Life, domain: Domain) -> str:
    """Months in each place, and how the person ended up trusting and speaking."""
    from agents.service_user import PLACES

    counts: dict[str, int] = {}
    last = None
    for moment in life[1:]:
        if moment.me is not None:
            last = moment.me
            name = PLACES[moment.me.place]
            counts[name] = counts.get(name, 0) + 1
    spent = ", ".join(f"{months} months {domain.words[name]}" for name, months in counts.items())
    mind = f"; trust {last.trust:.2f}, voice {last.voice:.2f} at the end" if last is not None else ""
    return f"{spent or 'not here'}{mind}."


def _json(number: int, a: Scenario, b: Scenario, lives: tuple[Life, Life]) -> str:
    import json

    from agents.service_user import PLACES
    from scenarios.lives import TOLD

    def row(moment: Moment) -> dict[str, Any]:
        me = moment.me
        if me is None:
            return {"month": moment.month, "gone": moment.gone}
        return {"month": moment.month, "place": PLACES[me.place], **{name: me[name].item() for name in TOLD[1:]}}

    found = {
        "person": number, "place": a.place.name, "world": a.worldview.name, "seed": a.seed,
        "lives": [{"strategy": one.strategy.name, "months": [row(moment) for moment in life]}
                  for one, life in zip((a, b), lives, strict=True)],
    }  # fmt: skip
    return json.dumps(found, indent=2, ensure_ascii=False)

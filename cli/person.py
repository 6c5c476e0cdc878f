"""`unfreeze person ID A B`: one person's life under two strategies, side by side, month by month where it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.options import Asked, scenario_options

if TYPE_CHECKING:
    from runs.lives import Life, Moment
    from scenarios.domains import Domain
    from scenarios.scenario import Scenario

ANYBODY = "any"


@click.command("person")
@click.argument("person", metavar="ID")
@click.argument("strategies", nargs=2, metavar="A B")
@scenario_options()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def person_command(person: str, strategies: tuple[str, str], as_json: bool, asked: Asked) -> None:
    """Tell the life of person ID under strategies A and B: the same person, the same luck, twice.

    ID is a person's permanent number (people.parquet of unfreeze run --people has them all), or 'any': whoever's two
    lives differ most.  Only months with a change are shown; = in the second column means the same as in the first.

    \b
    EXAMPLES
      unfreeze person any status_quo user_centred
      unfreeze person any catalytic_philanthropy user_centred --people 2000 --seed 3
    """
    from cli.screen import progress, says
    from runs.lives import somebody, two_lives
    from scenarios.places import domain_of

    number = _number(person)
    a, b = asked.scenarios(strategies)
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
    from analysis.lives import told
    from cli.screen import says, shows, size_of, table

    found = told(lives, domain)
    says(f"Person {number} in {a.place.title} ({size_of(a)}; worldview {a.worldview.name}, seed {a.seed}).")
    says(found.portrait)
    made = table("month", a.strategy.title, b.strategy.title, left=3)
    for month, one, other in found.rows:
        made.add_row(str(month), one or "·", "=" if one == other else other or "·")
    shows(made)
    if found.apart is None:
        says("The two lives are the same to the last digit.")
    else:
        later = "" if found.seen == found.apart else f", and in anything told here {_when(found.seen)}"
        says(f"The two lives part in month {found.apart}{later}.")
    for scenario, summary in zip((a, b), found.summaries, strict=True):
        says(f"{scenario.strategy.title}: {summary}")


def _when(month: int | None) -> str:
    return "never" if month is None else f"in month {month}"


def _json(number: int, a: Scenario, b: Scenario, lives: tuple[Life, Life]) -> str:
    from agents.service_user import SITUATIONS
    from cli.about import json_text
    from runs.lives import TOLD

    def row(moment: Moment) -> dict[str, Any]:
        me = moment.me
        if me is None:
            return {"month": moment.month, "gone": moment.gone}
        columns = {name: me[name].item() for name in TOLD[1:]}
        return {"month": moment.month, "situation": SITUATIONS[me.situation], **columns}

    found = {
        "person": number, "place": a.place.name, "worldview": a.worldview.name, "seed": a.seed,
        "lives": [{"strategy": one.strategy.name, "months": [row(moment) for moment in life]}
                  for one, life in zip((a, b), lives, strict=True)],
    }  # fmt: skip
    return json_text(found)

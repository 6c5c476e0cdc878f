"""The figures that decide who wins are those of the rules, and go where they are off."""

import pytest

from agents.funder import blueprint
from agents.programme import PROGRAMME
from agents.service_user import USER, fit
from analysis.decides import BLUEPRINT, CONVENTION, DIMENSIONS, WIDTH, figures, fit_at
from analysis.words import number
from evidence.quantities import inputs, values
from scenarios.domains import find_domain
from scenarios.places import bind, find_place

DOMAIN = find_domain("homelessness")


def now(**sets: float) -> dict[str, float]:
    row = values(*bind(find_place("dublin")), sets)[0]
    return {name: float(row[name]) for name in inputs()}


def test_the_blueprint_is_as_far_away_as_the_rule_puts_it() -> None:
    p = values(*bind(find_place("dublin")))[0]
    away = sum((blueprint(p, i) - p[f"wants_{one}_mean"]) ** 2 for i, one in enumerate(DIMENSIONS)) ** 0.5
    assert figures(now(), DOMAIN)[1].value == number(away, 2) != "0.00"


def test_fit_at_a_distance_is_the_rules_own() -> None:
    p, user, service = values(*bind(find_place("dublin")))[0], USER.empty(1)[0], PROGRAMME.empty(1)[0]
    user.wants_choice, service.design_choice = 0.8, 0.5
    assert fit_at(0.3, p.fit_width) == pytest.approx(fit(user, service, p), rel=1e-6)


def test_at_their_off_values_there_is_no_distance() -> None:
    wants = {f"convention_{one}": now()[f"wants_{one}_mean"] for one in DIMENSIONS}
    convention, imported, width = figures(now(context_gap=0, **wants), DOMAIN)
    assert (convention.value, imported.value) == ("0.00", "0.00")
    assert "fits by 1.00, by 1.00 at the narrow end" in width.off
    shipped = figures(now(), DOMAIN)[2].off
    narrow, wide = (number(fit_at(0.269, end), 2) for end in (inputs()["fit_width"].low, inputs()["fit_width"].high))
    assert f"by {narrow} at the narrow end" in shipped
    assert f"by {wide} at the wide end" in shipped


def test_every_number_of_a_figure_is_an_assumption_until_somebody_measures_it() -> None:
    """The page says that nobody has measured them."""
    made_of = [name for figure in figures(now(), DOMAIN) for name in figure.made_of]
    assert made_of == [*CONVENTION, *BLUEPRINT, *WIDTH]
    assert {inputs()[name].mark for name in made_of} == {"assumption"}


def test_the_words_are_the_domains() -> None:
    schools = find_domain("education")
    said = " ".join(f"{figure.title} {figure.off}" for figure in figures(now(), schools))
    assert schools.words["service_users"] in said
    assert schools.words["professionals"] in said
    assert DOMAIN.words["professionals"] not in said

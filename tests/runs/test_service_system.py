"""Our model in Mesa's own tools: sets, data collection, batches and SolaraViz, with the digits of every other run."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.datacollection import DataCollector

from agents.service_user import CRISIS, GONE, REFORM
from engine.errors import BadInput
from model.measures import HEADLINE, LATER, MEASURES
from runs.running import live
from runs.service_system import (
    Commissioner,
    Foundation,
    Manager,
    Professional,
    Programme,
    Provider,
    ServiceSystem,
    User,
)
from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.settings import read_settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

SMALL: dict[str, Any] = {"people": 600, "months": 24, "start": 2, "duration": 20}


@pytest.fixture
def system() -> ServiceSystem:
    """A small system, four months in."""
    model = ServiceSystem(**SMALL, rng=3)
    for _ in range(4):
        model.step()
    return model


def test_same_digits_as_every_other_run() -> None:
    """Every measure of every month, bit by bit, although rows were put in another order month after month."""
    settings = read_settings(["start=2", "duration=20"])
    plain = live(
        Scenario(find_strategy("hybrid"), find_place("dublin"), find_worldview("evidence"), 600, 24, 3, settings)
    )
    model = ServiceSystem("hybrid", **SMALL, rng=3)
    model.run_model()
    assert model.month == 24
    assert not model.running
    collected = model.datacollector.get_model_vars_dataframe()
    assert len(collected) == 25
    assert {*collected.columns} == {*MEASURES.fields, "seed"} - {*LATER}  # unknown in the month itself
    assert set(collected.pop("seed")) == {3}
    for name in collected.columns:
        assert np.array_equal(collected[name].to_numpy(), plain.measured[name]), name
    with pytest.raises(RuntimeError, match="24 months"):
        model.step()


def test_agents_by_type(system: ServiceSystem) -> None:
    kinds = system.agents_by_type
    assert (
        system.agent_types
        == list(kinds)
        == [User, Professional, Manager, Provider, Programme, Foundation, Commissioner]
    )
    assert len(kinds[User]) == system.world.system[0].living == (system.world.users["situation"] != GONE).sum()
    assert len(kinds[Manager]) == len(kinds[Provider]) == 13
    assert len(system.agents) == sum(map(len, kinds.values()))
    ids = system.agents.get("unique_id")
    assert len(set(ids)) == len(ids)


def test_select_groupby_agg_and_get(system: ServiceSystem) -> None:
    users = system.agents_by_type[User]
    tenants = users.select(where=lambda people: people.situation == REFORM)
    assert len(tenants) == system.measure("reform") == len(users.select(lambda user: user.situation == REFORM))
    assert users.agg("trust", np.mean) == pytest.approx(system.measure("trust"), abs=1e-6)
    by_situation = users.groupby("situation").agg("need", np.mean)
    assert by_situation[CRISIS] == np.mean(users.select(where=lambda people: people.situation == CRISIS).get("need"))
    assert (
        system.agents.select(agent_type=Provider).get("crisis_beds") == system.world.providers["crisis_beds"].tolist()
    )
    (foundation,), (commissioner,) = system.agents_by_type[Foundation], system.agents_by_type[Commissioner]
    assert foundation.purse == system.world.system[0].purse
    assert commissioner.budget == system.world.system[0].budget
    with pytest.raises(AttributeError):
        _ = commissioner.purse  # the funders do not see each other's books


def test_views_follow_people_whose_rows_move(system: ServiceSystem) -> None:
    before = {user.unique_id: user.need for user in system.agents_by_type[User]}
    kept = list(system.agents_by_type[User])
    for _ in range(5):
        system.step()
    here = set(system.agents_by_type[User].get("id"))
    assert 0 < len(here & set(before)) < len(before)
    for user in kept:
        if user.unique_id in here:
            assert user.need == before[user.unique_id]
        else:
            with pytest.raises(LookupError):
                _ = user.need


def test_mesas_own_data_collector(system: ServiceSystem) -> None:
    """Model, agent and agent-type reporters."""
    system.datacollector = DataCollector(
        model_reporters={"tenants": lambda model: model.measure("reform"), "month": "month"},
        agenttype_reporters={User: {"trust": "trust"}, Programme: {"fit": "fit_sum"}},
    )
    system.step()
    assert system.datacollector.get_model_vars_dataframe()["month"].tolist() == [5]
    people = system.datacollector.get_agenttype_vars_dataframe(User)
    assert people["trust"].mean() == pytest.approx(system.measure("trust"), abs=1e-6)
    everybody = ServiceSystem(**SMALL)
    everybody.datacollector = DataCollector(agent_reporters={"kind": lambda agent: type(agent).__name__})
    everybody.step()
    counts = everybody.datacollector.get_agent_vars_dataframe()["kind"].value_counts()
    assert counts["User"] == everybody.world.system[0].living
    assert counts["Commissioner"] == 1


def test_batch_run() -> None:
    """Mesa's batch_run over strategies and seeds: its last row is our own run's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = mesa.batch_run(
            ServiceSystem, {"strategy": ["status_quo", "user_centred"], **SMALL},
            rng=[5, 6], max_steps=12, data_collection_period=-1, display_progress=False,
        )  # fmt: skip
    assert len(found) == 4
    by = {(row["strategy"], row["rng"]): row for row in found}
    model = ServiceSystem("user_centred", **SMALL, rng=6)
    for _ in range(12):
        model.step()
    for name in HEADLINE:
        assert by["user_centred", 6][name] == model.measure(name)
    assert by["user_centred", 6]["trust_foundation"] != by["status_quo", 6]["trust_foundation"]
    assert by["status_quo", 5]["secure_people"] != by["status_quo", 6]["secure_people"]


def rows_of(parameters: dict[str, Any], **how: Any) -> list[dict[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `iterations` is an old name of Mesa's
        return mesa.batch_run(ServiceSystem, {**SMALL, "months": 30, **parameters}, max_steps=6,
                              display_progress=False, **how)  # fmt: skip


def test_no_seed_is_a_new_one_each_time_and_every_row_says_which() -> None:
    found = rows_of({}, iterations=3)
    assert len({row["seed"] for row in found}) == len({row["trust"] for row in found}) == 3
    again = ServiceSystem(**{**SMALL, "months": 30}, rng=found[1]["seed"])
    for _ in range(6):
        again.step()
    assert {name: again.measure(name) for name in HEADLINE} == {name: found[1][name] for name in HEADLINE}


def test_levers_parameters_and_seeds_are_ordinary_parameters_of_a_batch() -> None:
    found = rows_of({"seed": [5, np.int64(6)], "contact": [0.0, 0.3], "start": 0, "strategy": "homes"})
    assert [(row["seed"], row["contact"]) for row in found] == [(5, 0.0), (5, 0.3), (6, 0.0), (6, 0.3)]
    lived = ServiceSystem("homes", people=600, months=30, rng=6, contact=0.3, start=0, duration=20)
    assert lived.scenario_lived.parameters()[0]["contact"] == 0.3
    for _ in range(6):
        lived.step()
    assert found[3]["trust"] == lived.measure("trust") != found[1]["trust"]


def test_a_seed_may_be_all_that_numpy_takes() -> None:
    spawned = [ServiceSystem(**SMALL, rng=one).scenario_lived.seed for one in np.random.SeedSequence(1).spawn(2)]
    assert spawned == [
        ServiceSystem(**SMALL, rng=one).scenario_lived.seed for one in np.random.SeedSequence(1).spawn(2)
    ]
    assert spawned[0] != spawned[1]


def test_two_models_alive_at_once() -> None:
    """Nothing is shared: stepping one in turn with another changes neither."""
    alone = []
    for name in ("user_centred", "catalytic_philanthropy"):
        model = ServiceSystem(name, **SMALL, rng=4)
        for _ in range(10):
            model.step()
        alone.append(model.agents_by_type[User].get("trust"))
    one, two = (ServiceSystem(name, **SMALL, rng=4) for name in ("user_centred", "catalytic_philanthropy"))
    for _ in range(10):
        one.step()
        two.step()
    assert [model.agents_by_type[User].get("trust") for model in (one, two)] == alone
    assert alone[0] != alone[1]
    assert next(iter(one.agents_by_type[User])) not in two.agents_by_type[User]


def test_signature_is_what_mesas_visualisation_needs() -> None:
    """No **kwargs and no `scenario`: SolaraViz would rebuild the model with arguments we never named."""
    parameters = inspect.signature(ServiceSystem).parameters
    assert "rng" in parameters
    assert "scenario" not in parameters
    assert all(one.kind is one.POSITIONAL_OR_KEYWORD for one in parameters.values())


@pytest.mark.parametrize("wrong", [{"bugdet": 0.01}, {"rng": "one"}, {"rng": 1, "seed": 2}, {"seed": -1}])
def test_a_wrong_seed_or_setting_is_said(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        ServiceSystem(**{**SMALL, **wrong})


def test_bad_input_is_said() -> None:
    for wrong in (
        {"strategy": "user_centered"},
        {"people": 3},
        {"budget": 9},
        {"bugdet": 0.01},
        {"rng": "one"},
        {"rng": 1, "seed": 2},
        {"seed": -1},
        {"months": 20},
    ):
        with pytest.raises(BadInput):
            ServiceSystem(**{**SMALL, **wrong})


@pytest.mark.filterwarnings("ignore")  # of other people's packages
def test_solaraviz_renders_and_steps() -> None:
    """Rendered without a browser: sliders, a plot and a component of our own; then a month by its button."""
    import ipyvuetify
    import solara
    from mesa.visualization import SolaraViz, make_plot_component

    model = ServiceSystem(**SMALL, rng=3)

    def how_many(model: Any) -> Any:
        return solara.Text(f"{len(model.agents_by_type[User])} people in month {model.month}")

    sliders = {
        "people": {"type": "SliderInt", "value": 600, "min": 500, "max": 900, "step": 100, "label": "People"},
        "months": 24,
        "start": 2,
        "duration": {"type": "SliderInt", "value": 20, "min": 10, "max": 22, "step": 1, "label": "Months of it"},
    }
    page = SolaraViz(model, components=[make_plot_component("crisis"), how_many], model_params=sliders)
    _, rendered = solara.render(solara.AppLayout(children=[page]), handle_error=False)  # the buttons are at its side

    def shows(text: str) -> bool:
        return len(rendered.find(ipyvuetify.Html, children=[text]).widgets) == 1

    try:
        assert shows(f"{len(model.agents_by_type[User])} people in month 0")
        (step,) = (button for button in rendered.find(ipyvuetify.Btn).widgets if "Step" in button.children)
        step.click()
        assert model.month == 1
        assert shows(f"{len(model.agents_by_type[User])} people in month 1")
    finally:
        rendered.close()

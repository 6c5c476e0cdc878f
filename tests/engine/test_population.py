"""The face towards Mesa, on a toy model of two kinds of agents, with Mesa's own tools and next to Mesa's own sets."""

from __future__ import annotations

import copy
import gc
import pickle
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.agentset import AgentSet
from mesa.datacollection import DataCollector

from engine.population import SPAN, ColumnModel, Population, Populations, view_class
from engine.record import Rows, code, count, flag, identity, record, share

PERSON = record(
    "Person",
    id=identity("permanent number"),
    need=share("how much support somebody needs"),
    age=count("age", unit="months", bits=16),
    place=code("where somebody lives", ("street", "hostel", "home")),
)
WORKER = record(
    "Worker", belief=share("belief"), on_side=flag("is on side"), age=count("tenure", unit="months", bits=8)
)


class Greeter:
    """What a page may add to its views."""

    def greet(self, word: str = "hello") -> str:
        """Say something."""
        return f"{word} {self.unique_id}"  # type: ignore[attr-defined]


Person = view_class("Person", PERSON, base=Greeter, doc="Somebody.")
Worker = view_class("Worker", WORKER)


class Town(ColumnModel):
    """Everybody gets a month older; room is kept for twice as many people."""

    kinds = (Person, Worker)

    def __init__(self, people: int = 6, workers: int = 3, rng: Any = 1, agent_reporters: bool = False) -> None:
        super().__init__(rng=rng)
        self.people, self.workers, self.living = PERSON.empty(2 * people), WORKER.empty(workers), people
        self.people.id[:people] = 10 + np.arange(people)
        self.people.need[:people] = np.linspace(0, 1, people)
        self.people.place[:people] = np.arange(people) % 3
        self.datacollector = DataCollector(
            model_reporters={
                "mean_need": lambda town: town.agents_by_type[Person].agg("need", np.mean),
                "size": "size",
            },
            agent_reporters={"age": "age", "months": lambda agent: agent.age} if agent_reporters else None,
            agenttype_reporters={Person: {"need": "need"}, Worker: {"belief": "belief"}},
        )

    @property
    def size(self) -> int:
        """How many agents there are."""
        return len(self.agents)

    def rows_of(self, kind: type[Any]) -> Rows:
        """The living."""
        return self.people[: self.living] if kind is Person else self.workers  # type: ignore[return-value]

    def step(self) -> None:
        """A month."""
        self.people.age[: self.living] += 1
        self.workers.age += 1
        self.datacollector.collect(self)

    def leave(self, row: int) -> None:
        """Somebody goes, and the last one moves into the row."""
        self.living -= 1
        self.people[row] = self.people[self.living]


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def people(town: Town) -> Population:
    return town.agents_by_type[Person]


def ids(agents: Any) -> list[int]:
    return [agent.unique_id for agent in agents]


def test_views_are_mesa_agents_that_read_and_write_their_row(town: Town, people: Population) -> None:
    person = people[2]
    assert isinstance(person, mesa.Agent)
    assert isinstance(person, Person)
    assert (person.unique_id, person.need, person.model, person.pos) == (12, 0.4, town, None)
    assert type(person.age) is int
    person.need = 0.75
    town.people.age[2] = 99
    assert town.people.need[2] == 0.75
    assert person.age == 99
    assert person.greet() == "hello 12"
    assert person.random is town.random
    assert (repr(person), Person.__doc__) == ("<Person 12>", "Somebody.")
    assert Person.need.__doc__ == "how much support somebody needs (share)"
    with pytest.raises(AttributeError, match="cannot keep a 'nede'"):
        person.nede = 1.0
    with pytest.raises(AttributeError):
        person.nede  # noqa: B018


def test_making_views_registers_and_keeps_nothing(town: Town) -> None:
    before = len(list(town.agents))
    gc.collect()
    assert not [thing for thing in gc.get_objects() if type(thing) in (Person, Worker)]
    assert before == len(town.agents) == 9


def test_two_models_alive_at_once_share_nothing() -> None:
    one, other = Town(people=4), Town(people=5)
    agent, twin = one.agents_by_type[Person][0], other.agents_by_type[Person][0]
    agent.need = 0.9
    one.agents.set("age", 7)
    one.step()
    assert (agent.need, twin.need) == (0.9, 0.0)
    assert (agent.age, twin.age) == (8, 0)
    assert (len(one.agents), len(other.agents)) == (7, 8)
    assert agent != twin
    assert agent in one.agents
    assert twin not in one.agents


def test_views_are_equal_when_they_are_of_the_same_agent(people: Population) -> None:
    assert people[1] == people[1]
    assert len({people[1], people[1], people[2]}) == 2
    assert people[1] != people[2]
    assert people[1] != "somebody"


def test_unique_ids_are_unique_in_the_model(town: Town) -> None:
    assert ids(town.agents) == [10, 11, 12, 13, 14, 15, SPAN, SPAN + 1, SPAN + 2]


def test_a_view_finds_its_row_again_and_notices_that_somebody_left(town: Town, people: Population) -> None:
    first, last = people[0], people[5]
    some = people.select(where=lambda rows: rows.need >= 0.4)
    town.leave(0)
    last.need = 0.123
    assert town.people[0].need == 0.123
    assert ids(some) == [12, 13, 14, 15]
    assert ids(people) == [15, 11, 12, 13, 14]
    assert first not in people
    with pytest.raises(LookupError, match="<Person 10> is not in the model any more"):
        first.need  # noqa: B018
    town.leave(1)
    town.leave(1)
    assert ids(some) == [12, 13, 15]  # in their old order
    town.living = 0
    assert (len(some), len(people)) == (0, 0)
    with pytest.raises(LookupError):
        last.need  # noqa: B018


def test_who_comes_and_goes_is_decided_in_the_month(town: Town, people: Population) -> None:
    for refused in (people[0].remove, lambda: people.add(people[0]), lambda: people.discard(people[0])):
        with pytest.raises(TypeError, match="only the month"):
            refused()
    with pytest.raises(TypeError, match="only rows are agents"):
        mesa.Agent(town)


@pytest.fixture
def mesas_own() -> mesa.Model:
    """The same six people as Mesa's own agents."""
    model = mesa.Model(rng=1)
    for row in Town().agents_by_type[Person].rows:
        agent = mesa.Agent(model)
        agent.number, agent.need, agent.age, agent.place = row.id, row.need, row.age, row.place
    return model


def numbers(agents: Any) -> list[int]:
    return [agent.number if hasattr(agent, "number") else agent.unique_id for agent in agents]


@pytest.mark.parametrize(
    "ask",
    [
        lambda a: numbers(a.select(lambda agent: agent.need > 0.3)),
        lambda a: numbers(a.select(at_most=2)),
        lambda a: numbers(a.select(at_most=0.5)),
        lambda a: numbers(a.select(lambda agent: agent.place == 2, at_most=1)),
        lambda a: numbers(a.select(agent_type=mesa.Agent)),
        lambda a: numbers(a.select(agent_type=Worker)),
        lambda a: numbers(a.select(lambda agent: agent.need > 0.3).select(lambda agent: agent.need < 0.7)),
        lambda a: a.get("need"),
        lambda a: a.get(["need", "place"]),
        lambda a: a.get("nede", handle_missing="default", default_value=-1),
        lambda a: a.get(["need", "nede"], "default"),
        lambda a: a.agg("need", max),
        lambda a: a.agg("place", [min, max, sum, np.mean]),
        lambda a: numbers(a.sort("place")),
        lambda a: numbers(a.sort("place", ascending=True)),
        lambda a: numbers(a.sort(lambda agent: (agent.place, agent.need))),
        lambda a: numbers(a.shuffle()),
        lambda a: [numbers(a.shuffle_do("step")), numbers(a.shuffle())],
        lambda a: a.map(lambda agent, add: agent.need + add, 1),
        lambda a: a.groupby("place").count(),
        lambda a: a.groupby("place").agg("need", max),
        lambda a: a.groupby(lambda agent: agent.need > 0.5, result_type="list").agg("need", sum),
        lambda a: a.groupby("place").map(len),
        lambda a: {key: numbers(group) for key, group in a.groupby("place")},
        lambda a: numbers(a.set("age", 5).select(lambda agent: agent.age == 5)),
        lambda a: numbers(a.to_list()[1:3]),
        lambda a: numbers(a & a.select(at_most=2)),
        lambda a: numbers(a - a.select(at_most=2)),
        lambda a: len(a.do(lambda agent: None)),
    ],
)
def test_answers_are_the_same_as_those_of_mesas_own_agents(ask: Any, people: Population, mesas_own: mesa.Model) -> None:
    own = AgentSet(mesas_own.agents, random=mesas_own.random)
    assert ask(people) == ask(own)


def test_missing_attributes_are_errors(people: Population) -> None:
    with pytest.raises(AttributeError):
        people.get("nede")
    with pytest.raises(AttributeError):
        people.set("nede", 1)
    with pytest.raises(ValueError, match="handle_missing"):
        people.get("need", handle_missing="sometimes")


def test_rows_can_be_selected_by_a_mask_or_a_function_of_the_columns(town: Town, people: Population) -> None:
    needy = people.select(where=lambda rows: rows.need > 0.5)
    assert ids(needy) == [13, 14, 15]
    assert ids(people.select(where=town.people.need[:6] > 0.5)) == [13, 14, 15]
    assert ids(needy.select(lambda agent: agent.place == 2, where=lambda rows: rows.need < 1.5)) == [15]
    assert needy.set("age", 3).rows.age.tolist() == [3, 3, 3]
    assert needy.set("age", [1, 2, 3]).get("age") == [1, 2, 3]
    assert town.people.age.tolist()[:7] == [0, 0, 0, 1, 2, 3, 0]
    everybody = town.agents.select(agent_type=Person, where=lambda rows: rows.need > 0.5)
    assert ids(everybody) == [13, 14, 15]
    assert ids(town.agents.select(where=[True] + [False] * 7 + [True])) == [10, SPAN + 2]
    assert len(town.agents.select(where=lambda rows: rows.age == 0)) == 6


def test_selections_in_place_and_copies_leave_the_model_alone(town: Town, people: Population) -> None:
    half = copy.copy(people)
    assert half.select(at_most=0.5, inplace=True) is half
    assert half.sort("need", inplace=True) is half
    assert ids(half) == [12, 11, 10]
    half.shuffle(inplace=True)
    assert sorted(ids(half)) == [10, 11, 12]
    assert len(people) == len(town.agents_by_type[Person]) == 6
    assert ids(people[1:3]) == [11, 12]
    assert ids(people[-1:]) == [15]
    with pytest.raises(IndexError):
        people[6]


def test_kinds_together(town: Town) -> None:
    everybody = town.agents
    assert isinstance(everybody, Populations)
    assert repr(everybody) == "<Populations of 9>"
    assert ids(everybody.copy()) == ids(everybody)
    assert everybody.groupby(type, result_type="list").count() == {Person: 6, Worker: 3}
    assert everybody.groupby(type).count() == {Person: 6, Worker: 3}
    assert everybody.groupby("age").count() == {0: 9}
    assert everybody.get("need", "default", None)[-3:] == [None] * 3
    assert sorted(ids(everybody.shuffle())) == sorted(ids(everybody))
    assert ids(everybody.shuffle().sort("unique_id", ascending=True)) == ids(everybody)
    assert isinstance(everybody[-1], Worker)
    assert len(everybody.select(at_most=0).shuffle()) == 0
    assert len(everybody.select(agent_type=Worker)) == 3
    assert len(everybody.set("age", 4).select(lambda agent: agent.age == 4)) == 9
    assert ids(everybody.select(agent_type=Worker) | everybody.select(at_most=1)) == [SPAN, SPAN + 1, SPAN + 2, 10]
    assert town.agent_types == [Person, Worker]
    assert set(town.agents_by_type) == {Person, Worker}
    assert everybody.select(agent_type=Person, at_most=1).map("greet", word="hi") == ["hi 10"]


def test_mesas_data_collector_collects(town: Town) -> None:
    for _ in range(3):
        town.step()
    means = town.datacollector.get_model_vars_dataframe()
    assert means["mean_need"].tolist() == pytest.approx([0.5] * 3)
    assert means["size"].tolist() == [9, 9, 9]
    need = town.datacollector.get_agenttype_vars_dataframe(Person)
    assert need.loc[(3.0, 15), "need"] == 1.0
    assert len(town.datacollector.get_agenttype_vars_dataframe(Worker)) == 9
    with_agents = Town(agent_reporters=True)
    with_agents.step()
    with_agents.step()
    agents = with_agents.datacollector.get_agent_vars_dataframe()
    assert agents.index.is_unique
    assert agents["age"].tolist() == agents["months"].tolist() == [1] * 9 + [2] * 9


def test_mesas_batch_run_runs_it() -> None:
    rows = mesa.batch_run(
        Town, {"people": [4, 6]}, rng=[1, 2], max_steps=2, data_collection_period=1, display_progress=False
    )
    assert len(rows) == 2 * 2 * 2 * (4 + 6 + 2 * 3) // 2
    assert {row["size"] for row in rows} == {7, 9}
    assert max(row["AgentID"] for row in rows) == SPAN + 2


def test_a_model_that_does_not_say_where_its_rows_are_is_told_so() -> None:
    class Silent(ColumnModel):
        kinds = (Person,)

    with pytest.raises(KeyError, match="Silent does not say where its rows of Person are"):
        len(Silent(rng=1).agents)


def test_a_model_can_be_pickled_and_copied(town: Town, people: Population) -> None:
    people[0].need = 0.5
    rows = pickle.loads(pickle.dumps(people.rows))
    assert rows[0].need == 0.5
    twin = copy.deepcopy(town)
    twin.agents_by_type[Person][0].need = 0.25
    assert (people[0].need, twin.agents_by_type[Person][0].need) == (0.5, 0.25)

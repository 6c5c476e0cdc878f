"""One service system as a Mesa model: for Mesa's own tools, notebooks and SolaraViz.

    system = ServiceSystem(strategy="user_centred", people=2000, rng=7)
    system.step()
    system.agents_by_type[User].select(where=lambda users: users.situation == CRISIS).agg("trust", np.mean)
    mesa.batch_run(ServiceSystem, {"strategy": ["status_quo", "user_centred"], "listening": [0, 4]}, rng=[1, 2])
    mesa.batch_run(ServiceSystem, {"seed": [1, 2]})     # or: rng=[None] * 2, fresh seeds, each row says its own

The same months by the same rules as every other run: equal seeds, equal digits.  Agents are views on rows
(engine/population.py); looking at them is slow beside living a month, so look at those you need.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import Parameter, Signature, signature
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from mesa.datacollection import DataCollector  # type: ignore[import-untyped]

from agents.manager import MANAGER
from agents.professional import PROFESSIONAL
from agents.programme import PROGRAMME
from agents.provider import PROVIDER
from agents.service_user import GONE, USER
from engine.errors import BadInput, UnknownName, near_names
from engine.population import ColumnModel, view_class
from engine.record import Record, Rows
from engine.shown import card
from engine.typed import SHOWN, as_whole
from evidence.quantities import inputs
from model.measures import LATER, MEASURES
from model.month import run
from model.state import BURN_IN, SYSTEM
from runs.running import begun, burnt_in, decided_in
from scenarios.levers import load_levers
from scenarios.scenario import MONTHS, Scenario

DRAWN = 2**53  # seeds that are drawn: every program that reads a row holds them to the last digit


def _part(name: str, *fields: str) -> Record:
    """Some columns of the system's one row, as a record of their own."""
    return Record(name, MappingProxyType({field: SYSTEM.fields[field] for field in fields}), SYSTEM.dtype)


OWN = ("income", "purse", "committed", "idle", "running", "listening", "convening", "campaign", "spotlight")
PUBLIC = ("budget", "free", "base_spend", "growth", "elsewhere", "taken_over", "saved", "not_saved", "money_pressure")

User = view_class("User", USER, doc="A service user (agents/service_user.py).")
Professional = view_class("Professional", PROFESSIONAL, doc="A post and who is in it; `service` 0 is a vacancy.")
Manager = view_class("Manager", MANAGER, doc="The manager of the provider with the same row.")
Provider = view_class("Provider", PROVIDER, doc="A provider; the last one is a pilot outside the system, often empty.")
Programme = view_class("Programme", PROGRAMME, doc="A programme of a provider; without places the row is empty.")
Foundation = view_class("Foundation", _part("Foundation", *OWN), doc="The foundation: one agent.")
Commissioner = view_class("Commissioner", _part("Commissioner", *PUBLIC), doc="The public commissioner: one agent.")


STEM = ("strategy", "place", "worldview", "people", "months", "rng")


def _with_settings[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Every lever and parameter is a parameter of its own in the signature: SolaraViz refuses what is not, and takes
    **settings for room for things of its own.  `seed` is taken and not shown: batch_run would overwrite it."""
    known = signature(function).parameters
    shown = [known[name].replace(kind=Parameter.POSITIONAL_OR_KEYWORD) for name in ("self", *STEM)]
    shown += [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=None) for name in (*load_levers(), *inputs())]
    vars(function)["__signature__"] = Signature(shown)
    return function


def _seed(rng: object, seed: object) -> int:
    """The whole number that somebody gave, or one drawn from what they gave; from fresh entropy if they gave none."""
    if rng is not None and seed is not None:
        raise BadInput("Both 'rng' and 'seed' are given, and both are the seed", do="Leave one of them out")
    given = rng if seed is None else seed
    number = as_whole(given)
    if number is not None:
        return number
    try:
        return int(np.random.default_rng(cast(Any, given)).integers(DRAWN))
    except (TypeError, ValueError) as error:
        allowed = "a whole number, what numpy.random.default_rng takes, or None: drawn anew"
        raise BadInput(f"The seed is {str(given)[:SHOWN]!r}", allowed=allowed) from error


class ServiceSystem(ColumnModel):
    """A place under a strategy, month by month.

    rng (or `seed`): the seed; None draws one, which `scenario_lived.seed` and every collected row say.  Every lever and
    parameter is a parameter too: ServiceSystem("user_centred", listening=4); None is what strategy and place say.
    """

    kinds = (User, Professional, Manager, Provider, Programme, Foundation, Commissioner)

    @_with_settings
    def __init__(
        self,
        strategy: str = "user_centred",
        place: str = "dublin",
        worldview: str = "evidence",
        people: int | None = 2000,
        months: int = MONTHS,
        rng: Any = None,
        *,
        seed: int | None = None,
        **settings: float | None,
    ) -> None:
        for name in {*settings} - {*load_levers(), *inputs()}:
            if near_names(name, STEM):
                raise UnknownName("argument of ServiceSystem()", name, STEM)
        drawn = _seed(rng, seed)
        said = {name: value for name, value in settings.items() if value is not None}
        self.scenario_lived = Scenario.of(strategy, place, worldview, people, months, drawn, said)
        super().__init__(rng=drawn)
        self.world = begun(burnt_in(self.scenario_lived), self.scenario_lived)
        self._living_first()
        of = {name: partial(ServiceSystem.measure, name=name) for name in MEASURES.fields if name not in LATER}
        self.datacollector = DataCollector({**of, "seed": lambda model: model.scenario_lived.seed})
        self.datacollector.collect(self)

    def __repr__(self) -> str:
        lived = self.scenario_lived
        return f"<ServiceSystem '{lived.strategy.name}' in '{lived.place.name}', month {self.month}, seed {lived.seed}>"

    def _repr_html_(self) -> str:
        lived = self.scenario_lived
        about = [("place", lived.place.title), ("month", f"{self.month} of {lived.months}"), ("seed", lived.seed)]
        agents = [(kind.__name__, len(found)) for kind, found in self.agents_by_type.items()]
        return card(lived.strategy.title, about, ("agents", "how many"), agents)

    @property
    def month(self) -> int:
        """Months lived since the burn-in."""
        return int(self.world.system[0].month) - BURN_IN

    def measure(self, name: str) -> float:
        """A measure at the end of the latest month."""
        return float(self.world.measured[name][BURN_IN + self.month - 1])

    def step(self) -> None:
        """One month."""
        if self.month >= self.scenario_lived.months:
            raise RuntimeError(f"This system was made for {self.scenario_lived.months} months, and they are over.")
        self.world = run(decided_in(self.world, self.scenario_lived), 1)
        self._living_first()
        self.running = self.month < self.scenario_lived.months
        self.datacollector.collect(self)

    def rows_of(self, kind: type[Any]) -> Rows:
        """This model's rows of a kind."""
        world = self.world
        tables = {Professional: world.professionals, Manager: world.managers, Provider: world.providers,
                  Programme: world.programmes, Foundation: world.system, Commissioner: world.system}  # fmt: skip
        if kind is User:
            return cast(Rows, world.users[: world.system[0].living])
        return tables[kind]

    def _living_first(self) -> None:
        """Empty rows go last.  The order of rows never matters to the month."""
        users = self.world.users
        users[:] = users[np.argsort(users["situation"] == GONE, kind="stable")]

"""One service system as a Mesa model: for Mesa's own tools, notebooks and SolaraViz.

    system = ServiceSystem(strategy="user_centred", people=2000, rng=7)
    system.step()
    system.agents_by_type[User].select(where=lambda users: users.situation == CRISIS).agg("trust", np.mean)
    mesa.batch_run(ServiceSystem, {"strategy": ["status_quo", "user_centred"]}, rng=[1, 2], max_steps=60)

The same months by the same rules as every other run: equal seeds, equal digits.  Agents are views on rows
(engine/population.py); looking at them is slow beside living a month, so look at those you need.
"""

from __future__ import annotations

from functools import partial
from operator import index
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from mesa.datacollection import DataCollector  # type: ignore[import-untyped]

from agents.manager import MANAGER
from agents.professional import PROFESSIONAL
from agents.programme import PROGRAMME
from agents.provider import PROVIDER
from agents.service_user import GONE, USER
from engine.population import ColumnModel, view_class
from engine.record import Record, Rows
from model.measures import LATER, MEASURES
from model.month import run
from model.state import BURN_IN, SYSTEM
from runs.running import begun, burnt_in
from scenarios.places import find_place
from scenarios.scenario import MONTHS, Scenario
from scenarios.settings import read_settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview


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


class ServiceSystem(ColumnModel):
    """A place under a strategy, month by month; `rng` is the seed, `settings` is "budget=0.02 contact=0"."""

    kinds = (User, Professional, Manager, Provider, Programme, Foundation, Commissioner)

    def __init__(
        self,
        strategy: str = "user_centred",
        place: str = "dublin",
        worldview: str = "evidence",
        people: int | None = 2000,
        months: int = MONTHS,
        settings: str = "",
        rng: int | None = None,
    ) -> None:
        seed = 1 if rng is None else index(rng)
        super().__init__(rng=seed)
        self.scenario_lived = Scenario(
            find_strategy(strategy), find_place(place), find_worldview(worldview), people, months, seed,
            read_settings(settings.split()),
        )  # fmt: skip
        self.world = begun(burnt_in(self.scenario_lived), self.scenario_lived)
        self._living_first()
        self.datacollector = DataCollector(
            {name: partial(ServiceSystem.measure, name=name) for name in MEASURES.fields if name not in LATER}
        )
        self.datacollector.collect(self)

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
        self.world = run(self.world, 1)
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

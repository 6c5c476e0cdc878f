"""The face that columns show to Mesa: sets of agents, and agents, that are really rows of structured arrays.

    Person = view_class("Person", PERSON, doc="Somebody who uses the service.")

    class Town(ColumnModel):
        kinds = (Person, Worker)

        def rows_of(self, kind):            # this model's own arrays, as they are now
            return self.people[: self.living] if kind is Person else self.workers

    town.agents_by_type[Person].select(where=lambda people: people.need > 0.8).agg("trust", np.mean)

An agent is a view: made when somebody looks, holding no data, gone when nobody looks.  It reads and writes its row, and
finds its row again when rows have moved, by the field `id` if its record has one.  So views are for looking and for
Mesa's own tools; a month never loops over them.  Nothing is kept on a class, so any number of models can be alive.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import groupby
from random import Random
from typing import Any, ClassVar, Literal, NoReturn, Self, cast

import mesa  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt
from mesa.agentset import AbstractAgentSet, GroupBy  # type: ignore[import-untyped]

from engine.record import Record, Rows

Positions = npt.NDArray[np.int64]
Where = npt.NDArray[np.bool_] | Callable[[Any], npt.NDArray[np.bool_]]
SPAN = 2**48  # ids in a kind: the first kind's unique ids start at 0, the next one's at 2**48, and so on


class View(mesa.Agent):  # type: ignore[misc]
    """One row of a table as a Mesa agent; `view_class` makes one subclass for each kind of record."""

    _record: ClassVar[Record]
    model: ColumnModel
    row: int
    _identity: int
    pos = None

    def __init__(self, model: ColumnModel, row: int) -> None:
        # Not Agent.__init__, which would register the view with the model and so keep it.
        rows = model.rows_of(type(self))
        identity = int(rows["id"][row]) if "id" in self._record.fields else row
        self.__dict__.update(model=model, row=row, _identity=identity)

    @property
    def unique_id(self) -> int:
        """A number that no other agent of the model has; for the first kind it is the `id` (or row) itself."""
        return self.model.kinds.index(type(self)) * SPAN + self._identity

    def _row(self) -> Any:
        rows = self.model.rows_of(type(self))
        if self.row < len(rows) and ("id" not in self._record.fields or rows["id"][self.row] == self._identity):
            return rows[self.row]
        at, found = _find(self._record, rows, np.array([self.row]), np.array([self._identity]))
        if not found.all():
            raise LookupError(f"{self!r} is not in the model any more.")
        self.__dict__["row"] = int(at[0])
        return rows[at[0]]

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._record.fields:
            raise AttributeError(f"{self!r} cannot keep a '{name}': it is not in its record.")
        self._row()[name] = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, View):
            return NotImplemented
        return (type(self), self._identity) == (type(other), other._identity) and self.model is other.model

    def __hash__(self) -> int:
        return hash((type(self), id(self.model), self._identity))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._identity}>"

    def remove(self) -> NoReturn:
        """Refused: who comes and goes is decided in the month, by rules."""
        raise TypeError("Agents are rows of the model's tables; only the month adds and removes them.")


def view_class(name: str, record: Record, base: type[Any] = View, doc: str = "") -> type[Any]:
    """A class of views on rows of `record`, each field a property; `base` may add methods to `View`."""
    fields = {field: _through(field, f"{about.meaning} ({about.unit})") for field, about in record.fields.items()}
    about = {"__doc__": doc or f"A view on a row of {record.name}.", "__module__": base.__module__, "_record": record}
    return type(name, (base,) if issubclass(base, View) else (View, base), {**fields, **about})


def _through(name: str, meaning: str) -> property:
    return property(lambda view: view._row()[name].item(), doc=meaning)


def _find(record: Record, rows: Any, at: Positions, ids: Positions) -> tuple[Positions, npt.NDArray[np.bool_]]:
    """Where the rows with these `ids` are now, if they were once `at` these places; and which are there at all."""
    if "id" not in record.fields:
        return at, at < len(rows)
    now = np.asarray(rows["id"])
    if len(at) == 0 or (at.max() < len(now) and np.array_equal(now[at], ids)):
        return at, np.ones(len(at), bool)
    order = np.argsort(now, kind="stable")
    place = np.minimum(np.searchsorted(now, ids, sorter=order), max(len(now) - 1, 0))
    found = order[place] if len(now) else at
    return found, (now[found] == ids) if len(now) else np.zeros(len(at), bool)


class Groups(GroupBy):  # type: ignore[misc]
    """Mesa's groups, reading whole columns."""

    def agg(self, attr_name: str, func: Callable[[Any], Any]) -> dict[Hashable, Any]:
        """`func` of the list of each group's values."""
        if all(isinstance(group, AgentColumns) for group in self.groups.values()):
            return {name: func(group.get(attr_name)) for name, group in self.groups.items()}
        return dict(super().agg(attr_name, func))


class AgentColumns(AbstractAgentSet[Any]):  # type: ignore[misc]
    """What sets of one kind and of several kinds have in common; a subset or another order is made by `_take`."""

    @property
    @abstractmethod
    def random(self) -> Random:
        """The model's generator."""

    @abstractmethod
    def _take(self, positions: Positions) -> Self:
        """The agents at these positions of this set, in this order."""

    @abstractmethod
    def _is_a(self, agent_type: type[Any]) -> npt.NDArray[np.bool_]:
        """Which agents are of a kind."""

    @abstractmethod
    def _mask(self, where: Where) -> npt.NDArray[np.bool_]:
        """Which agents fulfil a condition on their rows."""

    @abstractmethod
    def _values(self, name: str, *default: Any) -> list[Any]:
        """A field or another attribute of each agent; `default` if it may be missing."""

    def _become(self, other: Self) -> None:
        self.__dict__.update(vars(other))

    def select(
        self,
        filter_func: Callable[[Any], bool] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type[Any] | None = None,
        where: Where | None = None,
    ) -> Self:
        """Mesa's select.  `where`, ours, is a mask over this set or a function from its rows to a mask, and is fast."""
        limit = int(len(self) * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
        chosen = self if agent_type is None else self._take(np.flatnonzero(self._is_a(agent_type)))
        if where is not None:
            chosen = chosen._take(np.flatnonzero(chosen._mask(where)))
        if filter_func is not None:
            chosen = chosen._take(np.flatnonzero([filter_func(agent) for agent in chosen]))
        return self._give(chosen._take(np.arange(int(min(limit, len(chosen))))), inplace)

    def _give(self, chosen: Self, inplace: bool) -> Self:
        if not inplace:
            return chosen
        self._become(chosen)
        return self

    def get(self, attr_names: Any, handle_missing: str = "error", default_value: Any = None) -> list[Any]:
        """One list of values, or one list of lists if several names are asked for; as Mesa's, but from columns."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"Unknown handle_missing option: {handle_missing}, should be one of 'error' or 'default'")
        default = () if handle_missing == "error" else (default_value,)
        if isinstance(attr_names, str):
            return self._values(attr_names, *default)
        return [list(values) for values in zip(*(self._values(name, *default) for name in attr_names), strict=True)]

    def groupby(self, by: Any, result_type: Literal["agentset", "list"] = "agentset") -> Groups:
        """Mesa's groupby: by a field, an attribute or a function of an agent; groups in order of first appearance."""
        places = defaultdict(list)
        for i, key in enumerate(self.get(by) if isinstance(by, str) else map(by, self)):
            places[key].append(i)
        groups = {key: self._take(np.array(positions)) for key, positions in places.items()}
        return Groups(groups if result_type == "agentset" else {key: list(group) for key, group in groups.items()})

    def shuffle(self, inplace: bool = False) -> Self:
        """Put into a random order, by Mesa's own generator and not by our keyed chance."""
        order = list(range(len(self)))
        self.random.shuffle(order)
        return self._give(self._take(np.array(order, np.int64)), inplace)

    def sort(self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False) -> Self:
        """Sort by a field, an attribute or a function of an agent; from large to small unless `ascending`."""
        values = self.get(key) if isinstance(key, str) else [key(agent) for agent in self]
        order = sorted(range(len(values)), key=values.__getitem__, reverse=not ascending)
        return self._give(self._take(np.array(order, np.int64)), inplace)

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """The answers of a method (by name) or a function, agent after agent."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method (by name) or a function with agent after agent."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Do, in a random order."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def to_list(self) -> list[Any]:
        """All agents, in order."""
        return list(self)

    def __getitem__(self, item: int | slice) -> Any:
        positions = np.arange(len(self))[item]
        return self._take(positions).to_list() if isinstance(item, slice) else next(iter(self._take(positions[None])))

    def __copy__(self) -> Self:
        return self._take(np.arange(len(self)))

    def copy(self) -> Self:
        """The same agents as a set of its own, which does not follow who comes and goes later."""
        return self.__copy__()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)}>"

    @classmethod
    def _from_iterable(cls, agents: Iterable[Any]) -> Populations:
        """What `a & b`, `a | b` and `a - b` make of their agents."""
        runs = groupby(agents, key=lambda agent: (agent.model, type(agent)))
        return Populations([Population(*kind, rows=np.array([agent.row for agent in run])) for kind, run in runs])

    def _update(self, agents: Iterable[Any]) -> NoReturn:
        raise TypeError("Agents are rows of the model's tables; only the month adds and removes them.")

    def add(self, agent: Any) -> NoReturn:
        """Refused: who comes and goes is decided in the month."""
        self._update([agent])

    discard = remove = add


class Population(AgentColumns):
    """The agents of one `kind` in a model: everybody there at the moment of looking, or those once at `rows`."""

    def __init__(self, model: ColumnModel, kind: type[Any], rows: Positions | None = None) -> None:
        self.model, self.kind = model, kind
        self._chosen = None if rows is None else (rows, self._ids()[rows])

    def _ids(self) -> npt.NDArray[Any]:
        rows = self.model.rows_of(self.kind)
        return np.array(rows["id"]) if "id" in self.kind._record.fields else np.arange(len(rows))

    def _at(self) -> Positions:
        """The rows of the table where the agents of this set are now; those who left the table left the set."""
        rows = self.model.rows_of(self.kind)
        if self._chosen is None:
            return np.arange(len(rows))
        at, found = _find(self.kind._record, rows, *self._chosen)
        self._chosen = at[found], self._chosen[1][found]
        return self._chosen[0]

    @property
    def rows(self) -> Rows:
        """The agents' rows, a copy unless everybody is in this set."""
        rows = self.model.rows_of(self.kind)
        return rows if self._chosen is None else cast(Rows, rows[self._at()])

    @property
    def random(self) -> Random:
        """The model's generator."""
        return cast(Random, self.model.random)

    def _take(self, positions: Positions) -> Self:
        return type(self)(self.model, self.kind, self._at()[positions])

    def _is_a(self, agent_type: type[Any]) -> npt.NDArray[np.bool_]:
        return np.full(len(self), issubclass(self.kind, agent_type))

    def _mask(self, where: Where) -> npt.NDArray[np.bool_]:
        return np.asarray(where(self.rows) if callable(where) else where, bool)

    def _values(self, name: str, *default: Any) -> list[Any]:
        if name in self.kind._record.fields:
            return list(self.rows[name].tolist())
        return [getattr(agent, name, *default) for agent in self]

    def set(self, attr_name: str, value: Any) -> Self:
        """Set a field to one value for all, or to one value for each."""
        if attr_name not in self.kind._record.fields:
            raise AttributeError(f"A {self.kind.__name__} cannot keep a '{attr_name}': it is not in its record.")
        self.model.rows_of(self.kind)[attr_name][self._at()] = value
        return self

    def __len__(self) -> int:
        return len(self._at())

    def __iter__(self) -> Iterator[Any]:
        return (self.kind(self.model, int(row)) for row in self._at())

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, View) or type(agent) is not self.kind or agent.model is not self.model:
            return False
        return bool((self._ids()[self._at()] == agent._identity).any())


class Populations(AgentColumns):
    """Agents of several kinds, one population after the other."""

    def __init__(self, parts: Sequence[Population]) -> None:
        self.parts = list(parts)

    @property
    def random(self) -> Random:
        """The model's generator."""
        return self.parts[0].random

    def _take(self, positions: Positions) -> Self:
        starts = np.cumsum([0, *map(len, self.parts)])
        which = np.searchsorted(starts, positions, side="right") - 1
        runs = np.split(np.arange(len(positions)), np.flatnonzero(np.diff(which)) + 1)
        taken = [(int(which[run[0]]), positions[run]) for run in runs if len(run)]
        nobody = [part._take(positions[:0]) for part in self.parts[:1]]
        return type(self)([self.parts[part]._take(places - starts[part]) for part, places in taken] or nobody)

    def _is_a(self, agent_type: type[Any]) -> npt.NDArray[np.bool_]:
        return np.concatenate([np.zeros(0, bool), *(part._is_a(agent_type) for part in self.parts)])

    def _mask(self, where: Where) -> npt.NDArray[np.bool_]:
        if not callable(where):
            return np.asarray(where, bool)
        return np.concatenate([np.zeros(0, bool), *(part._mask(where) for part in self.parts)])

    def _values(self, name: str, *default: Any) -> list[Any]:
        return [value for part in self.parts for value in part._values(name, *default)]

    def set(self, attr_name: str, value: Any) -> Self:
        """Set a field, which all kinds here must have, to one value for all."""
        for part in self.parts:
            part.set(attr_name, value)
        return self

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __iter__(self) -> Iterator[Any]:
        return (agent for part in self.parts for agent in part)

    def __contains__(self, agent: object) -> bool:
        return any(agent in part for part in self.parts)


class ColumnModel(mesa.Model[Any, Any]):  # type: ignore[misc]
    """A Mesa model whose agents are rows: give `kinds`, and say in `rows_of` where this model's rows are now."""

    kinds: ClassVar[tuple[type[Any], ...]] = ()

    def rows_of(self, kind: type[Any]) -> Rows:
        """This model's rows of a kind, without spare ones."""
        raise KeyError(f"{type(self).__name__} does not say where its rows of {kind.__name__} are.")

    @property
    def agents(self) -> Populations:
        """Everybody, kind after kind."""
        return Populations([Population(self, kind) for kind in self.kinds])

    @property
    def agents_by_type(self) -> dict[type[Any], Population]:
        """Everybody by kind."""
        return {kind: Population(self, kind) for kind in self.kinds}

    @property
    def agent_types(self) -> list[type]:
        """The kinds of agents."""
        return list(self.kinds)

    def register_agent(self, agent: Any) -> NoReturn:
        """Refused: an agent that is no row would be invisible to the month."""
        raise TypeError(f"{type(agent).__name__} is not made from a table; in this model only rows are agents.")

"""Strategies: what a foundation does, as lever settings in phases (strategies/*.toml).

A phase may also say what the others in the system decide meanwhile, under [phase.others] (scenarios/deciding.py): the
history of a workshop's room is such a file.

A practice is a strategy that says only what it changes `on` another one.  Practices compose, on any strategy, as one
word: `carrier+practice_1_learn+practice_5_credit` (scenarios/composed.py).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput, MissingField, Where
from engine.shown import card
from engine.typed import several
from evidence.data_file import DataFile, Field
from scenarios.composed import Change, composed
from scenarios.deciding import check_decided
from scenarios.language import N_, say
from scenarios.levers import WHOLES, at_rest, check_lever, check_wholes, known_lever, lever_record
from scenarios.names import find, parts, plain_name, shipped, ships
from scenarios.settings import WHOLE_PROGRAMME, own_lever

if TYPE_CHECKING:
    from engine.record import Rows

KINDS = ("reference", "control", "funder-led", "user-centred", "hybrid")
CAMPS = KINDS[2:]  # who hold that somebody should lead
ILLUSTRATION = (
    "An illustration of an idea: its levers were set by hand and not tuned; other settings may serve the idea better."
)
ILLUSTRATIONS = N_(
    "Strategies that ship are illustrations of ideas: their levers were set by hand and not tuned; other settings may "
    "serve the ideas better."
)
ENDS_LATE = {  # by whether the run has one month only
    False: N_("The programme of '{strategy}' ends in month {end} (start {start} + duration {duration}), but the run "
              "has only {months} months"),
    True: N_("The programme of '{strategy}' ends in month {end} (start {start} + duration {duration}), but the run "
             "has only 1 month"),
}  # fmt: skip
# What is compared where nobody names a strategy: the two ends of the claim under test, as their files describe them and
# whatever comes out.  Of either camp it is the strategy whose levers go farthest along the five practices
# (practice_1 to practice_5, measured from the carrier), or farthest against them; tests/scenarios/test_strategy.py
# measures it.
DEFAULT_PAIR = ("catalytic_philanthropy", "user_centred")
WITH_IT = " With it: "  # between what a base means and the titles of the practices on it
MOST_PHASES = 480  # one a month of the longest run
MONEY_AND_TIME = ("budget", *WHOLE_PROGRAMME)  # levers that by themselves spend nothing

FIELDS = {
    "title": Field("title", "the strategy's name on screen", required=True),
    "meaning": Field("text", "one sentence: what this foundation would do", required=True),
    "kind": Field("text", "who leads", required=True, one_of=KINDS),
    "spends": Field("truth", "false: declared to spend nothing, so that unspent money is no failure", default=True),
    "on": Field("text", "for a practice: the strategy that it changes, by name or by a file beside it"),
}
TAKEN = Field("number", "how much of it goes there", low=0, high=1)
DECISION = Field("number", "a parameter that somebody else than the foundation decides")
PHASE_FIELDS = {"from": Field("whole", "months after the programme's start", required=True, low=0, high=480)}


@dataclass(frozen=True, slots=True)
class Phase:
    """From this month of the programme on, these levers stand here; the others stay where they were.

    `others`: parameters that somebody else than the foundation decides, in this phase only."""

    begins: int
    levers: Mapping[str, float]
    others: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strategy:
    """What one foundation does.  `name` is the file's name without its ending.

    `spends` False declares that it spends nothing, which is checked; other strategies that leave their money unspent
    were not carried out.  `changes`: of a practice, what it changes on the strategy `on`; its phases hold both.
    `ours`: it ships with Unfreeze, its levers changed or not, and its texts are in general terms.
    """

    name: str
    title: str
    meaning: str
    kind: str
    phases: tuple[Phase, ...]
    spends: bool = True
    on: str | None = None
    changes: tuple[Change, ...] = field(default=(), repr=False)
    ours: bool = field(default=False, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Strategy '{self.name}': {self.title}, {several(len(self.phases), 'phase')}>"

    def _repr_html_(self) -> str:
        rows = [(phase.begins, name, value) for phase in self.phases
                for name, value in [*phase.levers.items(), *phase.others.items()]]  # fmt: skip
        return card(self.title, [("what", self.meaning), ("who leads", self.kind)],
                    ("from month", "lever", "value"), rows)  # fmt: skip

    @property
    def has_others(self) -> bool:
        """Whether it says what others than the foundation decide."""
        return any(phase.others for phase in self.phases)

    def settings(self, overrides: Mapping[str, float] | None = None) -> tuple[tuple[int, dict[str, float]], ...]:
        """Each phase's first month (of the programme) and the value of every lever in it.

        A phase keeps what it does not name; an override holds in all phases.  BadInput where shares exceed their whole.
        """
        forced = {name: check_lever(name, value) for name, value in (overrides or {}).items()}
        levers, found = at_rest(), list[tuple[int, dict[str, float]]]()
        for phase in self.phases:
            levers = {**levers, **phase.levers, **forced}
            if found and not phase.levers and phase.begins >= levers["duration"]:
                continue  # the programme is over: only others decide
            check_wholes(levers, Where(field=f"{self.name}, from month {phase.begins}"))
            found.append((phase.begins, levers))
        return tuple(found)


def phases_with(strategy: Strategy, levers: Mapping[str, float]) -> tuple[Phase, ...]:
    """A strategy's phases with levers set otherwise: `listening` in all of them, `phase2.listening` in that one."""
    everywhere = {name: value for name, value in levers.items() if "." not in name}
    alone: list[dict[str, float]] = [{} for _ in strategy.phases]
    for name, value in levers.items():
        _, number, lever = own_lever(name)
        if number is not None:
            if number > len(alone):
                text = (N_("'{name}': '{strategy}' has 1 phase") if len(alone) == 1 else
                        N_("'{name}': '{strategy}' has {count} phases"))  # fmt: skip
                raise BadInput(say(text, name=name, strategy=strategy.name, count=len(alone)),
                               allowed=", ".join(f"phase{i + 1}" for i in range(len(alone))))  # fmt: skip
            alone[number - 1][lever] = value
    found, usual, before = [], at_rest(), dict[str, float]()
    for phase, mine in zip(strategy.phases, alone, strict=True):
        here = {**phase.levers, **everywhere}
        usual |= here
        after = {lever: usual[lever] for lever in before}  # what held in the last phase only
        found.append(replace(phase, levers={**here, **after, **mine}))
        before = mine
    return tuple(found)


def is_illustration(strategy: Strategy) -> bool:
    """Whether it ships, its levers changed or not, and stands for an idea of who should lead."""
    return strategy.kind in CAMPS and strategy.ours


def read_strategy(path: Path, for_practice: str = "") -> Strategy:
    """One strategy from its file, checked.  for_practice: the practice that is `on` it, which a practice cannot be."""
    file = DataFile(path)
    head = file.read(FIELDS, skip=["phase"])
    listed = file.data.get("phase")
    if listed is None:
        raise MissingField("phase", meaning="tables [[phase]] with 'from' and [phase.levers]",
                           where=file.where(), do="Add [[phase]], from = 0 and [phase.levers]")  # fmt: skip
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_PHASES:
        count = len(listed) if isinstance(listed, list) else "a single table instead of"
        raise BadInput(f"There are {count} phases", where=file.where("phase"),
                       allowed=f"one to {MOST_PHASES} tables [[phase]]")  # fmt: skip
    if head["on"] is not None:
        if for_practice:
            raise BadInput(f"'{for_practice}' is a practice on a practice", where=file.where("on"),
                           do="Say there on which strategy, and compose: STRATEGY+PRACTICE+PRACTICE")  # fmt: skip
        return _practice(file, head, len(listed))
    phases: list[Phase] = []
    levers = at_rest()
    for i in range(len(listed)):
        begins = file.read(PHASE_FIELDS, "phase", i, skip=["levers", "others"])["from"]
        named = file.table("phase", i, "levers") if "levers" in listed[i] else {}
        phases.append(Phase(begins, {name: _lever(file, i, name) for name in named}, _others(file, i)))
        _check_order(file, phases)
        levers |= phases[-1].levers
        if not head["spends"] and moved(levers):
            first = moved(levers)[0]
            raise BadInput(f"'{first}' is moved, though spends = false",
                           where=file.where("phase", i, "levers", first),
                           do="Leave every lever but the budget at rest, or leave 'spends' out")  # fmt: skip
        check_wholes(levers, file.where("phase", i, "levers"))
    duration = levers["duration"]
    late = [i for i, phase in enumerate(phases) if phase.begins >= duration and (phase.levers or not phase.others)]
    if late:
        which = "The last phase" if late[0] == len(phases) - 1 else f"Phase {late[0] + 1}"
        raise BadInput(
            f"{which} begins in month {phases[late[0]].begins}, but the programme lasts {duration:g} months",
            where=file.where("phase", late[0], "from"),
            do="Begin the phase earlier, or raise 'duration' in the first phase",
        )
    return Strategy(path.stem, **head, phases=tuple(phases), ours=ships("strategy", path))


def moved(levers: Mapping[str, float]) -> list[str]:
    """Levers that are not at rest, apart from budget, start and duration."""
    rest = at_rest()
    return [name for name, value in levers.items() if value != rest[name] and name not in MONEY_AND_TIME]


def find_strategy(name: str | os.PathLike[str]) -> Strategy:
    """A shipped strategy by its name, or one from a file; with practices: `carrier+practice_1_learn`."""
    base, *practices = (read_strategy(find("strategy", part)) for part in parts(os.fspath(name)))
    return with_practices(base, practices) if practices else base


def with_practices(base: Strategy, practices: Sequence[Strategy], room: bool = False) -> Strategy:
    """A strategy with what these practices change.  A practice as `base` stands for its strategy and itself.

    room: what they need of a whole, the base's own shares of it give up (composed.py)."""
    if base.on is not None:
        base, practices = find_strategy(base.on), [base, *practices]
    practices = sorted(practices, key=lambda one: one.name)
    if base.has_others:
        raise BadInput(say("'{name}' says what others decide, and a practice is a foundation's alone", name=base.name),
                       where=Where(field=base.name), do=say("Write the practice's levers into the file"))  # fmt: skip
    name = "+".join([base.name, *(one.name for one in practices)])
    for one in practices:
        if not one.changes:
            known = ", ".join(name for name in shipped("strategy") if find_strategy(name).changes)
            raise BadInput(say("'{name}' is no practice", name=one.name), where=Where(field=name), allowed=known,
                           do=say("A practice of your own is a file that says 'on'"))  # fmt: skip
        if practices.count(one) > 1:
            raise BadInput(say("'{name}' stands there twice", name=one.name), where=Where(field=name),
                           do=say("Leave one of them out"))  # fmt: skip
    camps = {one.kind for one in (base, *practices) if one.kind in CAMPS}
    standing = [(phase.begins, phase.levers) for phase in base.phases]
    made = composed(standing, {one.name: one.changes for one in practices}, Where(field=name), room)
    titles = [base.title, *(one.title.partition(":")[0] for one in practices)]
    meaning = f"{base.meaning}{WITH_IT}{'; '.join(one.title for one in practices)}."
    return Strategy(name, " + ".join(titles), meaning, camps.pop() if len(camps) == 1 else "hybrid",
                    tuple(Phase(*one) for one in made), ours=all(one.ours for one in (base, *practices)))  # fmt: skip


def lever_months(strategy: Strategy, months: int, overrides: Mapping[str, float] | None = None) -> Rows:
    """The levers month by month: one row for each of `months` months from 0, fields as in `lever_record()`.

    The programme runs from month `start` until `start + duration`.  Outside it every lever is at rest and the budget is
    0; `start` and `duration` themselves stand in every row.  BadInput if a programme with a budget outlasts the run.
    """
    settings = strategy.settings(overrides)
    first = settings[0][1]
    start, end = int(first["start"]), int(first["start"] + first["duration"])
    if end > months and any(levers["budget"] > 0 for _, levers in settings):
        raise BadInput(
            say(
                ENDS_LATE[months == 1],
                strategy=strategy.name,
                end=str(end),
                start=str(start),
                duration=str(end - start),
                months=months,
            ),
            do=say(
                "Run at least {end} months (better {better}, to see what lasts), or set a shorter duration",
                end=str(end),
                better=str(end + 48),
            ),
        )
    rows = lever_record().empty(months)
    outside = {**at_rest(), "budget": 0.0, **{name: first[name] for name in WHOLE_PROGRAMME}}
    for begins, ends, levers in [
        (0, months, outside),
        *((start + begins, end, levers) for begins, levers in settings),  # each phase until the next one overwrites it
    ]:
        for name, value in levers.items():
            rows[name][begins:ends] = value
    return rows


def _practice(file: DataFile, head: Mapping[str, Any], count: int) -> Strategy:
    """A practice, carried out on the strategy that it is on."""
    changes: list[Change] = []
    for i in range(count):
        begins = file.read(PHASE_FIELDS, "phase", i, skip=["levers", "takes"])["from"]
        named = file.table("phase", i, "levers") if "levers" in file.data["phase"][i] else {}
        changes.append(Change(begins, {name: _lever(file, i, name) for name in named}, _takes(file, i)))
        _check_order(file, changes)
    name = head["on"]
    own = plain_name(name) not in shipped("strategy")
    path = file.path.parent / name if own else find("strategy", name)
    base = read_strategy(path, for_practice=file.path.stem)
    standing = [(phase.begins, phase.levers) for phase in base.phases]
    made = composed(standing, {file.path.stem: changes}, file.where("phase"))
    on = {"on": str(path) if own else base.name}
    return Strategy(file.path.stem, **{**head, **on}, phases=tuple(Phase(*one) for one in made), changes=tuple(changes),
                    ours=ships("strategy", file.path))  # fmt: skip


def _takes(file: DataFile, phase: int) -> dict[tuple[str, str], float]:
    """[phase.takes.share_places] share_involvement = 0.1: so much goes from the one to the other."""
    if "takes" not in file.data["phase"][phase]:
        return {}
    found = {}
    for source in file.table("phase", phase, "takes"):
        known_lever(source, file.where("phase", phase, "takes", source))
        whole = next((names for names in WHOLES if source in names), ())
        for name in file.table("phase", phase, "takes", source):
            keys = ("phase", phase, "takes", source, name)
            known_lever(name, file.where(*keys))
            if name not in whole or name == source:
                others = [one for one in whole if one != source]
                raise BadInput(f"'{name}' takes from '{source}', and they are no shares of one whole",
                               where=file.where(*keys), allowed=", ".join(others) or "levers that share a whole",
                               do="Set it under [phase.levers]")  # fmt: skip
            found[source, name] = file.value(TAKEN, *keys)
    return found


def _others(file: DataFile, phase: int) -> dict[str, float]:
    """[phase.others]: what somebody else than the foundation decides."""
    if "others" not in file.data["phase"][phase]:
        return {}
    found = {}
    for name in file.table("phase", phase, "others"):
        keys = ("phase", phase, "others", name)
        check_decided(name, value := file.value(DECISION, *keys), file.where(*keys))
        found[name] = value
    return found


def _lever(file: DataFile, phase: int, name: str) -> float:
    keys = ("phase", phase, "levers", name)
    lever = known_lever(name, file.where(*keys))
    if phase > 0 and name in WHOLE_PROGRAMME:
        raise BadInput(
            f"'{name}' holds for the whole programme", where=file.where(*keys), do="Set it in the first phase"
        )
    return check_lever(name, file.value(Field("number", lever.meaning), *keys), file.where(*keys))


def _check_order(file: DataFile, phases: Sequence[Phase | Change]) -> None:
    i = len(phases) - 1
    if i == 0 and phases[0].begins != 0:
        raise BadInput(
            f"The first phase begins in month {phases[0].begins}", where=file.where("phase", 0, "from"), allowed="0"
        )
    if i > 0 and phases[i].begins <= phases[i - 1].begins:
        raise BadInput(
            f"Phase {i + 1} begins in month {phases[i].begins}, not after phase {i} (month {phases[i - 1].begins})",
            where=file.where("phase", i, "from"),
            do="Put the phases in order",
        )

"""The other half of compiling: a process beside the first one compiles the steps of the month, from the last on.

A process compiles on one core, and the first run of a new version has half a minute of it.
"""

import gc

import numba

from agents.funder import LOT
from agents.professional import PROFESSIONAL
from agents.programme import PROGRAMME
from agents.provider import PROVIDER
from engine.months import compiled
from evidence.quantities import parameter_record
from model.month import MONTH
from model.start import nothing_yet
from model.state import GROUP, PLAN, SYSTEM, World
from scenarios.levers import lever_record


def empty_world() -> World:
    """A world of the kind that every run has, with a row or two in each table: enough to know what to compile for."""
    return World(
        **nothing_yet(1, 1, 1, 1, 1), professionals=PROFESSIONAL.empty(1), providers=PROVIDER.empty(1),
        programmes=PROGRAMME.empty(1), lots=LOT.empty(1), system=SYSTEM.empty(1), levers=lever_record().empty(1),
        plan=PLAN.empty(1), parameters=parameter_record().empty(1), groups=GROUP.empty(1),
    )  # fmt: skip


def help_to_compile() -> None:
    """Compile what nobody else is compiling, the last step first."""
    gc.disable()  # a twentieth of the time; what is left behind goes with this process
    compiled(MONTH[::-1], numba.typeof(empty_world()))  # type: ignore[no-untyped-call]

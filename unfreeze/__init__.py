"""The public door: what a program or a notebook needs, under one name (docs/python.md).  Nothing is made here.

    from unfreeze import compare
    compare("homes", "user_centred", people=2000)

What is named here stays; what is not may move.  The rooms behind the door: docs/architecture.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from analysis.ask import compare, run
from analysis.comparison import Comparison
from engine.errors import BadInput, UnfreezeError
from runs.ensemble import each_replicate, ensemble
from runs.store import Results
from runs.trial import Arm, Eligibility, trial
from scenarios.places import Place, find_place
from scenarios.plausible import plausible
from scenarios.request import Request
from scenarios.scenario import Scenario, with_twins
from scenarios.strategy import Phase, Strategy, find_strategy
from scenarios.worldviews import Worldview, find_worldview

if TYPE_CHECKING:
    from analysis.figures import comparison as figure
    from runs.service_system import ServiceSystem
    from studies.door import Study, check_study, study

LATER = {"figure": ("analysis.figures", "comparison"), "ServiceSystem": ("runs.service_system", "ServiceSystem"),
         "Study": ("studies.door", "Study"), "check_study": ("studies.door", "check_study"),
         "study": ("studies.door", "study")}  # fmt: skip

__all__ = [
    "Arm", "BadInput", "Comparison", "Eligibility", "Phase", "Place", "Request", "Results", "Scenario", "ServiceSystem",
    "Strategy", "Study", "UnfreezeError", "Worldview", "check_study", "compare", "each_replicate", "ensemble", "figure",
    "find_place", "find_strategy", "find_worldview", "plausible", "run", "study", "trial", "with_twins",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Mesa and Matplotlib take seconds to import: only for whoever asks for what stands on them."""
    if name not in LATER:
        raise AttributeError(f"module 'unfreeze' has no '{name}'. It has: {', '.join(__all__)}.")
    module, real = LATER[name]
    return getattr(import_module(module), real)


def __dir__() -> list[str]:
    return __all__

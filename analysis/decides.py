"""The figures that decide who wins: two distances from what users want, and how narrow fit is.

Whose design a place follows matters as far as professionals' own design (the convention) and a blueprint from elsewhere
lie from what users want, and as far as fit falls with distance.  Nobody has measured any of the three.  Whatever shows
parameters shows these first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, hypot

from analysis.words import number
from evidence.quantities import inputs
from scenarios.domains import Domain
from scenarios.language import N_, say

TITLE = N_("The three figures that decide who wins")
LEAD = N_(
    "Nobody has measured them: every number in them is set by hand. They decide whose places fit better. People and "
    "payers gain or lose by them only as far as fit reaches people and payers."
)
DIMENSIONS = ("choice", "home", "support")
CONVENTION = tuple(name for one in DIMENSIONS for name in (f"convention_{one}", f"wants_{one}_mean"))
BLUEPRINT = ("context_gap", *(f"elsewhere_{one}" for one in DIMENSIONS))
WIDTH = ("fit_width", "wants_spread")
DECIDES = (*CONVENTION, *BLUEPRINT, *WIDTH)


@dataclass(frozen=True)
class Figure:
    """One of the three: its value now, what it does at its off value, and the parameters that it is made of."""

    title: str
    value: str
    off: str
    made_of: tuple[str, ...]


def figures(p: Mapping[str, float], domain: Domain) -> tuple[Figure, ...]:
    """The three, where the model's numbers stand like this, in the domain's words."""
    convention = hypot(*(p[f"convention_{one}"] - p[f"wants_{one}_mean"] for one in DIMENSIONS))
    blueprint = p["context_gap"] * hypot(*(p[f"elsewhere_{one}"] for one in DIMENSIONS))
    width = inputs()["fit_width"]
    narrow, now, wide = (number(fit_at(convention, w), 2) for w in (width.low, p["fit_width"], width.high))
    return (
        Figure(
            domain.says("How far the convention of {professionals} lies from what {service_users} want"),
            number(convention, 2),
            domain.says(
                "At 0 services do by themselves what {service_users} want on average, and asking them adds next to no "
                "fit."
            ),
            CONVENTION,
        ),
        Figure(
            domain.says("How far a blueprint from elsewhere lies from what {service_users} want"),
            number(blueprint, 2),
            domain.says(
                "At 0 the blueprint is what {service_users} here want on average, and asking them adds next to no fit "
                "to it."
            ),
            BLUEPRINT,
        ),
        Figure(
            say("How wide fit is"),
            number(p["fit_width"], 2),
            domain.says(
                "It has no off value: the wider, the less any distance counts. Somebody of average wants finds that "
                "the convention fits by {now}, by {narrow} at the narrow end of the range and by {wide} at the wide "
                "end. The more {service_users} differ from one another, the less one design suits them all.",
                now=now,
                narrow=narrow,
                wide=wide,
            ),
            WIDTH,
        ),
    )


def fit_at(distance: float, width: float) -> float:
    """How well a design that far away fits, as agents/service_user.py `fit` has it."""
    return exp(-distance * distance / (2.0 * width * width))

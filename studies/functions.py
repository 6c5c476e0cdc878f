"""A function of one's own instead of the model: the machinery of studies serves it as well.

    @as_model(y="the answer")
    def mine(seed, x1, x2): return {"y": x1 + x2}

It stands in a module that Python finds, and the study's file names it: model = "package.module:mine".  A function that
is not marked so is never called: a file that somebody sends cannot call whatever is installed here.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import BadInput

MARK = "_measures_of_a_study"
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Function:
    """A function with what it measures, and what each means."""

    name: str
    call: Callable[..., Mapping[str, float]]
    measures: Mapping[str, str]


def as_model(**measures: str) -> Callable[[Callable[..., Mapping[str, float]]], Callable[..., Mapping[str, float]]]:
    """Mark a function as what a study may run: its measures, and what each means."""

    def marked(call: Callable[..., Mapping[str, float]]) -> Callable[..., Mapping[str, float]]:
        setattr(call, MARK, dict(measures))
        return call

    return marked


def find_function(name: str) -> Function:
    """The marked function of this name; BadInput says what is wrong."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"'model' is '{name[:60]}'", allowed="package.module:function")
    module, _, function = name.partition(":")
    try:
        call = getattr(importlib.import_module(module), function, None)
    except ImportError as error:
        raise BadInput(f"Python finds no module '{module}'", do="Check its name, and the folder you are in") from error
    measures: Any = getattr(call, MARK, None)
    if not callable(call) or not isinstance(measures, dict) or not measures:
        raise BadInput(f"'{name}' is no model", allowed='a function marked with @as_model(y="what y is")')
    return Function(name, call, measures)


@as_model(y="Ishigami's function of three angles (Ishigami and Homma 1990), a = 7, b = 0.1")
def ishigami(seed: int, x1: float, x2: float, x3: float, **others: float) -> dict[str, float]:
    """A function whose indices are known: what a study and its analysis find must be these."""
    return {"y": math.sin(x1) + 7 * math.sin(x2) ** 2 + 0.1 * x3**4 * math.sin(x1)}

"""A study's model for EMA workbench: its factors as uncertainties, its columns as outcomes (needs the extra 'studies').

from ema_workbench import perform_experiments
experiments, outcomes = perform_experiments(ema_model("mine.toml", "user_centred"), scenarios=100)
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.errors import BadInput, UnfreezeError, UnknownName
from studies.description import Description, of_data, read
from studies.factors import DUMMY, Factor
from studies.parts import nothing
from studies.plan import Arm, Which
from studies.subjects import subject_of


def ema_model(file: str | os.PathLike[str] | Mapping[str, Any], strategy: str = "", place: str = "") -> Any:
    """The model under one strategy in one place, a mean over the file's replicates; EMA workbench chooses the rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what EMA workbench does not find beside itself
        try:
            import ema_workbench as ema
        except ImportError as error:
            raise BadInput("EMA workbench is not installed", do="pip install 'unfreeze[studies]'") from error
    said = of_data(file, Path.cwd()) if isinstance(file, Mapping) else read(os.fspath(file))
    for what, name, known in (("strategy", strategy, said.strategies), ("place", place, said.places)):
        if name and name not in known:
            raise UnknownName(f"{what} of this study", name, known)
    if any(one.shares for one in said.factors):
        raise BadInput("EMA workbench draws each factor alone: none may share a whole", do="Give each a range")
    arm = Arm(place or next(iter(said.places), ""), next(iter(said.worldviews), ""),
              strategy or next(iter(said.strategies), ""))  # fmt: skip
    model = ema.Model("unfreeze", function=_function(said, arm))
    model.uncertainties = [_parameter(one, ema) for one in said.factors if one.kind != DUMMY]
    model.outcomes = [ema.ScalarOutcome(name) for name in said.columns()]
    return model


def _parameter(one: Factor, ema: Any) -> Any:
    name = one.name.replace(".", "__")
    if one.values:
        return ema.CategoricalParameter(name, one.values)
    if one.counted:
        return ema.IntegerParameter(name, int(one.low), int(one.high))
    return ema.RealParameter(name, one.low, one.high)


def _function(said: Description, arm: Arm) -> Callable[..., dict[str, float]]:
    subject, numbers = subject_of(said), iter(range(2**62))

    def unfreeze(**row: Any) -> dict[str, float]:
        """One experiment."""
        values = {name.replace("__", "."): value for name, value in row.items()}
        which, found = Which(0, next(numbers), 0, arm, said.months), []
        for replicate in range(said.until.least):
            outcome = subject.live(which, values, said.seed + replicate, nothing)
            if outcome.status != "done":
                raise UnfreezeError(outcome.error)
            found.append(outcome.values)
        every = zip(*found, strict=True)
        means = [math.nan if None in column else math.fsum(column) / len(column) for column in every]
        return dict(zip(said.columns(), means, strict=True))

    return unfreeze

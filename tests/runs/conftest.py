"""The tests of runs need the small systems that the tests of scenarios make, and runs that fail."""

from collections.abc import Callable
from typing import Any

import pytest

import runs.ensemble
from scenarios.scenario import Scenario
from tests.scenarios.conftest import small

__all__ = ["small"]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Scenario], bool]], None]:
    """Says which runs are to fail."""
    lived = runs.ensemble.lived

    def these(chosen: Callable[[Scenario], bool]) -> None:
        def fails(past: Any, scenario: Scenario, look: Any) -> Any:
            if chosen(scenario):
                raise ZeroDivisionError("by zero")
            return lived(past, scenario, look)

        monkeypatch.setattr(runs.ensemble, "lived", fails)

    return these

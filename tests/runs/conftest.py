"""The tests of runs need the small systems that the tests of scenarios make."""

from tests.scenarios.conftest import small

__all__ = ["small"]

"""The benchmark of the room runs, on a tiny room: that nobody is doubled or lost, not how fast it is."""

from pathlib import Path

import pytest

from benchmarks.workshop import measured, page


@pytest.mark.slow
def test_nobody_is_doubled_or_lost_in_a_tiny_room(tmp_path: Path) -> None:
    found = measured(5, tmp_path)
    for name, (value, asked) in found.items():
        if name.startswith("people in the room"):
            assert (value, asked) == (5, "5"), name
        elif name == "decisions that are lost":
            assert (value, asked) == (0, "0")
        else:
            assert value > 0
    assert page(5, found, (1.0, 1.0)).count("|") == 4 * (len(found) + 2)

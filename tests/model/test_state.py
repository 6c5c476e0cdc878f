"""Copies of tables: every byte, padding too, and nothing shared."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine.record import Rows, count, number, record
from model.month import run
from model.state import GIVEN, OWN, World, copied

ODD = record("Odd", wide=number("eight bytes"), short=count("two bytes", bits=16), tiny=count("one byte", bits=8))


@pytest.mark.parametrize("table", [ODD.empty(7), ODD.empty(0), np.arange(12, dtype=np.int32).reshape(6, 2)])
def test_a_copy_is_the_same_and_its_own(table: np.ndarray) -> None:
    table.view(np.uint8)[...] = 7
    new = copied(table)
    assert (type(new), new.dtype, new.shape, new.tobytes()) == (type(table), table.dtype, table.shape, table.tobytes())
    assert not np.shares_memory(new, table)
    assert new.flags.owndata
    assert new.flags.writeable


def test_a_part_of_a_table_is_copied_without_the_rest() -> None:
    table = ODD.empty(9)
    table["short"] = np.arange(9)
    new = copied(table[4:].view(Rows))
    assert new.short.tolist() == [4, 5, 6, 7, 8]
    assert new.base is None


def test_every_table_of_a_world_is_copied_or_given() -> None:
    assert {*OWN, *GIVEN} == set(World._fields)
    assert not {*OWN} & {*GIVEN}


def test_months_beyond_the_tables_are_refused(lab: SimpleNamespace) -> None:
    """Compiled, they would write past the ends of tables and say nothing."""
    world = lab.branch(lab.begin(people=500), "status_quo", 3)
    month = int(world.system[0].month)
    with pytest.raises(ValueError, match=f"the tables end with {month + 3}"):
        run(world, 4)
    assert int(world.system[0].month) == month
    assert int(run(world, 3).system[0].month) == month + 3

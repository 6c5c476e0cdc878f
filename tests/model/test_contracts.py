"""What of free mainstream money is asked for places, in a whole city and in a part of one."""

from types import SimpleNamespace

import pytest

from model.contracts import affords

PRICE = 1000  # cents a month
LOT = SimpleNamespace(open_lot=5.0)


@pytest.mark.parametrize(
    ("scale", "places", "needed"),
    [
        (1.0, 5, 5000),  # a whole city, and one twice as large
        (2.0, 5, 5000),
        (0.4, 2, 2000),  # lots of two places
        (0.2, 1, 1000),  # a lot is just one place
        (0.1, 1, 100),  # it is half of one, and comes whole half as often
        (0.1, 3, 2100),
    ],
)
def test_the_last_place_is_asked_for_in_part_only_where_a_lot_is_less_than_one(
    scale: float, places: int, needed: int
) -> None:
    system = SimpleNamespace(free=needed, scale=scale, place_month=PRICE)
    assert affords(system, places, LOT)
    system.free = needed - 1
    assert not affords(system, places, LOT)

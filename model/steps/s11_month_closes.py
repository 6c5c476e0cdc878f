"""Step 11: the month closes.  Money is paid, then the month is observed."""

from engine.rule import kernel
from model.money import bridge_money_pays, mainstream_pays
from model.observe import observes


@kernel
def the_month_closes(world):
    """11. Money is paid and accounted, and the month is recorded; recording changes nobody's state."""
    system = world.system[0]
    row = world.measured[system.month]
    book = world.ledger[system.month]
    bridge_money_pays(world, book)
    mainstream_pays(world, book)
    observes(world, row, book)
    system.month = system.month + 1

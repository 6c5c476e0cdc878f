"""Events: what happened in a month, a line each.  Nothing in the model reads them."""

from engine.rule import rule


@rule
def happens(world, kind, j, amount):
    """Write one line into the table of events."""
    system = world.system[0]
    event = world.events[system.events]
    event.kind = kind
    event.month = system.month
    event.provider = j
    event.amount = amount
    system.events = system.events + 1

"""A place of every field of service, for tests that must hold in all of them; the last of a field by name."""

from scenarios.names import shipped
from scenarios.places import find_place

FIELDS = tuple({find_place(name).domain: name for name in sorted(shipped("place"))}.values())

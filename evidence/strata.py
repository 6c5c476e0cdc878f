"""How people are told apart where they are counted: thirds of need, and the groups that a place may define."""

THIRDS = ("low", "middle", "high")  # need below 1/3, between, above 2/3 of the scale
MOST_GROUPS = 7  # the rest included

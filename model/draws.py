"""Every draw that the model makes: one line a group of up to four decisions, one name each.

A draw depends on (seed, number of the group, month, who) and on nothing else.  The numbers are frozen: whoever changes
one changes the luck of every run.  Labels and names say what a draw decides and may be corrected at any time; a label
says every use of its draw, and a test holds rules to drawing by these names (tests/model/test_draws.py).
"""

from engine.chance import decisions

# A person who uses the service; by the person's id.
BIRTH = decisions(0x0E041A51, "user", "need", "trust", "voice", "carer")
NEED, TRUST, VOICE, CARER = range(4)

WANTS = decisions(0xBD7CEEF8, "user", "wants choice", "wants home", "wants support", "starts unserved")
WANTS_CHOICE, WANTS_HOME, WANTS_SUPPORT, STARTS_UNSERVED = range(4)

# The third draw serves three decisions, of which nobody meets two in one month.
LIFE = decisions(0xCDB37C2C, "user", "dies", "leaves, loses, gives up or comes back",
                 "where to; support ends; another home; keeps it in a spell", "is acute")  # fmt: skip
DIES, LEAVES, WHERE_TO, IS_ACUTE = range(4)

QUEUES = decisions(0x3CA518F3, "user", "queue for beds", "asks for a bed; queue of who lost a home",
                   "queue for homes", "answers a bed")  # fmt: skip
BED_QUEUE, ASKS_FOR_BED, HOME_QUEUE, ANSWERS_BED = range(4)
LOSER_QUEUE = ASKS_FOR_BED  # who has just lost a home need not ask

STAY = decisions(0x211B085D, "user", "fast or slow stay", "key worker", "which provider's bed", "carer speaks")
FAST_OR_SLOW, KEY_WORKER, WHOSE_BED, CARER_SPEAKS = range(4)

GROUPING = decisions(0x2D8F5C13, "user", "group", "kind of stayer")
GROUP_OF, KIND_OF = range(2)

OFFER = decisions(0x896F8A0B, "user", "is put forward", "queue for offers", "who decides; whose offer",
                  "answers an offer")  # fmt: skip
IS_PUT_FORWARD, OFFER_QUEUE, WHOSE_OFFER, ANSWERS_OFFER = range(4)
WHO_DECIDES = WHOSE_OFFER  # the same number twice: which worker decides, and where the search for a place begins

SPEAK = decisions(0xB55D3DC1, "user", "takes part", "keeps the home", "queue at a closure", "rivalry stops it")
TAKES_PART, KEEPS_HOME, CLOSURE_QUEUE, RIVALRY_STOPS = range(4)

# A post; by its row.
POST = decisions(0xAF52A6B5, "professional", "leaves the post", "comes from the sector")
LEAVES_POST, FROM_SECTOR = range(2)

CHARACTER = decisions(0x3C239EDF, "professional", "belief", "identification", "threshold")
BELIEF, IDENTIFICATION, THRESHOLD = range(3)

# Ties; by the number of the tie in place of the month, and the row of who has it (managers: -1 - row).
TIES = decisions(0x1E662FE4, "network", "colleague in the house", "colleague elsewhere", "manager")
COLLEAGUE, COLLEAGUE_ELSEWHERE, MANAGER_KNOWN = range(3)

# A manager; by the provider's row.
CHOICES = decisions(0x3D960F86, "manager", "applies; rounds opened places", "fakes partnership; queue for free money",
                    "opens places; rounds closed beds", "converts beds; rounds converted places")  # fmt: skip
APPLIES, FAKES_PARTNERSHIP, OPENS_PLACES, CONVERTS_BEDS = range(4)
# Drawn in month -1 - month, which is no month of a run.
ROUNDS_OPENED = APPLIES
MONEY_QUEUE = FAKES_PARTNERSHIP
ROUNDS_CLOSED = OPENS_PLACES
ROUNDS_CONVERTED = CONVERTS_BEDS

# What a manager is like; by the provider's row, before the first month.
TEMPER = decisions(0x41E8D7A3, "manager", "ownership", "hearing", "trust in the foundation", "partnering")
OWNERSHIP, HEARING, TRUST_FUNDER, PARTNERING = range(4)

READS = decisions(0x8FE25E75, "manager", "reads results", "openness", "grows the best programme")
READS_RESULTS, OPENNESS, GROWS_BEST = range(3)

# A provider; by its row, before the first month.
START = decisions(0x1A7E2B85, "provider", "obstacle", "reputation", "rounds posts in crisis",
                  "rounds posts in reform")  # fmt: skip
OBSTACLE, REPUTATION, ROUNDS_CRISIS_POSTS, ROUNDS_REFORM_POSTS = range(4)

CONVENTION = decisions(0x19664B4F, "provider", "convention choice", "convention home", "convention support")
CONVENTION_CHOICE, CONVENTION_HOME, CONVENTION_SUPPORT = range(3)

# The foundation.  Of an application by provider and award, of an award by -1 - its number in the call.
PANEL = decisions(0xF3F9A1FD, "foundation", "score", "outside pilot", "detects a fake")
SCORE, OUTSIDE_PILOT, DETECTS_FAKE = range(3)

# By grant; for obstacles by -1 - provider.
LISTENS = decisions(0xF7E25B2A, "foundation", "finds the obstacle", "holds a payment")
FINDS_OBSTACLE, HOLDS_PAYMENT = range(2)

# A lot of reformed places; by its ordinal.
LOTS = decisions(0xC001AD5A, "lot", "is discontinued", "asks for take-over", "stops at grant end", "restarts")
IS_DISCONTINUED, ASKS_FOR_TAKEOVER, STOPS_AT_END, RESTARTS = range(4)

# The commissioner's answer to a claim on free money; by the ordinal of a lot, or below 0 by provider.
ANSWERS = decisions(0x6D20B3F9, "commissioner", "agrees to a claim", "reads reports")
AGREES, READS_REPORTS = range(2)

# The commissioner and the world around: number 0 for supply and arrivals, 1 for emergency beds.
COMMISSION = decisions(0x84C91F6B, "commissioner", "rounds emergency beds", "rounds supply", "arrivals",
                       "whose emergency beds")  # fmt: skip
ROUNDS_BEDS, ROUNDS_SUPPLY, ARRIVALS, WHOSE_BEDS = range(4)

# A person before the run, where the place's counts are made up.
HELD = decisions(0x5A1C09E7, "user", "changes so that counts agree")
(WHO_CHANGES,) = range(1)

# A crisis bed that its guest left for good; by the id of that guest.
EMPTIED = decisions(0x71D3B6A9, "user", "bed is offered again")
(IS_OFFERED_AGAIN,) = range(1)

# A home with support that its tenant left for good; by the id of that tenant.
VACATED = decisions(0x2C96E4D1, "user", "home is let again")
(IS_LET_AGAIN,) = range(1)

# A person at the starting point: how long there, and without a home, already.
BEFORE_RUN = decisions(0x33D7A4C2, "user", "months there at the start", "months without a home at the start")
MONTHS_THERE, MONTHS_WITHOUT = range(2)

# What is planned.  Roundings are drawn once, by number 0 in month 0; the rest month by month, by number 1.
PLANNING = decisions(0x5B1E94C7, "commissioner", "rounds planned beds", "rounds planned places", "whose planned beds",
                     "whose planned places")  # fmt: skip
ROUNDS_PLANNED_BEDS, ROUNDS_PLANNED_PLACES, WHOSE_PLANNED_BEDS, WHOSE_PLANNED_PLACES = range(4)

# A lot of mainstream places, where the plan closes some; by its ordinal.
PLANNED_END = decisions(0xE2076D13, "lot", "queue at a planned closure")
(PLANNED_QUEUE,) = range(1)

# Beds that open because there is a right to one; by the occasion in the month.
RIGHT = decisions(0x9C4A72E5, "commissioner", "whose beds by right")
(WHOSE_BEDS_BY_RIGHT,) = range(1)

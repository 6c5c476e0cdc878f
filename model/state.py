"""The state of one service system: a handful of tables, one row per agent, contract, month or event.

`World` is what every step of the month receives.  Who writes which column stands in model/owners.py; observing only
looks (both tested).  Money is whole cents; shares are summed in fixed point so that the order of rows
cannot matter.
"""

from typing import Any, NamedTuple

import numpy as np

from agents.service_user import FATES, GONE, SITUATIONS
from engine.record import Rows, code, count, flag, identity, money, number, record, share

BURN_IN = 48  # months.  Longer than the settled are followed; tests/verification/test_first_months.py: all stands still

SYSTEM = record(
    "System",
    seed=identity("seed of this run"),
    month=count("months since the beginning of the burn-in", "months"),
    burn_in=count("months of burn-in before month 0 of the run", "months"),
    people=count("people hidden, unserved, in crisis service or reform at the start", "people"),
    living=count("people in the table of users: everybody but the gone and the housed", "people"),
    present=count(
        "rows of by_situation that held somebody this month: at its start, newcomers, and who came back", "rows"
    ),
    housed=count(
        "people housed: in a home of their own, out of touch with services; rows used in that table", "people"
    ),
    housed_died=count("of them died this month", "people"),
    housed_cost=money("what other services cost for all who are housed, a month"),
    scale=number("size of the simulated system against the real place", "ratio", 0.0),
    bed_month=money("a crisis bed for a month"),
    by_right_month=money("a crisis bed that is there by right for a month"),
    emergency_month=money("a crisis bed bought under emergency pressure for a month"),
    place_month=money("a reformed place for a month"),
    by_right=count("crisis beds that are there by right", "beds"),
    homes=count("secure tenancies that become free this month", "homes"),
    homes_left=count("homes with support left for good this month, which join next month's", "homes"),
    homes_recent=number("homes a month given to people who had none, mean of about the last year", "homes", 0.0),
    homes_usual=number("the same when the run began", "homes", 0.0),
    homes_used=count("of them taken by people of this system", "homes"),
    homes_fund=money("foundation's money for homes not yet spent"),
    base_spend=money("mainstream spend a month at the end of the burn-in"),
    budget=money("the commissioner's budget a month: beds, reformed places and free money"),
    free=money("of it free for reform"),
    income=money("the foundation's income this month"),
    purse=money("the foundation's money in hand"),
    committed=money("of it promised in grants, or kept for their places"),
    kept_for_places=money("of grants' money for places: not yet enough for a whole one"),
    idle=money("of it kept unspent by decision"),
    ahead=money("income still to come on which awards already count"),
    in_sight=money("what a month leaves for grants, for each who applied in the latest call"),
    running=flag("the foundation's programme is running this month"),
    listening=flag("a listening cycle takes place this month"),
    convening=share("convening that the foundation pays for this month"),
    campaign=share("campaign that the foundation pays for this month"),
    call_held=flag("a call is held this month"),
    user_seats=share("users' seats on the panel of this month's call, as far as paid"),
    spotlight=share("reach of the spotlight on others' results this month"),
    case=share("others' good results, made known, that the commissioner has taken in"),
    seats_shown=share("users' seats on the panel of the latest call while the programme runs"),
    seats_seen=share("users' seats where the foundation divides money, as far as the commissioner has taken them in"),
    relief=share("staff hours bought by topping up budgets, as a share of working time"),
    grants_made=count("grants awarded so far", "grants"),
    events=count("rows used in the table of events", "events"),
    outreach_first=count("first row of the outreach team among the professionals", "row"),
    outreach_slots=count("rows kept for the outreach team", "rows"),
    rough=count("people unserved at the end of last month", "people"),
    hidden=count("people hidden at the end of last month", "people"),
    hidden_start=count("people hidden at the start, as the place counts them", "people"),
    rough_start=count("people unserved at the start, as the place counts them", "people"),
    rough_visible=number("people unserved as the commissioner sees them, mean of about the last year", "people", 0.0),
    pressure=share("crisis pressure: how far crisis beds are over their comfortable occupancy"),
    money_pressure=share("lack of free mainstream money"),
    stuck=share("share of crisis residents who have been there for over a year"),
    arrivals=count("people who arrived this month", "people"),
    died=count("people who died this month", "people"),
    left=count("people who left the area or found an answer of their own this month", "people"),
    found_home=count("people who found a home by themselves this month", "people"),
    out_of_sight=count("people housed for long before the run, not followed any more from this month on", "people"),
    offers=count("offers of a reformed place this month", "offers"),
    refused=count("of them refused", "offers"),
    referred=count("people put forward this month", "people"),
    moved_in=count("people who moved from looking into a home with support this month", "people"),
    moved_on=count("people who got an own tenancy this month, from the crisis service or hidden", "people"),
    rehoused=count("reformed-service tenants who got another home this month", "people"),
    changed_home=count("tenants who lost or left a home this month and keep their place", "people"),
    waited=count("months without a home of all who got one this month, summed", "months"),
    lost=count("tenancies of the reformed service lost this month", "people"),
    lost_early=count("of them within three months", "people"),
    returned=count("people settled or housed who came back this month", "people"),
    bed_offers=count("shelter offers to people on the street this month", "offers"),
    bed_refused=count("of them refused", "offers"),
    turned_away=count("people who asked for a bed and found none this month", "people"),
    took_part=count("users who took part in involvement this month", "people"),
    displaced=count("people who lost their place to a closure this month", "people"),
    growth=money("growth and emergency money that came into the budget this month"),
    elsewhere=money("mainstream money that went elsewhere this month"),
    to_rivals=money("of it free money that rivals of reform took"),
    opens_expected=number("places a month that managers would open before the run, by open_rate", "places", 0.0),
    stops_expected=number("places a month that would stop meanwhile, less those of conversions", "places"),
    would_open=number("the same of this month", "places", 0.0),
    would_stop=number("the same of this month, less those that restart and those of conversions", "places"),
    opens_usual=number("how often managers ask to open places here, as a multiple of open_rate", "ratio", 0.0),
    replacing=count("places that stopped before the run and that nothing has replaced yet", "places"),
    claims=count("claims of reform on free mainstream money this month", "claims"),
    agreed=count("of them the commissioner agreed to", "claims"),
    taken_over=money("grant-paid places taken over by mainstream money so far, run rate"),
    saved=money("savings that became cash so far, run rate"),
    not_saved=money("savings of closed beds that did not become cash so far, run rate"),
)

# What a place means to happen whoever acts, month by month; of the real place, whatever the size that is simulated.
PLAN = record(
    "Plan",
    inflow=number("people who arrive", "people a month", 0.0),
    homes=number("secure tenancies that become free", "homes a month", 0.0),
    beds=number("crisis beds planned", "beds", 0.0),
    places=number("reformed places planned, paid from mainstream money", "places", 0.0),
    budget=number("growth of the commissioner's budget", "per year"),
    bed_price=number("price of a crisis bed against month 0", "ratio", 0.0),
    place_price=number("price of a reformed place against month 0", "ratio", 0.0),
)

# Who pays for what, in cents a month.  The first word is the payer.
LEDGER = record(
    "Ledger",
    commissioner_crisis=money("crisis beds"),
    commissioner_reform=money("reformed places paid from mainstream money"),
    commissioner_double=money("of the two: double running paid from mainstream money"),
    foundation_places=money("grant-paid reformed places"),
    foundation_involvement=money("users' involvement"),
    foundation_training=money("training"),
    foundation_bridge=money("bridge money handed to providers"),
    foundation_implementation=money("implementation support"),
    foundation_spotlight=money("making others' results known"),
    foundation_top_up=money("topping up providers' budgets"),
    foundation_homes=money("secure tenancies bought"),
    foundation_listening=money("listening cycles"),
    foundation_seats=money("users' seats on panels"),
    foundation_convening=money("convening"),
    foundation_campaign=money("campaigns"),
    foundation_assessment=money("assessment of applications"),
    foundation_verification=money("verification"),
    foundation_checks=money("progress checks"),
    provider_double=money("double running paid from bridge money"),
    provider_hours=money("staff hours that nobody paid, valued"),
    users_hours=money("users' hours that nobody paid, valued"),
    other_services=money("health, justice and other services"),
)
FOUNDATION = tuple(name for name in LEDGER.fields if name.startswith("foundation_"))

EVENTS = (
    "award",
    "opens places",
    "converts beds",
    "beds close",
    "emergency beds",
    "taken over",
    "refused",
    "discontinued",
    "restarted",
    "listening",
    "obstacle found",
    "acted on",
    "tokenism",
    "fake detected",
    "payment held",
    "beds open",
    "places close",
)
(
    AWARD,
    OPENS,
    CONVERTS,
    CLOSES,
    EMERGENCY,
    TAKEN_OVER,
    REFUSED,
    DISCONTINUED,
    RESTARTED,
    LISTENING,
    FOUND,
    ACTED,
    TOKENISM,
    FAKE,
    HELD,
    BEDS_OPEN,
    PLACES_CLOSE,
) = range(len(EVENTS))
EVENT = record(
    "Event",
    amount=money("cents, places or beds"),
    month=count("months since the beginning of the burn-in", "months"),
    provider=count("row of the provider; -1 is none", "row", low=-1),
    kind=code("what happened", EVENTS),
)


# A group of people that a place tells apart.  Relative rates; 1 (log odds: 0) is as everybody.
GROUP = record(
    "Group",
    share=share("of those who arrive"),
    moves_on=number("leaving the crisis service, also as weight in the lottery for homes", "ratio", 0.0),
    loses_home=number("losing a home of the reformed service", "ratio", 0.0),
    returns=number("coming back", "ratio", 0.0),
    put_forward=number("being put forward for the reformed service", "log odds"),
    finds_bed=number("asking for a crisis bed", "ratio", 0.0),
    dies=number("dying", "ratio", 0.0),
)
FROM = SITUATIONS  # rows of a month's flows; gone: was not there
TO = (*SITUATIONS[:GONE], *FATES[1:])  # columns
YEAR = 12  # months for which people are remembered as seen

Table = Rows


class World(NamedTuple):
    """Everything that changes in one run.  One-row tables are read as `world.system[0]`."""

    users: Table
    professionals: Table
    peers: np.ndarray  # (professionals, PEERS) int32: rows of colleagues one listens to, -1 is none
    duty: np.ndarray  # (professionals, 2) int32: who is next on duty in the crisis service, in the reformed service
    managers: Table
    manager_peers: np.ndarray  # (providers, PEER_MANAGERS) int32
    providers: Table
    programmes: Table  # (providers * SLOTS) rows; the first of each provider is the one it has from before the run
    grants: Table
    lots: Table
    system: Table  # 1 row
    levers: Table  # one row per month, burn-in included
    plan: Table  # likewise; it may know more months than the run has
    parameters: Table  # 1 row
    measured: Table  # one row per month, burn-in included (model/measures.py)
    ledger: Table  # likewise
    events: Table
    by_situation: np.ndarray  # (users,) int32: rows of users by situation, as they stood when the month began
    keys: np.ndarray  # (users,) int64: scratch for lotteries
    rows: np.ndarray  # (users,) int32: scratch for lotteries
    groups: Table  # one row for each group, at least one
    housed: Table  # records of users who are housed, the first `system.housed` rows
    housed_ids: np.ndarray  # (housed,) int64: their ids once more, side by side
    housed_in: np.ndarray  # (THIRDS, MOST_GROUPS) int64: the housed by third of need and by group
    seen: np.ndarray  # (YEAR,) int64: people by the month (of 12) in which they were last without a home
    flows: np.ndarray  # (months, FROM, TO) int32: people by how they lived when the month began and when it ended
    sums: np.ndarray  # (providers, SUMS) int64: scratch for sums by provider


SUMS = 6  # columns; each step names the ones it uses
MOST_MONTHS = 32000  # where counters of months stop
# what a second world gets from elsewhere or shares
GIVEN = ("levers", "plan", "parameters", "measured", "ledger", "flows")
OWN = tuple(name for name in World._fields if name not in GIVEN)


def copy(world: World, levers: Table, plan: Table, measured: Table, ledger: Table, flows: np.ndarray) -> World:
    """A second world from this moment on, with its own levers and results: nothing that changes is shared."""
    own = {name: copied(getattr(world, name)) for name in OWN}
    return World(
        **own,
        levers=levers,
        plan=plan,
        parameters=world.parameters,
        measured=measured,
        ledger=ledger,
        flows=flows,
    )


def copied[T: np.ndarray[Any, Any]](table: T) -> T:
    """A copy of one table, byte by byte: NumPy would copy records field by field, ten times as slowly."""
    new: T = np.empty_like(table)
    new.view(np.uint8)[...] = table.view(np.uint8)
    return new

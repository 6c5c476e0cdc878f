"""What real cities publish and a place's file cannot say, and what to do instead."""

from __future__ import annotations

import re

from engine.errors import BadInput, Where, near_names
from evidence.quantities import inputs
from scenarios.published import PUBLISHED, TABLE

GROUPS = "Tell them apart as a group: [groups.{name}] with title, share and rates relative to the rest"
ONE_FILE = "Describe them in a file of their own, with beds, homes and newcomers of their own"
SLIP = 0.85  # how alike a name must be to be a slip of the hand, whatever else it looks like
OWN = "If homes are kept for them alone, describe them in a file of their own"

# What a field's name looks like, what a place cannot say, and what to do instead; the first that fits is taken.
CANNOT: tuple[tuple[str, str, str], ...] = (
    (r"famil|child|household|parent", "The model knows single adults: nobody in it has a family", ONE_FILE),
    (r"couple|partner", "The model knows single adults: two people cannot share a place", ONE_FILE),
    (r"youth|young|teen|under_?(18|25)|aged?_", "A place has no figures by age", f"{GROUPS}.  {OWN}"),
    (r"veteran|women|woman|men$|gender|race|ethnic|migrant|refugee|asylum|disab|lgbt",
     "A place has no figures by who people are", f"{GROUPS}.  {OWN}"),
    (r"chronic|long_?term_homeless|need_mix",
     "How long people have been homeless comes out of the run", "Give [published.over_a_year] with use = 'check'"),
    (r"(cause|reason|evict|discharge|prison|domestic)",
     "Newcomers have no cause: inflow is one number", "Add the causes up in inflow; inflow_unserved says how many of "
     "them start without a roof"),
    (r"prevent|divert|diversion|rapid_resolution",
     "There is no prevention in the model: who is kept from losing a home never arrives",
     "Lower inflow by those who are kept, and keep the service's price out of the file"),
    (r"rapid|rrh|short_?term_(rent|subsid)|rent_(help|subsid)|voucher",
     "There is no rapid re-housing: help with the rent that ends after some months",
     "Count the homes it gives in secure_supply, a month; its rate of return is return_settled"),
    (r"transitional|step_?down|bridge|bridging|interim|respite|safe_haven",
     "There is one kind of crisis bed, and no transitional housing",
     "Count its beds in crisis_beds, with crisis_cost as the mean over both kinds"),
    (r"(beds|homes|places|inflow|supply|units|inventory|budget)_?(by|in|per|for)_?(year|20\d\d)|(planned|plan|future|new|target)_"
     r"(beds|homes|places|units|inflow)|_20\d\d$",
     "Years are not fields of their own", "Give the figure's table a list: by_year = [...], its values 12, 24, ... "
     "months after the start"),
    (r"stays?_by|length_?of_?stay|los$|stay_(length|mean|median|days)|days_in|nights_in",
     "Lengths of stay come out of the run, for all crisis beds together",
     "Give [published.stay_months], [published.under_six] or [published.over_a_year]"),
    (r"return(s|ed)?_?(to|within|in|after|rate|\d|$)|recidiv|re_?entr",
     "Returns come out of the run",
     "Give [published.returns_24] with use = 'check'; the monthly chance is return_settled"),
    (r"destination|exits?(_|$)|move[ds]?_?on|outflow|placements",
     "Exits come out of the run, and have no list of destinations",
     "Give [published.exits_to_homes_a_month] with use = 'check'; homes a month are secure_supply"),
    (r"unmet|need_for|waiting|wait_?list|queue|turned_away|shortfall",
     "Unmet need comes out of the run (measure unmet_need)", "Leave it out, and compare it with the run's"),
    (r"series|history|fit_?to|calibrat|observed|trend|past_",
     "A place is not fitted to a series", "Give its last year as [published.change_in_year] with use = 'check', and "
     "the past of one figure as by_year where you replay it"),
    (r"night|point_?in|pit(_|$)|street_count|count_on|stock$",
     "What is counted on a night is no figure of its own",
     "Give crisis_beds, crisis_stock_share and rough_stock, and the count itself as [published.people_on_a_night]"),
    (r"year_?(count|total)|annual|distinct|unique|in_a_year",
     "How many people a year has comes out of the run", "Give [published.year_count], with use = 'check' or 'fit'"),
)  # fmt: skip


def instead(name: str, where: Where) -> None:
    """BadInput for a field that a place cannot have, if we know what it is about; nothing if we do not.

    A name that is nearly one of ours is a slip of the hand and none of our business here.
    """
    if name in PUBLISHED:
        raise BadInput(f"'{name}' is something that a city publishes, not something that a rule reads", where=where,
                       do=f"Write it as a table [{TABLE}.{name}] with value, mark, source and use")  # fmt: skip
    if near_names(name, inputs(), near=SLIP):
        return
    for looks, cannot, do in CANNOT:
        if re.search(looks, name.lower()):
            raise BadInput(f"A place cannot say '{name}'.  {cannot}", where=where, do=do.replace("{name}", name))

"""What is measured each month: names, units and meaning.  model/observe.py fills one row a month."""

from engine.record import Field, Record, number, record
from evidence.strata import MOST_GROUPS, THIRDS

BY_NEED = ("people_system", "secure_people", "without_home", "secure_share", "voice")
BY_GROUP = ("without_home", "secure_people")  # also by the groups that a place tells apart, at most MOST_GROUPS


def _m(meaning: str, unit: str) -> Field:
    return number(meaning, unit)


LONGEST_STAY = 600  # months; longer stays count as this long

_MEASURES: dict[str, Field] = {
    # people
    "people_system": _m("people hidden, unserved, in the crisis service, looking or in the reformed service", "people"),
    "hidden": _m("people hidden homeless", "people"),
    "unserved": _m("people unserved", "people"),
    "crisis": _m("people in the crisis service", "people"),
    "looking": _m("people who accepted an offer and look for a home", "people"),
    "reform": _m("people with a home in the reformed service", "people"),
    "settled": _m("people settled in an ordinary home for up to three years", "people"),
    "housed": _m("people in a home of their own for longer, or by an own way, since the run began", "people"),
    "secure_people": _m("people with a secure home: everybody housed who still is, by whatever door", "people"),
    "without_home": _m(
        "people without a home of their own: hidden, unserved, in the crisis service, looking", "people"
    ),
    "secure_share": _m("people with a secure home, of all", "share"),
    "unmet_need": _m("people who wait for a home: unserved, in a slow stay, or looking", "people"),
    "year_count": _m("people without a home at the end of at least one of the last 12 months", "people"),
    "months_to_home": _m("months without a home of those who got one this month, mean", "months"),
    "moved_on": _m("people who got an own tenancy, from the crisis service or hidden", "people a month"),
    "moved_in": _m("people who moved into a home with support", "people a month"),
    "rehoused": _m("reformed-service tenants who got another home", "people a month"),
    "changed_home": _m("tenants who lost or left a home and keep their place", "people a month"),
    "lost": _m("reformed-service tenancies lost", "people a month"),
    "returned": _m("people settled or housed who came back", "people a month"),
    "found_home": _m("people who found a home by themselves", "people a month"),
    "entries_new": _m("new people: all of them come without a home", "people a month"),
    "entries_returned": _m("people with a home last month and without one now", "people a month"),
    "exits_support": _m("people who had no home last month or are new, now in a home with support", "people a month"),
    "exits_own_home": _m("people who had no home last month or are new, now in an own tenancy", "people a month"),
    "exits_found_home": _m(
        "people who had no home last month or are new, now in a home they found by themselves", "people a month"
    ),
    "exits_died": _m("people who died without a home", "people a month"),
    "exits_left": _m("people without a home who found another answer or left the area", "people a month"),
    "homes_taken": _m("people who got a home this month, by whatever door", "people a month"),
    "returned_6": _m("of those who got a home in this month: without one again within 6 months", "people"),
    "returned_12": _m("of those who got a home in this month: without one again within 12 months", "people"),
    "returned_24": _m("of those who got a home in this month: without one again within 24 months", "people"),
    "admissions": _m("people who got a crisis bed and had none", "people a month"),
    "admissions_new": _m("of them people who never had one before", "people a month"),
    "stays_ended": _m("stays in crisis beds that ended this month", "stays a month"),
    "stay_mean": _m("length of the stays in crisis beds that ended this month, mean", "months"),
    "stay_median": _m("length of the stays in crisis beds that ended this month, median", "months"),
    "died": _m("deaths", "people a month"),
    "arrivals": _m("new people", "people a month"),
    "left": _m("people who left the area or found an answer of their own that is no home", "people a month"),
    "referred": _m("people put forward for the reformed service", "people a month"),
    "offers": _m("offers of a reformed place", "offers a month"),
    "refused": _m("of them refused", "offers a month"),
    "bed_offers": _m("shelter offers to people on the street", "offers a month"),
    "bed_refused": _m("of them refused", "offers a month"),
    "turned_away": _m("people who asked for a crisis bed and found none", "people a month"),
    "displaced": _m("people who lost their place to a closure", "people a month"),
    "over_six_months": _m("crisis residents who have been there for over six months, of all", "share"),
    "over_a_year": _m("crisis residents who have been there for over a year, of all", "share"),
    # services
    "crisis_beds": _m("crisis beds", "beds"),
    "beds_by_right": _m("crisis beds opened because there is a right to one", "beds"),
    "reform_mainstream": _m("reformed places paid from mainstream money", "places"),
    "reform_grant": _m("reformed places paid by grants", "places"),
    "programmes": _m("reformed programmes that have places", "programmes"),
    "programmes_lasting": _m("of them begun on a grant and paid by mainstream money now", "programmes"),
    "all_places": _m("crisis beds and reformed places, whoever pays", "places"),
    "crisis_occupancy": _m("crisis beds in use", "share"),
    "reform_occupancy": _m("reformed places taken by tenants or by people looking", "share"),
    "fit": _m("mean fit of the reformed service to its tenants", "fit"),
    "fidelity": _m("fidelity of reformed services, weighted by places", "fidelity"),
    "resistance": _m("resistance of providers, mean", "share"),
    "effort": _m("effort on the funder's metrics, mean", "share"),
    "reported": _m("results as reported, weighted by tenants", "share"),
    "success": _m("results as they are: tenancies kept over a year, weighted by tenants", "share"),
    # minds
    "belief": _m("belief of professionals, mean", "belief"),
    "belief_spread": _m("belief of professionals, standard deviation", "belief"),
    "on_side": _m("professionals on side", "share"),
    "laggards": _m("professionals far from it", "share"),
    "strain": _m("strain of professionals, mean", "strain"),
    "readiness": _m("readiness of managers, mean", "share"),
    "weariness": _m("weariness of managers, mean", "share"),
    "ownership": _m("managers' ownership of the reform, mean", "share"),
    "partnership": _m("how far users are partners at providers, mean", "share"),
    "frustration": _m("managers' frustration, mean", "share"),
    "rivalry": _m("rivalry between providers, mean", "share"),
    "trust_foundation": _m("managers' trust in the foundation, mean", "share"),
    "obstacles_known": _m("providers whose obstacle is known", "share"),
    "trust": _m("users' trust in services, mean", "share"),
    "voice": _m("users' voice, mean", "share"),
    "voice_gap": _m("voice of people of low need minus voice of people of high need", "share"),
    "took_part": _m("users who took part in involvement", "people a month"),
    # money
    "spend_crisis": _m("crisis beds", "EUR a month"),
    "spend_reform": _m("reformed places, mainstream money", "EUR a month"),
    "spend_double": _m("double running, whoever pays", "EUR a month"),
    "spend_programme": _m("the foundation's programme", "EUR a month"),
    "spend_other": _m("health, justice and other services", "EUR a month"),
    "unpaid_staff": _m("staff hours that nobody paid, valued", "EUR a month"),
    "unpaid_users": _m("users' hours that nobody paid, valued", "EUR a month"),
    "spend_all": _m("all of the above", "EUR a month"),
    "spend_to_date": _m("what all payers have spent since month 0, unpaid hours included", "EUR"),
    "programme_to_date": _m("the foundation's spending so far", "EUR"),
    "income_to_date": _m("the money that the programme had so far", "EUR"),
    "grants_to_date": _m("grants awarded so far", "grants"),
    "sites_to_date": _m("providers that were awarded a grant so far", "providers"),
    "unspent": _m("foundation's money in hand less promises (below 0: promised ahead of income)", "EUR"),
    "free_money": _m("mainstream money free for reform, run rate (below 0: cuts not yet made)", "EUR a month"),
    "free_to_rivals": _m("free mainstream money that rivals of reform took this month, run rate", "EUR a month"),
    "claims": _m("claims of reform on free mainstream money", "claims a month"),
    "claims_agreed": _m("of them the commissioner agreed to", "claims a month"),
    "leverage": _m("mainstream euros moved a year per grant euro so far", "ratio"),
    "savings_cashed": _m("savings of closed beds that became free money, run rate", "EUR a month"),
    "savings_not_cashed": _m("savings of closed beds that did not, run rate", "EUR a month"),
    "wasted": _m("money for reformed places empty, or left within three months", "EUR a month"),
    "reform_share_of_spend": _m("reformed share of mainstream spend (process only)", "share"),
    # what lasts
    "lasting_places": _m(
        "mainstream-paid reformed places that fit well enough to be wanted, of all occupied places", "share"
    ),
    "cost_per_secure_month": _m("all-in cost per secure month, unpaid hours included", "EUR"),
}
for _name in BY_NEED:
    for _third in THIRDS:
        _MEASURES[f"{_name}_{_third}"] = _m(f"{_MEASURES[_name].meaning}: need {_third}", _MEASURES[_name].unit)

for _name in BY_GROUP:
    for _group in range(1, MOST_GROUPS + 1):
        _MEASURES[f"{_name}_group_{_group}"] = _m(f"{_MEASURES[_name].meaning}: group {_group}", _MEASURES[_name].unit)

LATER = ("returned_6", "returned_12", "returned_24")  # of a month: filled in by the months after it
MEASURES: Record = record("Measures", **_MEASURES)
# The headline, never shown apart: people, money, places, and how well places fit those who live in them.
HEADLINE = ("secure_people", "spend_to_date", "reform_mainstream", "fit")
# How large a difference must be to matter in practice: a share of a measure of the run without a foundation, read in
# month 0 or in the month of the contrast: (share, measure, "start" or "then").  A plain number is in its own unit.
MARGIN = {
    "secure_people": (0.01, "without_home", "start"),
    "spend_to_date": (0.01, "spend_to_date", "then"),
    "reform_mainstream": (0.01, "all_places", "then"),  # one point of all places
    "fit": 0.02,
}
STRATA = {f"{name}_{third}": (name, f"need {third}") for name in BY_NEED for third in THIRDS}
STRATA |= {
    f"{name}_group_{group}": (name, f"group {group}") for name in BY_GROUP for group in range(1, MOST_GROUPS + 1)
}

"""Professionals: they work in the services, decide whom to put forward, and change their minds - or not.

They see the people they work with, their peers and their own posts; never a strategy, a budget line or another
provider's books.
Order of the month: stay or leave -> refer -> meet users as equals -> remember what worked -> listen to peers.
"""

from engine.arithmetic import LN_2, below_logistic, clip01, exp, log_odds, normal_quantile
from engine.record import code, count, record, share
from engine.rule import rule

BOTH, ONLY_THRESHOLDS, ONLY_NEAR_PEERS = range(3)  # how peers work: `peer_rule`
VACANT, IN_CRISIS, IN_REFORM, IN_OUTREACH = range(4)
SERVICES = ("vacant", "crisis service", "reformed service", "outreach")
PEERS = 8  # columns for colleagues one listens to; how many are used: `ties_colleagues`

PROFESSIONAL = record(
    "Professional",
    belief=share("from 'they must become ready first' (0) to 'they know what they need' (1)"),
    habit=share("belief brought along; what it drifts back to"),
    identification=share("identification with the profession or provider"),
    threshold=share("share of peers on side from which this person follows"),
    strain=share("strain of work"),
    seen=share("how well the reformed service has worked, as far as this person has seen"),
    provider=count("row of the provider", "row", bits=16),
    programme=count("row of the programme, of who works in one; -1 is none", "row", bits=32, low=-1),
    tenure=count("months in this post", "months", bits=16),
    service=code("where this person works", SERVICES),
)


@rule
def belief_of(p, from_sector, luck):
    """Belief brought along: normal, mean .4 in the sector (SD .2: 11% on side), `belief_outsiders` from outside."""
    mean = p.belief_mean if from_sector else p.belief_outsiders
    return clip01(mean + p.belief_spread * normal_quantile(luck))


@rule
def threshold_of(p, luck):
    """Personal threshold for following peers: normal around .25 [S53], spread for innovators to laggards [R8, R9]."""
    return clip01(p.threshold_mean + p.threshold_spread * normal_quantile(luck))


@rule
def leaves_post(worker, p, luck):
    """Leave the post: 30% a year on average [S44], more under strain (20.6 to 48.7% by quality of the job [S45])."""
    return luck < p.turnover * exp(p.turnover_strain * (worker.strain - p.strain_reference))


@rule
def comes_from_sector(p, luck):
    """63% of replacements come from the same sector and carry its beliefs [S46]."""
    return luck < p.rehire_from_sector


@rule
def usually_put_forward(p):
    """Log-odds of referring somebody, where neither belief nor need matters: the same for everybody, so taken once."""
    return log_odds(p.refer_base)


@rule
def is_met(reached, luck):
    """Whether there is anything to decide: of people like this one a share `reached` is met in a month, and who is not
    met is not put forward by the same draw."""
    return luck < reached


@rule
def puts_forward(worker, user, group, p, usual, reached, luck):
    """Refer this person to the reformed service.

    logit P = usual + refer_belief * (belief - belief_mean) + refer_ready * (belief - 1/2) * need + group's.
    At low belief need counts against a person ("not ready"); at 1/2 it does not matter.  Assumption; minds.toml.
    reached: the share of such people whom this worker meets in a month, 1 of those in the services or on the street.
    """
    pull = p.refer_belief * (worker.belief - p.belief_mean) + p.refer_ready * (worker.belief - 0.5) * user.need
    return below_logistic(luck / reached, usual + pull + group.put_forward)


@rule
def after_contact(worker, exposure, p):
    """Meeting users as equals: a full programme of a year moves belief by about .07 (d .36 x SD .2) [S50]."""
    return clip01(worker.belief + p.contact * exposure / 12.0)


@rule
def after_training(worker, exposure, p):
    """Training alone: about .02 in a full programme of a year (d .11 x SD .2) [S51]."""
    return clip01(worker.belief + p.training * exposure / 12.0)


@rule
def after_experience(worker, success, p):
    """What one sees work.  Those in the reformed service see all of it, others hear `seen_elsewhere` of it.

    seen follows success; belief moves by `seeing` x (seen - what was expected at the start).  Assumption.
    """
    weight = 1.0 if worker.service == IN_REFORM else p.seen_elsewhere
    seen = worker.seen + p.seen_rate * weight * (success - worker.seen)
    return clip01(seen), clip01(worker.belief + p.seeing * weight * (seen - p.expected_success))


@rule
def after_peers(worker, share_on_side, peers_change, p):
    """Peers: follow when more of them are on side than the own threshold; else drift along with how they changed.

    Peers pass on change (belief minus habit), not level: with levels, bounded averaging would melt the spread that
    surveys find, without any reform.  `peers_change` counts only peers within `peer_distance` of the own belief.
    """
    belief = worker.belief
    if p.peer_rule != ONLY_THRESHOLDS:
        belief = belief + p.peer_rate * (peers_change - (worker.belief - worker.habit))
    follows = share_on_side >= worker.threshold and share_on_side > 0.0 and p.peer_rule != ONLY_NEAR_PEERS
    if follows and belief < p.follow_end:
        belief = belief + p.follow_rate * (p.follow_end - belief)
    return clip01(belief)


@rule
def after_pressure(worker, pressure, p):
    """Pressure felt as imposed polarises: belief falls in those who identify, rises a little in others [S54].

    Who identifies more than `pressure_turn` is among the former; at 1 and at 0 the effect is full.
    """
    above = worker.identification - p.pressure_turn
    against = above / (1.0 - p.pressure_turn) if above > 0.0 else p.pressure_gain * above / p.pressure_turn
    return clip01(worker.belief - p.pressure * pressure * against)


@rule
def back_to_habit(worker, p):
    """Change fades: half of it in `contact_half_life` months."""
    return worker.belief + (1.0 - exp(-LN_2 / p.contact_half_life)) * (worker.habit - worker.belief)


@rule
def strain_next(worker, load, burden, p):
    """Strain follows workload (clients per worker against the norm) and unfunded extra hours; it fades by itself."""
    target = clip01(p.strain_reference + p.strain_load * (load - 1.0) + p.strain_burden * burden)
    return clip01(worker.strain + p.strain_rate * (target - worker.strain))

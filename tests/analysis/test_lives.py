"""What is told of a life, in the words of its field."""

from agents.service_user import REFORM, USER
from analysis.lives import changes, where
from engine.record import Rows
from runs.lives import Moment
from scenarios.domains import find_domain


def a_tenant(bed_provider: int) -> Rows:
    rows = USER.empty(1).view(Rows)
    rows["situation"], rows["provider"], rows["bed_provider"] = REFORM, 2, bed_provider
    return rows


def test_a_spell_is_told_with_the_home_that_is_kept() -> None:
    domain = find_domain("mental_health")
    at_home, away = a_tenant(-1)[0], a_tenant(4)[0]
    assert where(at_home, domain) == "at home with recovery support, provider 3"
    assert where(away, domain) == "in hospital or a 24-hour residence for a spell, the home kept, provider 3"
    assert changes(Moment(5, at_home), Moment(6, away), domain) == where(away, domain)
    assert changes(Moment(6, away), Moment(7, at_home), domain) == where(at_home, domain)

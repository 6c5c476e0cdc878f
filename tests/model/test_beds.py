"""Short cuts of speed give what the plain search gives: who is on duty, which provider has a bed, who stands where."""

from __future__ import annotations

import numpy as np
import pytest

from agents.professional import IN_CRISIS, IN_REFORM, PROFESSIONAL, VACANT
from agents.programme import PROGRAMME, SLOTS
from agents.provider import PROVIDER
from agents.service_user import CRISIS, GONE, SITUATIONS, UNSERVED, USER
from engine.chance import uniforms
from engine.record import Rows
from model.beds import finds_bed, key_worker, key_worker_in, nobody_full, rota
from model.by_situation import NEAR, stand_by_situation
from model.draws import STAY, WHOSE_BED
from tests.model.conftest import parameters


def staff_of(services: list[int], first: int = 2) -> tuple[Rows, np.ndarray, Rows]:
    """A staff list (two strangers before it), the rota of its provider, and the provider."""
    staff = PROFESSIONAL.empty(first + len(services) + 1)
    staff["service"][first : first + len(services)] = services
    staff["programme"][:] = np.where(staff["service"] == IN_REFORM, 0, -1)
    staff["service"][:first] = IN_CRISIS  # of somebody else
    provider = PROVIDER.empty(1)
    provider["staff_first"], provider["staff_slots"] = first, len(services)
    provider["staff_crisis"], provider["staff_reform"] = services.count(IN_CRISIS), services.count(IN_REFORM)
    duty = np.full((len(staff), 2), -7, np.int32)
    rota(staff, duty, provider[0], 0)
    return staff, duty, provider


@pytest.mark.parametrize("service", [IN_CRISIS, IN_REFORM])
@pytest.mark.parametrize("seed", range(6))
def test_everybody_in_a_service_is_as_likely_a_key_worker_as_anybody_else(service: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    services = draw.choice([VACANT, IN_CRISIS, IN_REFORM], 9, p=[0.6, 0.25, 0.15]).tolist()
    _, duty, provider = staff_of(services)
    there = [2 + k for k, one in enumerate(services) if one == service]
    nobody = PROGRAMME.empty(1)[0]  # a programme without staff of its own takes any of the reformed service
    who = key_worker if service == IN_CRISIS else lambda duty, one, luck: key_worker_in(duty, one, nobody, luck)
    drawn = [who(duty, provider[0], (k + 0.5) / 60) for k in range(60)]
    assert [drawn.count(row) for row in there] == [60 // max(len(there), 1)] * len(there)
    assert set(drawn) == set(there or [-1])


def test_a_key_worker_is_of_the_programme_if_it_has_any() -> None:
    staff, duty, provider = staff_of([IN_REFORM, IN_CRISIS, IN_REFORM, IN_REFORM])
    staff["programme"][2:6] = 1, -1, 0, 1
    rota(staff, duty, provider[0], 0)
    programmes = PROGRAMME.empty(SLOTS)
    programmes["staff"][:2], programmes["duty_first"][:3] = (1, 2), (0, 1, 3)
    drawn = [{key_worker_in(duty, provider[0], one, (k + 0.5) / 8) for k in range(8)} for one in programmes[:3]]
    assert drawn == [{4}, {2, 5}, {2, 4, 5}]


def test_nobody_is_on_duty_where_there_is_no_staff() -> None:
    _, duty, provider = staff_of([VACANT] * 4)
    assert key_worker(duty, provider[0], 0.3) == -1
    provider["staff_slots"] = 0
    assert key_worker(duty, provider[0], 0.3) == -1


def test_beds_are_found_where_a_plain_search_finds_them() -> None:
    draw = np.random.default_rng(5)
    providers = PROVIDER.empty(7)
    providers["crisis_beds"] = draw.integers(0, 6, 7)
    providers["staff_slots"] = 0
    p = parameters()[0]
    people = USER.empty(int(providers["crisis_beds"].sum()) + 5)
    people["id"], people["bed_provider"], people["situation"] = np.arange(len(people)), -1, UNSERVED
    people["programme"] = -1  # nobody is a tenant who wants a bed for a spell
    people["bed_from"], people["bed_until"] = 1, 3 + people["id"] % 2
    skip, taken = nobody_full(providers), np.zeros(7, int)
    for user in people:
        luck = uniforms(3, STAY, 4, int(user.id))
        start = int(luck[WHOSE_BED] * 7)
        order = [*range(start, 7), *range(start)]
        wanted = next((j for j in order if taken[j] < providers["crisis_beds"][j]), -1)
        assert finds_bed(providers, skip, np.full((1, 2), -1, np.int32), p, user, luck, 4) == (wanted >= 0)
        assert user.bed_provider == wanted
        assert user.situation == (CRISIS if wanted >= 0 else UNSERVED)
        if wanted >= 0:
            taken[wanted] += 1
            assert user.bed_from == (1 if user.id % 2 else 4)  # who left a bed this month has not left, at its end
    assert (providers["in_crisis"] == providers["crisis_beds"]).all()  # the last five found every bed taken


def test_people_stand_by_situation_and_nobody_is_left_out() -> None:
    many = 2 * NEAR + 300
    users = USER.empty(many)
    draw = np.random.default_rng(2)
    users["situation"] = draw.integers(0, GONE + 1, many)
    users["fast"] = draw.integers(0, 2, many)  # means nothing but in crisis
    living = int((users["situation"] != GONE).sum())
    rows = np.zeros(many, np.int32)
    stand_by_situation(users, rows, living)
    assert sorted(rows) == list(range(many))
    assert (users["situation"][rows[living:]] == GONE).all()  # empty rows last, in their order
    assert (np.diff(rows[living:]) > 0).all()
    stood = users[rows[:living]]
    crisis = stood["situation"] == CRISIS
    block, kind = (rows[:living] // NEAR).astype(int), 2 * stood["situation"].astype(int)
    kind += np.where(crisis, stood["fast"], 0)
    assert (np.diff(block * 10**9 + kind * 10**7 + rows[:living]) > 0).all()  # near each other, by kind, then by row
    assert len(SITUATIONS) == GONE + 1

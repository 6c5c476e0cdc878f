"""What stored runs of the experiments hang on: values that do something, in the places where they are."""

import pytest

from analysis.calibration.studies import PLACES, STUDIES
from analysis.patterns import flows, shelters, trials
from analysis.patterns.hashes import figures_hash
from analysis.patterns.trials import CANADA, DENVER, DUBLIN
from scenarios.places import Place, find_place


def test_places_of_the_studies_are_the_places_that_count() -> None:
    assert {CANADA, DENVER, DUBLIN} < set(PLACES)
    assert len({figures_hash([name]) for name in PLACES}) == len(PLACES)
    assert figures_hash(PLACES) != figures_hash(PLACES[:-1])


def test_every_study_of_the_fit_lives_in_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = set()

    def noted(name: str) -> Place:
        asked.add(name)
        return find_place(name)

    for module in (flows, shelters, trials):
        monkeypatch.setattr(module, "_place", noted)
    for study in STUDIES:
        if set(study.patterns) & {"P1", "P5", "P7", "P8", "Moves"}:
            study.run(1, {})
    assert asked == set(PLACES)

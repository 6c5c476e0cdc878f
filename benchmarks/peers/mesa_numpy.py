"""The reduced model as a Mesa model whose people and workers are NumPy columns: the usual way to make Mesa fast."""

import time

STARTED = time.perf_counter()

import mesa  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.peers.reduced import (  # noqa: E402
    CRISIS,
    HIDDEN,
    LOOKING,
    OUTPUTS,
    PEERS,
    PLACES,
    REFORM,
    SETTLED,
    P,
    main,
    size,
)

LEAVE = np.array([P.leave_hidden, P.leave_crisis, P.leave_looking, P.leave_reform, P.leave_settled])


class ServiceSystem(mesa.Model):
    """People, workers, beds and reform places."""

    def __init__(self, people=1000, rng=None):
        super().__init__(rng=rng)
        workers, beds, places, settled = size(people)
        self.start_beds = self.beds = float(beds)
        self.places = float(places)
        self.need = self.rng.random(people)
        self.worker = np.arange(people) % workers
        self.place = np.full(people, HIDDEN, np.int8)
        self.place[: beds + places + settled] = np.repeat([CRISIS, REFORM, SETTLED], [beds, places, settled])
        self.belief = self.brought_along(workers)
        self.habit = self.belief.copy()
        self.peers = self.rng.integers(workers - 1, size=(workers, PEERS))
        self.peers = (np.arange(workers)[:, None] + 1 + self.peers) % workers
        self.living = np.bincount(self.place, minlength=len(PLACES))
        self.turned_away = 0
        reporters = {name: (lambda model, place=place: model.living[place]) for place, name in enumerate(PLACES)}
        reporters |= {
            "belief": lambda model: model.belief.mean(),
            "places": "places",
            "shifted": lambda model: model.start_beds - model.beds,
            "turned_away": "turned_away",
        }
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def brought_along(self, n):
        """Beliefs with which `n` workers start."""
        return self.rng.normal(P.belief_mean, P.belief_spread, n).clip(0.0, 1.0)

    def leave(self):
        """Leave for good; a newcomer has the row."""
        gone = np.flatnonzero(self.rng.random(len(self.place)) < LEAVE[self.place])
        self.place[gone] = HIDDEN
        self.need[gone] = self.rng.random(len(gone))
        self.worker[gone] = self.rng.integers(len(self.belief), size=len(gone))

    def live(self):
        """What happens to people where they are."""
        crisis, looking, reform, settled = (
            np.flatnonzero(self.place == place) for place in (CRISIS, LOOKING, REFORM, SETTLED)
        )
        luck, need = self.rng.random(len(crisis)), self.need[crisis]
        self.place[crisis[luck < P.drop_out + P.recover * (1.0 - need)]] = SETTLED
        self.place[crisis[luck < P.drop_out]] = HIDDEN
        luck = self.rng.random(len(looking))
        moved_in = looking[luck < P.move_in]
        self.place[looking[luck < P.move_in + P.give_up]] = CRISIS
        self.place[moved_in] = REFORM
        luck, need = self.rng.random(len(reform)), self.need[reform]
        lost = P.lose + P.lose_need * need
        losers = reform[luck < lost]
        self.place[reform[luck < lost + P.graduate * (1.0 - need / 2.0)]] = SETTLED
        self.place[losers] = HIDDEN
        self.place[settled[self.rng.random(len(settled)) < P.relapse * self.need[settled]]] = HIDDEN
        self.wins = np.bincount(self.worker[moved_in], minlength=len(self.belief))
        self.losses = np.bincount(self.worker[losers], minlength=len(self.belief))

    def lottery(self, candidates, free, place):
        """A fair one for what is free."""
        if 0 < free < len(candidates):
            winners = self.rng.choice(candidates, free, replace=False, shuffle=False)
        else:
            winners = candidates[: max(0, free)]
        self.place[winners] = place
        self.turned_away += len(candidates) - len(winners)

    def seek(self):
        """Ask for a crisis bed; people who look for a home keep theirs."""
        hidden = np.flatnonzero(self.place == HIDDEN)
        seekers = hidden[self.rng.random(len(hidden)) < P.seek + P.seek_need * self.need[hidden]]
        taken = np.count_nonzero((self.place == CRISIS) | (self.place == LOOKING))
        self.lottery(seekers, int(self.beds) - taken, CRISIS)

    def are_referred(self):
        """Logistic in the worker's belief and in need; people who look for a home have their place already."""
        crisis = np.flatnonzero(self.place == CRISIS)
        b = self.belief[self.worker[crisis]] - 0.5
        x = P.refer + P.refer_belief * b + P.refer_need * b * self.need[crisis]
        referred = crisis[self.rng.random(len(crisis)) < 1.0 / (1.0 + np.exp(-x))]
        taken = np.count_nonzero((self.place == LOOKING) | (self.place == REFORM))
        self.lottery(referred, int(self.places) - taken, LOOKING)

    def change(self):
        """Own experience, peers, habit; some posts go to somebody else."""
        heard = self.belief[self.peers].mean(axis=1)
        seen = P.win * self.wins - P.loss * self.losses
        self.belief += seen + P.listen * (heard - self.belief) + P.habit * (self.habit - self.belief)
        self.belief.clip(0.0, 1.0, out=self.belief)
        replaced = np.flatnonzero(self.rng.random(len(self.belief)) < P.turnover)
        self.belief[replaced] = self.habit[replaced] = self.brought_along(len(replaced))

    def step(self):
        """The month."""
        self.turned_away = 0
        self.leave()
        self.live()
        self.seek()
        self.are_referred()
        self.change()
        on_side = np.mean(self.belief >= P.on_side)
        moved = P.shift * on_side * max(0.0, self.beds - P.beds_kept * len(self.place))
        self.beds -= moved
        self.places += P.places_per_bed * moved
        self.living = np.bincount(self.place, minlength=len(PLACES))
        self.datacollector.collect(self)


def build(people, months, seed):
    """A model at its start."""
    return ServiceSystem(people, rng=seed)


def run(model, months):
    """Live."""
    for _ in range(months):
        model.step()
    return list(zip(*(model.datacollector.model_vars[name] for name in OUTPUTS), strict=True))


if __name__ == "__main__":
    main(build, run, ["mesa", "numpy"], STARTED)

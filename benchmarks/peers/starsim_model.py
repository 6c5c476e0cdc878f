"""The reduced model in Starsim: one module with states of people, distributions that know who draws, and results."""

import time

STARTED = time.perf_counter()

import numpy as np  # noqa: E402
import starsim as ss  # noqa: E402

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


class Services(ss.Module):
    """People are Starsim's; workers, which have no place in it, are columns of the module."""

    def __init__(self):
        super().__init__()
        self.define_states(
            ss.FloatArr("need", default=ss.random()),
            ss.IntArr("worker", default=0),
            ss.IntArr("place", default=HIDDEN),
        )
        self.leaving, self.living, self.seeking, self.referring = (ss.random() for _ in range(4))
        self.new_need, self.new_worker = ss.random(), ss.random()
        self.bed_lottery, self.place_lottery = ss.choose_n(0), ss.choose_n(0)
        self.brought_along = ss.normal(P.belief_mean, P.belief_spread)
        self.replacing, self.meeting = ss.random(), ss.random()

    def init_results(self):
        """One result for each output."""
        super().init_results()
        self.define_results(*(ss.Result(name, dtype=float, scale=False) for name in OUTPUTS))

    def init_post(self):
        """The start, once the distributions are ready."""
        super().init_post()
        people = len(self.sim.people)
        workers, beds, places, settled = size(people)
        self.start_beds = self.beds = float(beds)
        self.capacity = float(places)
        self.turned_away = 0
        self.worker[:] = np.arange(people) % workers
        start = np.full(people, HIDDEN)
        start[: beds + places + settled] = np.repeat([CRISIS, REFORM, SETTLED], [beds, places, settled])
        self.place[:] = start
        self.belief = self.brought_along.rvs(workers).clip(0.0, 1.0)
        self.habit = self.belief.copy()
        peers = (self.meeting.rvs(workers * PEERS) * (workers - 1)).astype(int).reshape(workers, PEERS)
        self.peers = (np.arange(workers)[:, None] + 1 + peers) % workers

    def leave(self):
        """Leave for good; a newcomer has the row."""
        everybody = self.sim.people.auids
        gone = everybody[self.leaving.rvs(everybody) < LEAVE[self.place.values]]
        self.place[gone] = HIDDEN
        self.need[gone] = self.new_need.rvs(gone)
        self.worker[gone] = (self.new_worker.rvs(gone) * len(self.belief)).astype(int)

    def live(self):
        """What happens to people where they are."""
        luck = self.living.rvs(self.sim.people.auids)
        crisis, looking, reform, settled = ((self.place == place).uids for place in (CRISIS, LOOKING, REFORM, SETTLED))
        need = self.need[crisis]
        self.place[crisis[luck[crisis] < P.drop_out + P.recover * (1.0 - need)]] = SETTLED
        self.place[crisis[luck[crisis] < P.drop_out]] = HIDDEN
        moved_in = looking[luck[looking] < P.move_in]
        self.place[looking[luck[looking] < P.move_in + P.give_up]] = CRISIS
        self.place[moved_in] = REFORM
        need = self.need[reform]
        lost = P.lose + P.lose_need * need
        losers = reform[luck[reform] < lost]
        self.place[reform[luck[reform] < lost + P.graduate * (1.0 - need / 2.0)]] = SETTLED
        self.place[losers] = HIDDEN
        self.place[settled[luck[settled] < P.relapse * self.need[settled]]] = HIDDEN
        self.wins = np.bincount(self.worker[moved_in], minlength=len(self.belief))
        self.losses = np.bincount(self.worker[losers], minlength=len(self.belief))

    def lottery(self, draw, candidates, free, place):
        """A fair one for what is free."""
        draw.set(n=max(0, free))
        winners = draw.filter(candidates)
        self.place[winners] = place
        self.turned_away += len(candidates) - len(winners)

    def seek(self):
        """Ask for a crisis bed; people who look for a home keep theirs."""
        hidden = (self.place == HIDDEN).uids
        seekers = hidden[self.seeking.rvs(hidden) < P.seek + P.seek_need * self.need[hidden]]
        taken = np.count_nonzero((self.place == CRISIS) | (self.place == LOOKING))
        self.lottery(self.bed_lottery, seekers, int(self.beds) - taken, CRISIS)

    def are_referred(self):
        """Logistic in the worker's belief and in need; people who look for a home have their place already."""
        crisis = (self.place == CRISIS).uids
        b = self.belief[self.worker[crisis]] - 0.5
        x = P.refer + P.refer_belief * b + P.refer_need * b * self.need[crisis]
        referred = crisis[self.referring.rvs(crisis) < 1.0 / (1.0 + np.exp(-x))]
        taken = np.count_nonzero((self.place == LOOKING) | (self.place == REFORM))
        self.lottery(self.place_lottery, referred, int(self.capacity) - taken, LOOKING)

    def change(self):
        """Own experience, peers, habit; some posts go to somebody else."""
        heard = self.belief[self.peers].mean(axis=1)
        seen = P.win * self.wins - P.loss * self.losses
        self.belief += seen + P.listen * (heard - self.belief) + P.habit * (self.habit - self.belief)
        self.belief.clip(0.0, 1.0, out=self.belief)
        replaced = np.flatnonzero(self.replacing.rvs(len(self.belief)) < P.turnover)
        self.belief[replaced] = self.habit[replaced] = self.brought_along.rvs(len(replaced)).clip(0.0, 1.0)

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
        self.capacity += P.places_per_bed * moved

    def update_results(self):
        """The month is recorded."""
        super().update_results()
        counts = np.bincount(self.place.values, minlength=len(PLACES))
        out = [*counts, self.belief.mean(), self.capacity, self.start_beds - self.beds, self.turned_away]
        for name, value in zip(OUTPUTS, out, strict=True):
            self.results[name][self.ti] = value


def build(people, months, seed):
    """A model at its start."""
    time = {"start": 0, "dur": months - 1, "dt": ss.months(1)}
    sim = ss.Sim(n_agents=people, modules=Services(), rand_seed=seed, verbose=0, people_results=False, **time)
    sim.init()
    return sim


def run(sim, months):
    """Live."""
    sim.run()
    results = sim.results.services
    return list(zip(*(results[name].values for name in OUTPUTS), strict=True))


if __name__ == "__main__":
    main(build, run, ["starsim", "numpy", "numba"], STARTED)

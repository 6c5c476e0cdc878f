"""The reduced model, sentence by sentence as README.md has it: lists, loops and Python's own `random`.

The yardstick for what the others compute, not for their speed: nothing here is made fast.  Every draw passes through
`System.luck`, which is told what is decided and for whom, so that a test can hand out somebody else's draws.
"""

import time

STARTED = time.perf_counter()

from math import exp  # noqa: E402
from random import Random  # noqa: E402
from statistics import NormalDist  # noqa: E402

from benchmarks.peers.reduced import CRISIS, HIDDEN, LOOKING, PEERS, REFORM, SETTLED, P, main, size  # noqa: E402


def clip(x):
    """Into the range from 0 to 1."""
    return min(1.0, max(0.0, x))


class System:
    """Everything there is: one list a state variable."""

    def __init__(self, people, seed):
        workers, beds, places, settled = size(people)
        self.chance = Random(seed)
        self.lived = 0
        self.place = [CRISIS] * beds + [REFORM] * places + [SETTLED] * settled
        self.place += [HIDDEN] * (people - len(self.place))
        self.need = [self.luck("need", i) for i in range(people)]
        self.worker = [i % workers for i in range(people)]
        self.habit = [self.new_belief(j) for j in range(workers)]
        self.belief = list(self.habit)
        self.peers = [
            [(j + 1 + int(self.luck(f"peer {k}", j) * (workers - 1))) % workers for k in range(PEERS)]
            for j in range(workers)
        ]
        self.start_beds = self.beds = float(beds)
        self.places = float(places)

    def luck(self, what, who):
        """A draw between 0 and 1 for this decision of person or worker `who`."""
        return self.chance.random()

    def new_belief(self, j):
        """Of somebody who starts work."""
        return clip(P.belief_mean + P.belief_spread * NormalDist().inv_cdf(self.luck("belief", j)))

    def count(self, *places):
        """People in these places."""
        return sum(place in places for place in self.place)

    def winners(self, what, candidates, free):
        """A fair lottery for what is free."""
        tickets = {i: self.luck(what, i) for i in candidates}
        return sorted(candidates, key=tickets.__getitem__)[: max(0, free)]

    def month(self):
        """One month; returns its outputs."""
        everybody = range(len(self.place))
        leave = (P.leave_hidden, P.leave_crisis, P.leave_looking, P.leave_reform, P.leave_settled)
        # 1 leave
        for i in everybody:
            if self.luck("leaves", i) < leave[self.place[i]]:
                self.place[i] = HIDDEN
                self.need[i] = self.luck("need", i)
                self.worker[i] = int(self.luck("worker", i) * len(self.belief))
        # 2 live
        wins, losses = [0] * len(self.belief), [0] * len(self.belief)
        for i in everybody:
            luck, need = self.luck("lives", i), self.need[i]
            if self.place[i] == CRISIS:
                if luck < P.drop_out:
                    self.place[i] = HIDDEN
                elif luck < P.drop_out + P.recover * (1.0 - need):
                    self.place[i] = SETTLED
            elif self.place[i] == LOOKING:
                if luck < P.move_in:
                    self.place[i] = REFORM
                    wins[self.worker[i]] += 1
                elif luck < P.move_in + P.give_up:
                    self.place[i] = CRISIS
            elif self.place[i] == REFORM:
                if luck < P.lose + P.lose_need * need:
                    self.place[i] = HIDDEN
                    losses[self.worker[i]] += 1
                elif luck < P.lose + P.lose_need * need + P.graduate * (1.0 - need / 2.0):
                    self.place[i] = SETTLED
            elif self.place[i] == SETTLED and luck < P.relapse * need:
                self.place[i] = HIDDEN
        # 3 seek a bed
        hidden = [i for i in everybody if self.place[i] == HIDDEN]
        seekers = [i for i in hidden if self.luck("seeks", i) < P.seek + P.seek_need * self.need[i]]
        free = int(self.beds) - self.count(CRISIS, LOOKING)
        winners = self.winners("bed lottery", seekers, free)
        turned_away = len(seekers) - len(winners)
        for i in winners:
            self.place[i] = CRISIS
        # 4 are referred
        referred = []
        for i in everybody:
            if self.place[i] == CRISIS:
                b = self.belief[self.worker[i]]
                x = P.refer + P.refer_belief * (b - 0.5) + P.refer_need * (b - 0.5) * self.need[i]
                if self.luck("is referred", i) < 1.0 / (1.0 + exp(-x)):
                    referred.append(i)
        free = int(self.places) - self.count(LOOKING, REFORM)
        winners = self.winners("place lottery", referred, free)
        turned_away += len(referred) - len(winners)
        for i in winners:
            self.place[i] = LOOKING
        # 5 change their minds
        before = list(self.belief)
        for j, b in enumerate(before):
            heard = sum(before[k] for k in self.peers[j]) / PEERS
            b += P.win * wins[j] - P.loss * losses[j] + P.listen * (heard - b) + P.habit * (self.habit[j] - b)
            self.belief[j] = clip(b)
        # 6 come and go
        for j in range(len(before)):
            if self.luck("is replaced", j) < P.turnover:
                self.belief[j] = self.habit[j] = self.new_belief(j)
        # 7 budgets shift
        on_side = sum(b >= P.on_side for b in self.belief) / len(self.belief)
        moved = P.shift * on_side * max(0.0, self.beds - P.beds_kept * len(self.place))
        self.beds -= moved
        self.places += P.places_per_bed * moved
        counts = [self.count(place) for place in range(5)]
        belief = sum(self.belief) / len(self.belief)
        self.lived += 1
        return *counts, belief, self.places, self.start_beds - self.beds, turned_away


def build(people, months, seed):
    """A system at its start."""
    return System(people, seed)


def run(system, months):
    """Live."""
    return [system.month() for _ in range(months)]


if __name__ == "__main__":
    main(build, run, [], STARTED)

"""The reduced model in AgentPy: agent objects in AgentLists, called all at once, recorded by the model."""

import time

STARTED = time.perf_counter()

import math  # noqa: E402

import agentpy as ap  # noqa: E402

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

LEAVE = (P.leave_hidden, P.leave_crisis, P.leave_looking, P.leave_reform, P.leave_settled)


class Person(ap.Agent):
    """Somebody who needs help, now or once."""

    def setup(self, worker, place=HIDDEN):
        """Come into the system."""
        self.need = self.model.random.random()
        self.worker = worker
        self.place = place
        self.model.living[place] += 1

    def go(self, place):
        """Be somewhere else."""
        self.model.living[self.place] -= 1
        self.model.living[place] += 1
        self.place = place

    def leaves(self):
        """Whether this person leaves for good."""
        return self.model.random.random() < LEAVE[self.place]

    def live(self):
        """What happens to people where they are."""
        luck, need = self.model.random.random(), self.need
        if self.place == CRISIS:
            if luck < P.drop_out:
                self.go(HIDDEN)
            elif luck < P.drop_out + P.recover * (1.0 - need):
                self.go(SETTLED)
        elif self.place == LOOKING:
            if luck < P.move_in:
                self.worker.wins += 1
                self.go(REFORM)
            elif luck < P.move_in + P.give_up:
                self.go(CRISIS)
        elif self.place == REFORM:
            lost = P.lose + P.lose_need * need
            if luck < lost:
                self.worker.losses += 1
                self.go(HIDDEN)
            elif luck < lost + P.graduate * (1.0 - need / 2.0):
                self.go(SETTLED)
        elif self.place == SETTLED and luck < P.relapse * need:
            self.go(HIDDEN)

    def seek(self):
        """Ask for a crisis bed; first come, first served, in random order."""
        model = self.model
        if model.random.random() < P.seek + P.seek_need * self.need:
            if int(model.beds) > model.living[CRISIS] + model.living[LOOKING]:
                self.go(CRISIS)
            else:
                model.turned_away += 1

    def be_referred(self):
        """Be put forward by one's worker, and get a reform place if one is free."""
        model = self.model
        if self.worker.refers(self):
            if int(model.places) > model.living[LOOKING] + model.living[REFORM]:
                self.go(LOOKING)
            else:
                model.turned_away += 1


class Worker(ap.Agent):
    """Somebody who decides whom to put forward."""

    def setup(self):
        """Start work."""
        self.belief = self.habit = self.before = self.brought_along()
        self.wins = self.losses = 0
        self.peers = []

    def brought_along(self):
        """The belief with which somebody starts work."""
        return min(1.0, max(0.0, self.model.random.gauss(P.belief_mean, P.belief_spread)))

    def refers(self, person):
        """Logistic in belief and need."""
        b = self.belief - 0.5
        x = P.refer + P.refer_belief * b + P.refer_need * b * person.need
        return self.model.random.random() < 1.0 / (1.0 + math.exp(-x))

    def remember(self):
        """So that all hear what the others thought before."""
        self.before = self.belief

    def change_mind(self):
        """Own experience, peers, habit."""
        before = self.before
        heard = sum(peer.before for peer in self.peers) / PEERS
        seen = P.win * self.wins - P.loss * self.losses
        belief = before + seen + P.listen * (heard - before) + P.habit * (self.habit - before)
        self.belief = min(1.0, max(0.0, belief))
        self.wins = self.losses = 0

    def be_replaced(self):
        """The post stays, the person changes."""
        if self.model.random.random() < P.turnover:
            self.belief = self.habit = self.brought_along()


class ServiceSystem(ap.Model):
    """People, workers, beds and reform places."""

    def setup(self):
        """The start."""
        workers, beds, places, settled = size(self.p.people)
        self.start_beds = self.beds = float(beds)
        self.places = float(places)
        self.living = [0] * len(PLACES)
        self.turned_away = 0
        self.workers = ap.AgentList(self, workers, Worker)
        for j, worker in enumerate(self.workers):
            worker.peers = [self.workers[(j + 1 + self.random.randrange(workers - 1)) % workers] for _ in range(PEERS)]
        start = [CRISIS] * beds + [REFORM] * places + [SETTLED] * settled
        start += [HIDDEN] * (self.p.people - len(start))
        whose = [self.workers[i % workers] for i in range(self.p.people)]
        self.people = ap.AgentList(self, len(start), Person, worker=ap.AttrIter(whose), place=ap.AttrIter(start))

    def step(self):
        """The month."""
        self.turned_away = 0
        for i, leaves in enumerate(self.people.leaves()):
            if leaves:
                self.living[self.people[i].place] -= 1
                self.people[i] = Person(self, self.random.choice(self.workers))
        self.people.live()
        self.people.select(self.people.place == HIDDEN).shuffle().seek()
        self.people.select(self.people.place == CRISIS).shuffle().be_referred()
        self.workers.remember()
        self.workers.change_mind()
        self.workers.be_replaced()
        on_side = sum(self.workers.belief >= P.on_side) / len(self.workers)
        moved = P.shift * on_side * max(0.0, self.beds - P.beds_kept * len(self.people))
        self.beds -= moved
        self.places += P.places_per_bed * moved
        for place, name in enumerate(PLACES):
            self.record(name, self.living[place])
        self.record("belief", sum(self.workers.belief) / len(self.workers))
        self.record("places")
        self.record("shifted", self.start_beds - self.beds)
        self.record("turned_away")


def build(people, months, seed):
    """A model at its start."""
    model = ServiceSystem({"people": people})
    model.sim_setup(steps=months, seed=seed)
    return model


def run(model, months):
    """Live."""
    while model.running:
        model.sim_step()
    return list(zip(*(model.log[name] for name in OUTPUTS), strict=True))


if __name__ == "__main__":
    main(build, run, ["agentpy"], STARTED)

"""The reduced model in plain Mesa: an agent object for every person and every worker, activated through AgentSets."""

import time

STARTED = time.perf_counter()

import math  # noqa: E402

import mesa  # noqa: E402

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


class Person(mesa.Agent):
    """Somebody who needs help, now or once."""

    def __init__(self, model, worker, place=HIDDEN):
        super().__init__(model)
        self.need = model.random.random()
        self.worker = worker
        self.place = place
        model.living[place] += 1

    def go(self, place):
        """Be somewhere else."""
        self.model.living[self.place] -= 1
        self.model.living[place] += 1
        self.place = place

    def leave(self):
        """Leave for good; a newcomer is there instead."""
        if self.random.random() < LEAVE[self.place]:
            self.model.living[self.place] -= 1
            self.remove()
            Person(self.model, self.random.choice(self.model.workers))

    def live(self):
        """What happens to people where they are."""
        luck, need = self.random.random(), self.need
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
        if self.random.random() < P.seek + P.seek_need * self.need:
            if self.model.free_beds > 0:
                self.go(CRISIS)
            else:
                self.model.turned_away += 1

    def be_referred(self):
        """Be put forward by one's worker, and get a reform place if one is free."""
        if self.worker.refers(self):
            if self.model.free_places > 0:
                self.go(LOOKING)
            else:
                self.model.turned_away += 1


class Worker(mesa.Agent):
    """Somebody who decides whom to put forward."""

    def __init__(self, model):
        super().__init__(model)
        self.belief = self.habit = self.before = self.brought_along()
        self.wins = self.losses = 0
        self.peers = []

    def brought_along(self):
        """The belief with which somebody starts work."""
        return min(1.0, max(0.0, self.random.gauss(P.belief_mean, P.belief_spread)))

    def refers(self, person):
        """Logistic in belief and need."""
        b = self.belief - 0.5
        x = P.refer + P.refer_belief * b + P.refer_need * b * person.need
        return self.random.random() < 1.0 / (1.0 + math.exp(-x))

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
        if self.random.random() < P.turnover:
            self.belief = self.habit = self.brought_along()


class ServiceSystem(mesa.Model):
    """People, workers, beds and reform places."""

    def __init__(self, people=1000, rng=None):
        super().__init__(rng=rng)
        workers, beds, places, settled = size(people)
        self.people = people
        self.start_beds = self.beds = float(beds)
        self.places = float(places)
        self.living = [0] * len(PLACES)
        self.turned_away = 0
        self.workers = list(Worker.create_agents(self, workers))
        for j, worker in enumerate(self.workers):
            worker.peers = [self.workers[(j + 1 + self.random.randrange(workers - 1)) % workers] for _ in range(PEERS)]
        start = [CRISIS] * beds + [REFORM] * places + [SETTLED] * settled
        start += [HIDDEN] * (people - len(start))
        Person.create_agents(self, people, [self.workers[i % workers] for i in range(people)], start)
        reporters = {name: (lambda model, place=place: model.living[place]) for place, name in enumerate(PLACES)}
        reporters |= {
            "belief": lambda model: sum(worker.belief for worker in model.workers) / len(model.workers),
            "places": "places",
            "shifted": lambda model: model.start_beds - model.beds,
            "turned_away": "turned_away",
        }
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    @property
    def free_beds(self):
        """People who look for a home keep their bed."""
        return int(self.beds) - self.living[CRISIS] - self.living[LOOKING]

    @property
    def free_places(self):
        """People who look for a home have their place already."""
        return int(self.places) - self.living[LOOKING] - self.living[REFORM]

    def step(self):
        """The month."""
        people, workers = self.agents_by_type[Person], self.agents_by_type[Worker]
        self.turned_away = 0
        people.do("leave")
        people.do("live")
        people.select(lambda person: person.place == HIDDEN).shuffle_do("seek")
        people.select(lambda person: person.place == CRISIS).shuffle_do("be_referred")
        workers.do("remember")
        workers.do("change_mind")
        workers.do("be_replaced")
        on_side = sum(worker.belief >= P.on_side for worker in self.workers) / len(self.workers)
        moved = P.shift * on_side * max(0.0, self.beds - P.beds_kept * self.people)
        self.beds -= moved
        self.places += P.places_per_bed * moved
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
    main(build, run, ["mesa"], STARTED)

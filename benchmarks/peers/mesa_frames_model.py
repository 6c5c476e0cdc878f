"""The reduced model in mesa-frames: sets of agents that are Polars data frames, changed by whole columns."""

import os
import time

STARTED = time.perf_counter()
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from mesa_frames import AgentSetPolars, ModelDF  # noqa: E402

from benchmarks.peers.reduced import (  # noqa: E402
    CRISIS,
    HIDDEN,
    LOOKING,
    PEERS,
    PLACES,
    REFORM,
    SETTLED,
    P,
    main,
    size,
)

LEAVE = (P.leave_hidden, P.leave_crisis, P.leave_looking, P.leave_reform, P.leave_settled)
need, where, luck = pl.col("need"), pl.col("place"), pl.col("luck")


def to(place):
    """A place as a column of one byte."""
    return pl.lit(place, pl.Int8)


class People(AgentSetPolars):
    """Those who need help, now or once."""

    def __init__(self, people, model):
        super().__init__(model)
        workers, beds, places, settled = size(people)
        start = np.full(people, HIDDEN, np.int8)
        start[: beds + places + settled] = np.repeat([CRISIS, REFORM, SETTLED], [beds, places, settled])
        self += pl.DataFrame(
            {
                "unique_id": np.arange(people),
                "need": model.random.random(people),
                "worker": np.arange(people) % workers,
                "place": start,
            }
        )

    def draws(self):
        """One for everybody."""
        return pl.Series(self.model.random.random(len(self.agents)))

    def leave(self):
        """Leave for good; a newcomer has the row."""
        random = self.model.random
        chance = pl.lit(LEAVE[SETTLED])
        for place in (HIDDEN, CRISIS, LOOKING, REFORM):
            chance = pl.when(where == place).then(pl.lit(LEAVE[place])).otherwise(chance)
        gone = self.agents.select((self.draws() < chance).alias("gone"))["gone"].arg_true()
        new = len(gone)
        workers = len(self.model.workers.agents)
        self.agents = self.agents.with_columns(
            place=self.agents["place"].scatter(gone, HIDDEN),
            need=self.agents["need"].scatter(gone, random.random(new)),
            worker=self.agents["worker"].scatter(gone, random.integers(workers, size=new)),
        )

    def live(self):
        """What happens to people where they are."""
        lost = P.lose + P.lose_need * need
        before = self.agents["place"]
        self.agents = self.agents.with_columns(luck=self.draws()).with_columns(
            place=pl.when(where == CRISIS)
            .then(
                pl.when(luck < P.drop_out)
                .then(to(HIDDEN))
                .when(luck < P.drop_out + P.recover * (1.0 - need))
                .then(to(SETTLED))
                .otherwise(to(CRISIS))
            )
            .when(where == LOOKING)
            .then(
                pl.when(luck < P.move_in)
                .then(to(REFORM))
                .when(luck < P.move_in + P.give_up)
                .then(to(CRISIS))
                .otherwise(to(LOOKING))
            )
            .when(where == REFORM)
            .then(
                pl.when(luck < lost)
                .then(to(HIDDEN))
                .when(luck < lost + P.graduate * (1.0 - need / 2.0))
                .then(to(SETTLED))
                .otherwise(to(REFORM))
            )
            .when((where == SETTLED) & (luck < P.relapse * need))
            .then(to(HIDDEN))
            .otherwise(where)
        )
        self.model.workers.see(
            self.agents.filter((before == LOOKING) & (where == REFORM))["worker"],
            self.agents.filter((before == REFORM) & (where == HIDDEN))["worker"],
        )

    def lottery(self, candidates, free, place):
        """A fair one for what is free; `candidates` is true for whoever takes part."""
        rows = candidates.arg_true()
        free = min(max(0, free), len(rows))
        winners = rows.sample(free, seed=int(self.model.random.integers(2**32)))
        self.agents = self.agents.with_columns(place=self.agents["place"].scatter(winners, place))
        self.model.turned_away += len(rows) - free

    def seek(self):
        """Ask for a crisis bed; people who look for a home keep theirs."""
        seekers = self.agents.select((where == HIDDEN) & (self.draws() < P.seek + P.seek_need * need)).to_series()
        self.lottery(seekers, int(self.model.beds) - self.count(CRISIS, LOOKING), CRISIS)

    def are_referred(self):
        """Logistic in the worker's belief and in need; people who look for a home have their place already."""
        b = self.model.workers.agents["belief"].gather(self.agents["worker"]) - 0.5
        x = P.refer + P.refer_belief * b + P.refer_need * b * need
        referred = self.agents.select((where == CRISIS) & (self.draws() < 1.0 / (1.0 + (-x).exp()))).to_series()
        self.lottery(referred, int(self.model.places) - self.count(LOOKING, REFORM), LOOKING)

    def count(self, *places):
        """People in these places."""
        return self.agents["place"].is_in(places).sum()

    def step(self):
        """The people's part of the month."""
        self.do("leave")
        self.do("live")
        self.do("seek")
        self.do("are_referred")


class Workers(AgentSetPolars):
    """Those who decide whom to put forward."""

    def __init__(self, workers, model):
        super().__init__(model)
        belief = self.brought_along(workers)
        peers = (np.arange(workers)[:, None] + 1 + model.random.integers(workers - 1, size=(workers, PEERS))) % workers
        self += pl.DataFrame(
            {"unique_id": -1 - np.arange(workers), "belief": belief, "habit": belief, "seen": np.zeros(workers)}
            | {f"peer_{k}": peers[:, k] for k in range(PEERS)}
        )

    def brought_along(self, n):
        """Beliefs with which `n` workers start."""
        return self.model.random.normal(P.belief_mean, P.belief_spread, n).clip(0.0, 1.0)

    def see(self, wins, losses):
        """What happened to the own people: `wins` and `losses` are rows of workers, one for each event."""
        n = len(self.agents)
        seen = P.win * np.bincount(wins, minlength=n) - P.loss * np.bincount(losses, minlength=n)
        self.agents = self.agents.with_columns(seen=pl.Series(seen))

    def step(self):
        """Own experience, peers, habit; some posts go to somebody else."""
        belief, habit = pl.col("belief"), pl.col("habit")
        heard = pl.sum_horizontal(belief.gather(pl.col(f"peer_{k}")) for k in range(PEERS)) / PEERS
        new = belief + pl.col("seen") + P.listen * (heard - belief) + P.habit * (habit - belief)
        n = len(self.agents)
        replaced = np.flatnonzero(self.model.random.random(n) < P.turnover)
        beliefs = self.brought_along(len(replaced))
        self.agents = self.agents.with_columns(belief=new.clip(0.0, 1.0))
        self.agents = self.agents.with_columns(
            belief=self.agents["belief"].scatter(replaced, beliefs),
            habit=self.agents["habit"].scatter(replaced, beliefs),
        )


class ServiceSystem(ModelDF):
    """People, workers, beds and reform places."""

    def __init__(self, people, seed):
        super().__init__(seed)
        workers, beds, places, _ = size(people)
        self.start_beds = self.beds = float(beds)
        self.places = float(places)
        self.turned_away = 0
        self.people, self.workers = People(people, self), Workers(workers, self)
        self.agents += self.people
        self.agents += self.workers
        self.people, self.workers = self.get_agents_of_type(People), self.get_agents_of_type(Workers)

    def step(self):
        """The month; returns its outputs."""
        self.turned_away = 0
        self.people.step()
        self.workers.step()
        belief = self.workers.agents["belief"]
        moved = P.shift * (belief >= P.on_side).mean() * max(0.0, self.beds - P.beds_kept * len(self.people.agents))
        self.beds -= moved
        self.places += P.places_per_bed * moved
        counts = np.bincount(self.people.agents["place"], minlength=len(PLACES))
        return *counts, belief.mean(), self.places, self.start_beds - self.beds, self.turned_away


def build(people, months, seed):
    """A model at its start."""
    return ServiceSystem(people, seed)


def run(model, months):
    """Live."""
    return [model.step() for _ in range(months)]


if __name__ == "__main__":
    main(build, run, ["mesa-frames", "polars", "numpy"], STARTED)

"""The reduced model in JAX on the CPU: a pure function of the state for a month, compiled once, scanned over months."""

import os
import time

STARTED = time.perf_counter()
os.environ["JAX_PLATFORMS"] = "cpu"

from typing import NamedTuple  # noqa: E402

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

from benchmarks.peers.reduced import (  # noqa: E402
    CRISIS,
    HIDDEN,
    LOOKING,
    PEERS,
    REFORM,
    SETTLED,
    P,
    main,
    size,
)

LEAVE = (P.leave_hidden, P.leave_crisis, P.leave_looking, P.leave_reform, P.leave_settled)


class State(NamedTuple):
    """Everything there is."""

    key: jax.Array
    need: jax.Array
    worker: jax.Array
    place: jax.Array
    belief: jax.Array
    habit: jax.Array
    peers: jax.Array
    beds: jax.Array
    places: jax.Array


def brought_along(key, n):
    """Beliefs with which `n` workers start."""
    return jnp.clip(P.belief_mean + P.belief_spread * jax.random.normal(key, (n,)), 0.0, 1.0)


def lottery(key, candidates, free):
    """A fair one for what is free: the lowest tickets win, up to a bound found by bisection.

    Sorting the tickets instead would be shorter, but triples the time of the whole month.
    """
    tickets = jnp.where(candidates, jax.random.bits(key, candidates.shape) >> 1, jnp.uint32(2**31))

    def halve(_, bounds):
        low, high = bounds
        middle = (low + high) // 2
        few = jnp.sum(tickets < middle) <= free
        return jnp.where(few, middle, low), jnp.where(few, high, middle)

    bound, _ = jax.lax.fori_loop(0, 31, halve, (jnp.uint32(0), jnp.uint32(2**31)))
    won = tickets < bound
    return won, jnp.sum(candidates) - jnp.sum(won)


def month(state, _):
    """One month; returns the next state and the month's outputs."""
    key, *keys = jax.random.split(state.key, 11)
    n, workers = len(state.place), len(state.belief)
    place, need, worker = state.place, state.need, state.worker

    # leave; a newcomer has the row
    gone = jax.random.uniform(keys[0], (n,)) < jnp.select([place == k for k in range(5)], LEAVE)
    place = jnp.where(gone, HIDDEN, place)
    need = jnp.where(gone, jax.random.uniform(keys[1], (n,)), need)
    worker = jnp.where(gone, jax.random.randint(keys[2], (n,), 0, workers), worker)

    # live
    luck = jax.random.uniform(keys[3], (n,))
    lost = P.lose + P.lose_need * need
    # chance of what comes first, of either, and where they lead
    first = jnp.select([place == CRISIS, place == LOOKING, place == REFORM], [P.drop_out, P.move_in, lost], 0.0)
    second = jnp.select(
        [place == CRISIS, place == LOOKING, place == REFORM],
        [P.recover * (1.0 - need), P.give_up, P.graduate * (1.0 - need / 2.0)],
        0.0,
    )
    first = jnp.where(place == SETTLED, P.relapse * need, first)
    moved_in = (place == LOOKING) & (luck < first)
    losers = (place == REFORM) & (luck < first)
    place = jnp.where(
        luck < first,
        jnp.where(place == LOOKING, REFORM, HIDDEN),
        jnp.where(luck < first + second, jnp.where(place == LOOKING, CRISIS, SETTLED), place),
    ).astype(place.dtype)
    seen = P.win * moved_in - P.loss * losers
    seen = jnp.zeros(workers).at[worker].add(seen)

    # seek a bed; people who look for a home keep theirs
    seekers = (place == HIDDEN) & (jax.random.uniform(keys[4], (n,)) < P.seek + P.seek_need * need)
    free = jnp.int32(state.beds) - jnp.sum((place == CRISIS) | (place == LOOKING))
    won, no_bed = lottery(keys[5], seekers, free)
    place = jnp.where(won, CRISIS, place)

    # are referred
    b = state.belief[worker] - 0.5
    chance = jax.nn.sigmoid(P.refer + P.refer_belief * b + P.refer_need * b * need)
    referred = (place == CRISIS) & (jax.random.uniform(keys[6], (n,)) < chance)
    free = jnp.int32(state.places) - jnp.sum((place == LOOKING) | (place == REFORM))
    won, no_place = lottery(keys[7], referred, free)
    place = jnp.where(won, LOOKING, place)

    # change their minds, come and go
    heard = state.belief[state.peers].mean(axis=1)
    belief = state.belief + seen + P.listen * (heard - state.belief) + P.habit * (state.habit - state.belief)
    replaced = jax.random.uniform(keys[8], (workers,)) < P.turnover
    new = brought_along(keys[9], workers)
    belief = jnp.where(replaced, new, jnp.clip(belief, 0.0, 1.0))
    habit = jnp.where(replaced, new, state.habit)

    # budgets shift
    moved = P.shift * jnp.mean(belief >= P.on_side) * jnp.maximum(0.0, state.beds - P.beds_kept * n)
    beds, places = state.beds - moved, state.places + P.places_per_bed * moved
    counts = [jnp.sum(place == k) for k in range(5)]
    start_beds = jnp.float32(size(n)[1])
    out = jnp.stack([*counts, belief.mean(), places, start_beds - beds, no_bed + no_place])
    return State(key, need, worker, place, belief, habit, state.peers, beds, places), out


class Model:
    """A state and, once prepared, the machine code for its shape."""

    codes: dict = {}  # noqa: RUF012  (people, months) -> machine code, for replicates of one shape

    def __init__(self, people, seed):
        workers, beds, places, settled = size(people)
        key, *keys = jax.random.split(jax.random.key(seed), 4)
        start = jnp.repeat(
            jnp.array([CRISIS, REFORM, SETTLED, HIDDEN], jnp.int8),
            jnp.array([beds, places, settled, people - beds - places - settled]),
            total_repeat_length=people,
        )
        belief = brought_along(keys[0], workers)
        peers = jax.random.randint(keys[1], (workers, PEERS), 0, workers - 1)
        self.state = State(
            key,
            jax.random.uniform(keys[2], (people,)),
            jnp.arange(people) % workers,
            start,
            belief,
            belief.copy(),
            (jnp.arange(workers)[:, None] + 1 + peers) % workers,
            jnp.float32(beds),
            jnp.float32(places),
        )


def scanned(state, months):
    """All months; nothing returns to Python in between."""
    return jax.lax.scan(month, state, length=months)


def build(people, months, seed):
    """A model at its start."""
    return Model(people, seed)


def prepare(model, months):
    """Compile for this number of people and months."""
    shape = len(model.state.place), months
    if shape not in Model.codes:
        jitted = jax.jit(scanned, static_argnums=1, donate_argnums=0)
        Model.codes[shape] = jitted.lower(model.state, months).compile()
    jax.block_until_ready(model.state)


def run(model, months):
    """Live."""
    model.state, out = Model.codes[len(model.state.place), months](model.state)
    return out.tolist()


if __name__ == "__main__":
    main(build, run, ["jax", "jaxlib"], STARTED, prepare)

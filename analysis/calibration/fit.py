"""ABC-SMC with pyabc: draw parameters, simulate the studies, keep what comes close, tighten, repeat.

Parameters are drawn as standard normal scores and turned into values by their priors, so that no proposal can leave a
range.  Every candidate has its own luck, fixed by seed, block, generation and number: the same seed gives the same
sample, whatever the number of processes and however often it was stopped.  Every finished simulation is in the journal
before the next begins; a generation that was stopped in its middle goes on from there.

Two blocks are fitted one after the other: the rule of survival alone (P15 runs nothing else), and the flows of people.
Experiments that take long (P12) are not part of the distance: they are run once for each particle of the last
generation and change its weight.
"""

from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pyabc
from pyabc.population import Particle

from analysis.calibration.prior import Prior, Target, distance
from analysis.calibration.sample import effective
from analysis.patterns.experiment import Experiment
from analysis.patterns.hashes import experiments_hash, figures_hash
from engine.errors import BadInput, UnfreezeError
from runs.running import digits

JOURNAL, SETTINGS = "simulations.jsonl", "settings.json"
LATE, CHECK = "late", "check"  # rows of the journal that are no candidates
EVERYTHING = 1e9  # a threshold that every simulation passes: the first generation is the prior
TIGHTEN = 0.5  # assumption: the next threshold is this quantile of the distances kept
SLOW = 2.0  # assumption: experiments that take more seconds than this are late
DEFENCE = 0.2  # assumption: share of candidates drawn from the prior itself, so that no weight exceeds 1 / DEFENCE
LOOK = 0.5  # seconds between looks at the clock


@dataclass(frozen=True)
class Block:
    """Parameters that are fitted together, to what, by which experiments; `watched` ones only see who was accepted."""

    name: str
    priors: tuple[Prior, ...]
    targets: tuple[Target, ...]
    experiments: tuple[Experiment, ...]
    watched: tuple[Experiment, ...] = ()

    @property
    def quick(self) -> tuple[Experiment, ...]:
        """Experiments that make the distance, in the order in which a poor candidate is found out."""
        return tuple(sorted((one for one in self.experiments if one.seconds <= SLOW), key=lambda one: one.seconds))

    @property
    def late(self) -> tuple[Experiment, ...]:
        """Experiments that only change weights at the end."""
        return tuple(one for one in self.experiments if one.seconds > SLOW)

    @property
    def near(self) -> tuple[Target, ...]:
        """Targets of the quick experiments: what the distance is made of."""
        quick = {pattern for one in self.quick for pattern in one.patterns}
        return tuple(target for target in self.targets if target.pattern in quick)

    def values(self, scores: Mapping[str, float]) -> dict[str, float]:
        """The parameters' values, as the `sets` of an experiment."""
        return {prior.name: prior.value(scores[prior.name]) for prior in self.priors}


@dataclass
class Run:
    """One calibration: what is fitted, how hard, and where it is kept."""

    blocks: tuple[Block, ...]
    folder: Path
    seed: int = 1
    particles: int = 200
    workers: int = 2  # processes; 0: in this one
    on_progress: Callable[[str], None] = lambda text: None
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        check_settings(self.folder / SETTINGS, self.settings())
        self.journal = Journal(self.folder / JOURNAL)

    def settings(self) -> dict[str, Any]:
        """Everything that determines the digits of a generation."""
        blocks = {
            one.name: {
                "priors": [asdict(prior) for prior in one.priors],
                "targets": [asdict(target) for target in one.targets],
                "experiments": [(each.name, each.seconds <= SLOW) for each in one.experiments],
            }
            for one in self.blocks
        }
        experiments = [each for one in self.blocks for each in (*one.experiments, *one.watched)]
        return {"seed": self.seed, "particles": self.particles, "tighten": TIGHTEN, "defence": DEFENCE,
                "digits": digits(), "figures": figures_hash(), "experiments": experiments_hash(experiments),
                "pyabc": pyabc.__version__, "blocks": blocks}  # fmt: skip


def check_settings(file: Path, settings: Mapping[str, Any]) -> None:
    """Write the settings of a new calibration, or make sure that the one in this folder had the same ones."""
    from engine.whole_file import whole_file

    text = json.dumps(settings, indent=1, sort_keys=True)
    if not file.exists():
        if any(file.parent.iterdir()):
            raise BadInput(f"The folder '{file.parent}' holds something else", do="Choose one that is new or empty")
        with whole_file(file) as stream:
            stream.write(text)
        return
    before = json.loads(file.read_text(encoding="utf-8"))
    other = [name for name, value in json.loads(text).items() if before.get(name) != value]
    if other:
        was = [f"{name} ({before.get(name)})" if name in ("seed", "particles") else name for name in other]
        raise BadInput(
            f"The folder '{file.parent}' holds a calibration with other settings: {', '.join(was)}",
            do="Choose another folder with --out, or the settings it was begun with",
        )


class Journal:
    """Every finished simulation, one a line, on the disk before the next is counted."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.rows: dict[tuple[str, int], dict[int, dict[str, Any]]] = {}
        whole = 0
        if file.exists():
            for line in file.read_bytes().splitlines(keepends=True):
                if not line.endswith(b"\n"):
                    break  # torn by a kill: this simulation was not finished
                self._keep(json.loads(line))
                whole += len(line)
            with file.open("r+b") as stream:
                stream.truncate(whole)

    def of(self, block: str, generation: int) -> dict[int, dict[str, Any]]:
        """Finished simulations of one generation by number."""
        return self.rows.setdefault((block, generation), {})

    @property
    def finished(self) -> int:
        """How many simulations are done."""
        return sum(map(len, self.rows.values()))

    def add(self, row: dict[str, Any]) -> None:
        """Write one row and keep it."""
        with self.file.open("ab") as stream:
            stream.write(json.dumps(row).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        self._keep(row)

    def _keep(self, row: dict[str, Any]) -> None:
        self.of(row["block"], row["generation"])[row["number"]] = row


class Workers:
    """Processes that simulate; none: everything happens in this one.

    They are started anew (not forked), because Polars' and Numba's threads do not survive a fork.
    """

    def __init__(self, processes: int) -> None:
        self.ahead = max(1, processes) + (1 if processes else 0)  # one waits, so that nobody does
        new = multiprocessing.get_context("spawn")
        self.pool = ProcessPoolExecutor(processes, new, initializer=_end_with_parent) if processes else None

    def submit(self, function: Callable[..., dict[str, Any]], *arguments: Any) -> Future[dict[str, Any]]:
        """Begin; the result comes later."""
        if self.pool is not None:
            return self.pool.submit(function, *arguments)
        done: Future[dict[str, Any]] = Future()
        done.set_result(function(*arguments))
        return done

    def close(self) -> None:
        """Let what runs end, begin nothing more."""
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for ever.  SIGTERM, which a cluster sends to every process, is the
    parent's to answer: what a worker is at is still finished and kept."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class Simulated(pyabc.Model):  # type: ignore[misc]
    """The studies of one block as a model for pyabc.  A candidate that is too far off already is not simulated on."""

    def __init__(self, block: Block) -> None:
        super().__init__(block.name)
        self.block, self.targets = block, block.near

    def accept(
        self, t: int, pars: Any, sum_stat_calculator: Any, distance_calculator: Any, eps_calculator: Any,
        acceptor: Any, x_0: Any,
    ) -> Any:  # fmt: skip
        """Simulate and say whether it is close enough."""
        parts: dict[str, float] = {}
        sets, seed, threshold, off = self.block.values(pars), random.randrange(1, 2**31), eps_calculator(t), 0.0
        for experiment in self.block.quick:
            parts |= experiment.run(seed, sets)
            off = distance(self.targets, parts)
            if off > threshold:
                break
        else:
            for experiment in self.block.watched:
                parts |= experiment.run(seed, sets)
        return pyabc.model.ModelResult(sum_stat=parts, distance=off, accepted=off <= threshold, weight=1.0)


class Shrunk(pyabc.transition.Transition):  # type: ignore[misc]
    """Where candidates are drawn: a normal distribution with the particles' mean and covariance, or the prior.

    pyabc's own transition perturbs single particles.  With 23 parameters and 200 particles a few of them then carry
    all the weight (an effective sample of 10).  Here the covariance is shrunk towards the prior's, by parameters /
    (parameters + effective sample) (assumption), and the mixture with the prior bounds every weight (defensive
    sampling, Hesterberg 1995; recalled).
    """

    def fit(self, X: Any, w: Any) -> None:
        """Mean, covariance and what the density needs.  X: a row for each particle, scores."""
        scores, weights = X.to_numpy(), np.asarray(w) / np.sum(w)
        size = scores.shape[1]
        shrink = size / (size + effective(weights))
        self.middle = weights @ scores
        spread = (scores - self.middle).T @ ((scores - self.middle) * weights[:, None])
        self.root = np.linalg.cholesky((1.0 - shrink) * spread + shrink * np.eye(size))

    def rvs_single(self) -> Any:
        """One candidate."""
        from_prior = random.random() < DEFENCE
        normal = np.random.standard_normal(len(self.middle))  # noqa: NPY002  # as in pyabc, so that one seed rules all
        scores = normal if from_prior else self.middle + self.root @ normal
        return pyabc.Parameter(**dict(zip(self.X.columns, map(float, scores), strict=True)))

    def pdf(self, x: Any) -> Any:
        """Density of the mixture; x: a parameter, or a table with a row for each."""
        if hasattr(x, "to_numpy") and x.ndim == 2:
            return np.array([self.pdf(row) for _, row in x.iterrows()])
        scores = np.array([x[name] for name in self.X.columns])
        inside = np.linalg.solve(self.root, scores - self.middle)
        heights = np.exp([-0.5 * inside @ inside, -0.5 * scores @ scores]) / (2.0 * np.pi) ** (len(scores) / 2.0)
        return float((1.0 - DEFENCE) * heights[0] / np.prod(np.diag(self.root)) + DEFENCE * heights[1])


class KeptSampler(pyabc.sampler.Sampler):  # type: ignore[misc]
    """Candidates 0, 1, 2 ... of a generation until n are accepted, each kept in the journal as soon as it is done.

    The accepted ones with the smallest numbers count, so that neither speed nor a stop decides who is in the sample.
    """

    def __init__(self, run: Run, block: Block, workers: Workers, until: float, end: float) -> None:
        super().__init__()
        self.run, self.block, self.workers, self.until, self.end = run, block, workers, until, end

    def sample_until_n_accepted(
        self, n: int, simulate_one: Any, t: int, *, max_eval: float = np.inf, all_accepted: bool = False,
        ana_vars: Any = None,
    ) -> Any:  # fmt: skip
        """The generation; not `ok` if time was over before it was complete."""
        rows, text = self.run.journal.of(self.block.name, t), cloudpickle.dumps(simulate_one)
        sample = self._create_empty_sample()

        def last() -> int | None:
            accepted = sorted(number for number, row in rows.items() if row["accepted"])
            return accepted[n - 1] if len(accepted) >= n else None

        def wanted() -> Iterator[tuple[int, Callable[..., dict[str, Any]], tuple[Any, ...]]]:
            number = 0
            while (end := last()) is None or number < end:
                if number not in rows:
                    yield number, candidate, (text, self.run.seed, self.block.name, t, number)
                number += 1

        def done(row: dict[str, Any]) -> None:
            self.run.journal.add(row)
            accepted = sum(row["accepted"] for row in rows.values())
            self.run.on_progress(f"{self.block.name}, generation {t}: {min(accepted, n)} of {n} accepted, "
                                 f"{len(rows)} simulated")  # fmt: skip

        sample.ok = do(wanted(), done, self.workers, self.until if t > 0 else self.end)
        self.nr_evaluations_ = len(rows)
        if sample.ok:
            end = last()
            assert end is not None
            for number in range(end + 1):
                row = rows[number]
                sample.append(Particle(m=0, parameter=pyabc.Parameter(**row["scores"]), weight=row["weight"],
                                       sum_stat={}, distance=row["distance"], accepted=row["accepted"]))  # fmt: skip
            self.nr_evaluations_ = end + 1
        return sample


def do(
    wanted: Iterator[tuple[int, Callable[..., dict[str, Any]], tuple[Any, ...]]],
    done: Callable[[dict[str, Any]], None],
    workers: Workers,
    until: float,
) -> bool:
    """Do what is wanted, in order, until there is no more (true) or the time is over (false); nothing begun is lost."""
    running: set[Future[dict[str, Any]]] = set()
    more, late = True, False
    while True:
        late = late or time.monotonic() > until
        while more and not late and len(running) < workers.ahead:
            task = next(wanted, None)
            more = task is not None
            if task is not None:
                running.add(workers.submit(task[1], *task[2]))
        if not running:
            return not more or next(wanted, None) is None  # what is in the journal takes no time
        finished, running = wait(running, timeout=LOOK, return_when=FIRST_COMPLETED)
        for future in finished:
            done(future.result())


@lru_cache(maxsize=1)
def _loaded(text: bytes) -> Any:
    return cloudpickle.loads(text)


def luck(*words: Any) -> int:
    """A seed below 2**32 from anything that has a name."""
    return int.from_bytes(hashlib.blake2b(" ".join(map(str, words)).encode(), digest_size=4).digest())


def candidate(text: bytes, seed: int, block: str, generation: int, number: int) -> dict[str, Any]:
    """Draw and simulate one candidate: a row of the journal.  One that fails is a row as well, and not accepted."""
    began = time.perf_counter()
    random.seed(luck(seed, block, generation, number))
    np.random.seed(luck(seed, block, generation, number))  # noqa: NPY002  # what pyabc and scipy draw from
    row = {"block": block, "generation": generation, "number": number, "accepted": False, "distance": EVERYTHING,
           "weight": 0.0, "scores": {}, "parts": {}, "error": ""}  # fmt: skip
    try:
        found = _loaded(text)()
        row |= {"accepted": bool(found.accepted), "distance": float(found.distance), "weight": float(found.weight),
                "scores": {name: float(score) for name, score in found.parameter.items()},
                "parts": {name: float(value) for name, value in found.sum_stat.items()}}  # fmt: skip
    except Exception as error:
        row["error"] = f"{type(error).__name__}: {error}"
    return row | {"seconds": time.perf_counter() - began}


def replicate(text: bytes, seed: int, kind: str, number: int, sets: Mapping[str, float]) -> dict[str, Any]:
    """One replicate of every experiment with these parameters: a row of the journal."""
    began = time.perf_counter()
    row: dict[str, Any] = {"block": kind, "generation": 0, "number": number, "parts": {}, "error": ""}
    try:
        for experiment in _loaded(text):
            parts = experiment.run(luck(seed, kind, number) % (2**31 - 1) + 1, sets)
            row["parts"] |= {name: float(value) for name, value in parts.items()}
    except Exception as error:
        row["error"] = f"{type(error).__name__}: {error}"
    return row | {"seconds": time.perf_counter() - began}


def replicates(
    run: Run, kind: str, experiments: Sequence[Experiment], sets: Sequence[Mapping[str, float]], workers: Workers,
    until: float,
) -> list[dict[str, Any]] | None:  # fmt: skip
    """One replicate for each of these parameter sets, or None if time was over before all were done."""
    rows, text = run.journal.of(kind, 0), cloudpickle.dumps(tuple(experiments))

    def done(row: dict[str, Any]) -> None:
        run.journal.add(row)
        run.on_progress(f"{kind}: {len(rows)} of {len(sets)}")

    wanted = (
        (number, replicate, (text, run.seed, kind, number, dict(values)))
        for number, values in enumerate(sets)
        if number not in rows
    )
    complete = do(wanted, done, workers, until)
    return [rows[number] for number in range(len(sets))] if complete else None


@dataclass(frozen=True)
class Fitted:
    """A block's last complete generation: scores and values by row, weights (sum 1), and how it went."""

    block: Block
    epsilons: tuple[float, ...]
    simulations: tuple[int, ...]
    scores: tuple[dict[str, float], ...]
    weights: np.ndarray[Any, np.dtype[np.float64]]
    rows: tuple[dict[str, Any], ...]
    complete: bool

    @property
    def sets(self) -> list[dict[str, float]]:
        """The parameters' values of every particle."""
        return [self.block.values(scores) for scores in self.scores]


def fit(
    run: Run, block: Block, generations: int, workers: Workers, until: float, end: float | None = None
) -> Fitted:  # fmt: skip
    """As many generations as the time allows, those in the journal at no cost; UnfreezeError if there is not one.

    until, end: when no further candidate is begun (monotonic clock); `end` holds for the first generation, without
    which there is nothing to show.
    """
    logging.getLogger("ABC").setLevel(logging.WARNING)
    prior = pyabc.Distribution(**{one.name: pyabc.RV("norm", 0.0, 1.0) for one in block.priors})
    abc = pyabc.ABCSMC(
        Simulated(block), prior, _not_asked, population_size=run.particles, transitions=Shrunk(),
        sampler=KeptSampler(run, block, workers, until, until if end is None else end),
        eps=pyabc.QuantileEpsilon(initial_epsilon=EVERYTHING, alpha=TIGHTEN),
    )  # fmt: skip
    # pyabc's own history is written anew from the journal: read back, its particles come in another order, and the
    # same seed would then draw other candidates.
    file = run.folder / f"{block.name}.db"
    file.unlink(missing_ok=True)
    abc.new(f"sqlite:///{file}", {})
    abc.run(max_nr_populations=generations)
    history = abc.history
    if history.n_populations == 0:
        raise UnfreezeError(
            f"Not even the first generation of the block '{block.name}' is complete; what is done is kept",
            do="Run the same command again, with more --minutes",
        )
    table = history.get_all_populations().query("t >= 0")
    rows = run.journal.of(block.name, history.max_t)
    accepted = [rows[number] for number in sorted(rows) if rows[number]["accepted"]][: run.particles]
    weights = np.array([row["weight"] for row in accepted])
    return Fitted(block, tuple(map(float, table.epsilon)), tuple(map(int, table.samples)),
                  tuple(row["scores"] for row in accepted), weights / weights.sum(), tuple(accepted),
                  history.n_populations >= generations)  # fmt: skip


def _not_asked(x: Any, x_0: Any) -> float:
    raise AssertionError("Simulated.accept has the distance")


def reweighted(
    weights: np.ndarray[Any, np.dtype[np.float64]], off: np.ndarray[Any, np.dtype[np.float64]], keep: float = 0.5
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], float]:
    """Weights times exp(-(off / width)^2 / 2), and the width: the smallest of 1, 1.5, 2.25 ... standard errors that
    leaves an effective sample of `keep` (assumption) of what it was."""
    width = 1.0
    while True:
        new = weights * np.exp(-0.5 * (off / width) ** 2)
        if new.sum() > 0.0 and effective(new) >= keep * effective(weights):
            return new / new.sum(), width
        width *= 1.5


@contextmanager
def working(processes: int) -> Iterator[Workers]:
    """Workers while something runs."""
    workers = Workers(processes)
    try:
        yield workers
    finally:
        workers.close()

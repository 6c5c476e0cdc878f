"""Neural posterior estimation: a network reads from numbers which parameters made them (sbijax).

    network = train(scores, data, seed=1)              # draws: parameters and noisy numbers
    network.keep(Path("posterior-flow.npz"))
    found = network.sample(np.zeros(numbers), 5000, seed=1)

The network is a masked autoregressive flow in the space of the parameters' normal scores, trained by maximum likelihood
on draws from the priors, or from what earlier waves have left of them (truncated proposals: inside, they are the priors
up to a factor).  It is stored; read back, it gives the same digits on the same machine.  Training on another gives
another network.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.calibration.coverage import Coverage
from engine.whole_file import whole_file

Array = npt.NDArray[np.float64]

LAYERS, HIDDEN = 5, (64, 64)  # of the flow: sbijax's own
WIDEST = 6.0  # standardised numbers further out are cut there.  Assumption
COPIES = 4  # times that each draw is seen, each with other errors of observation.  Assumption
BATCH, EPOCHS, PATIENCE = 256, 500, 15  # of training.  Assumption
LOOKED_AT = 2000  # draws of one sampling step: bounds memory


def _flow(parameters: int) -> Any:
    from sbijax.nn import make_maf

    return make_maf(parameters, n_layers=LAYERS, hidden_sizes=HIDDEN)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A trained flow.  `weights`: by "module||name".  middle, spread: of the numbers it was trained on."""

    parameters: int
    middle: Array
    spread: Array
    weights: dict[str, Array]
    losses: Array = field(default_factory=lambda: np.zeros((0, 2)))

    def log_density(self, scores: Array, data: Array) -> Array:
        """Of each row of scores, given its row of numbers."""
        import jax

        flow, weights = _flow(self.parameters), self._tree()
        ask = jax.jit(lambda y, x: flow.apply(weights, None, method="log_prob", y=y, x=x))
        seen = self._seen(data)
        return np.concatenate([np.asarray(ask(scores[k : k + LOOKED_AT], seen[k : k + LOOKED_AT]), np.float64)
                               for k in range(0, len(scores), LOOKED_AT)])  # fmt: skip

    def sample(self, data: Array, each: int, seed: int) -> Array:
        """(rows, each, parameters): scores drawn for each row of numbers."""
        import jax

        flow, weights = _flow(self.parameters), self._tree()
        rows = np.atleast_2d(self._seen(data))
        at_once = max(LOOKED_AT // each, 1) if each < LOOKED_AT else 1
        ask = jax.jit(lambda key, x: flow.apply(weights, key, method="sample", sample_shape=(len(x),), x=x))
        key, found = jax.random.key(seed), []
        for k in range(0, len(rows), at_once):
            asked = np.repeat(rows[k : k + at_once], each, axis=0)
            found.append(np.asarray(ask(jax.random.fold_in(key, k), asked), np.float64))
        return np.concatenate(found).reshape(len(rows), each, self.parameters)

    def keep(self, file: Path) -> None:
        """Write it."""
        with whole_file(file, "wb") as stream:
            rest: dict[str, Any] = {"middle": self.middle, "spread": self.spread, "losses": self.losses,
                                    "parameters": np.array(self.parameters)}  # fmt: skip
            np.savez(stream, **(rest | self.weights))

    @classmethod
    def read(cls, file: Path) -> Network:
        """What `keep` wrote."""
        with np.load(file) as kept:
            weights = {name: kept[name] for name in kept.files if "||" in name}
            return cls(int(kept["parameters"]), kept["middle"], kept["spread"], weights, kept["losses"])

    def _tree(self) -> dict[str, dict[str, Any]]:
        tree: dict[str, dict[str, Any]] = {}
        for name, value in self.weights.items():
            module, _, own = name.partition("||")
            tree.setdefault(module, {})[own] = value
        return tree

    def _seen(self, data: Array) -> Array:
        return np.clip((data - self.middle) / self.spread, -WIDEST, WIDEST).astype(np.float32)


def train(scores: Array, data: Array, seed: int) -> Network:
    """A network that has learnt from draws: rows of scores and of the noisy numbers that they made."""
    import jax
    import sbijax

    middle = np.median(data, axis=0)
    spread = np.maximum(np.subtract(*np.quantile(data, [0.84, 0.16], axis=0)) / 2.0, 1e-9)
    blank = Network(scores.shape[1], middle, spread, {})
    found, info = sbijax.train(
        jax.random.key(seed), sbijax.npe(_flow(scores.shape[1])),
        {"theta": scores.astype(np.float32), "y": blank._seen(data)},
        n_iter=EPOCHS, batch_size=BATCH, n_early_stopping_patience=PATIENCE,
    )  # fmt: skip
    weights = {f"{module}||{name}": np.asarray(value) for module, own in found.items() for name, value in own.items()}
    return Network(scores.shape[1], middle, spread, weights, np.asarray(info.losses, np.float64))


def coverage(network: Network, scores: Array, data: Array, each: int, seed: int) -> Coverage:
    """The network's posteriors of synthetic data sets against the parameters that made them."""
    drawn = network.sample(data, each, seed)
    dense = network.log_density(drawn.reshape(-1, network.parameters), np.repeat(data, each, axis=0))
    return Coverage.of(scores, drawn, dense.reshape(len(scores), each), network.log_density(scores, data))

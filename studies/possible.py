"""Which rows of a design can be run: arithmetic on a few numbers of each strategy.

Nothing here, nor in what is imported here, knows of the model: a process that counts a million rows is small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from studies.designs import points
from studies.factors import Factor, table

Flags = npt.NDArray[np.bool_]

TRIED = 24  # rows that are made into scenarios: the first, the last, and some between


@dataclass(frozen=True, slots=True)
class Programme:
    """A strategy as rows meet it.  `phases`: its levers; `varied`: which columns are which lever, in which phase (None:
    in all); `wholes`: levers that are shares of one."""

    word: str
    months: int
    phases: tuple[Mapping[str, float], ...]
    varied: tuple[tuple[str, int | None, str], ...]
    wholes: tuple[tuple[str, ...], ...]

    def wrong(self, rows: pl.DataFrame) -> Iterator[tuple[Flags, str]]:
        """Flags over the rows, and what they mean: shares beyond their whole, a programme beyond the run."""
        phases = [dict[str, float | npt.NDArray[np.float64]](levers) for levers in self.phases]
        for name, number, lever in self.varied:
            for i, levers in enumerate(phases):
                if number is None or number == i + 1:
                    column = rows[name].to_numpy()
                    levers[lever] = np.where(np.isnan(column), levers[lever], column)
        for levers in phases:
            for names in self.wholes:
                total = sum(levers[name] for name in names)
                yield np.broadcast_to(np.asarray(total) > 1 + 1e-9, rows.height), (
                    f"{' + '.join(names)} is more than the whole under {self.word}; "
                    "let the shares that vary share it: whole = true")  # fmt: skip
        spends = np.any([np.asarray(levers["budget"]) > 0 for levers in phases], axis=0)
        end = np.asarray(phases[0]["start"] + phases[0]["duration"])
        yield np.broadcast_to((end > self.months) & spends, rows.height), (
            f"the programme of {self.word} would end after the run's {self.months} months")  # fmt: skip


def impossible(programmes: Sequence[Programme], rows: pl.DataFrame) -> tuple[Flags, str]:
    """Which rows cannot be run under some strategy, and why the first of them cannot."""
    bad, why = np.zeros(rows.height, bool), ""
    for one in programmes:
        at = np.arange(rows.height)
        if "strategy" in rows.columns:
            at = np.flatnonzero(rows["strategy"].eq_missing(one.word).to_numpy())
        for wrong, reason in one.wrong(rows[at]):
            if wrong.any():
                bad[at[wrong]], why = True, why or reason
    return bad, why


@dataclass(frozen=True, slots=True)
class Counted:
    """What a design holds, and some rows of it, each with its number as `row`."""

    rows: int
    impossible: int
    why: str
    some: pl.DataFrame


def counted(chunks: Iterable[pl.DataFrame], programmes: Sequence[Programme]) -> Counted:
    """Go through a design, a chunk after another."""
    rows = number = 0
    why, kept = "", list[pl.DataFrame]()
    for chunk in chunks:
        bad, first = impossible(programmes, chunk)
        number += int(bad.sum())
        why = why or first
        at = spread(chunk.height)
        kept.append(chunk[at].with_columns(pl.Series("row", [rows + one for one in at])))  # copies: chunks must go
        rows += chunk.height
    every = pl.concat(kept)
    return Counted(rows, number, why, every[spread(every.height)])


def spread(number: int) -> list[int]:
    """Places of at most TRIED rows among so many, the first and the last among them."""
    return sorted({round(one) for one in np.linspace(0, number - 1, min(TRIED, number))})


@dataclass(frozen=True, slots=True)
class Recipe:
    """A design that is made of its factors alone, and what its rows are held to."""

    kind: str
    factors: tuple[Factor, ...]
    size: int
    seed: int
    levels: int
    left: Mapping[tuple[str, ...], float]
    programmes: tuple[Programme, ...]

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Its rows, in order."""
        for some in points(self.kind, self.factors, self.size, self.seed, self.levels):
            yield table(self.factors, some, self.left)

    def first(self) -> pl.DataFrame:
        """Its first row."""
        return next(self.chunks()).head(1).with_columns(row=pl.lit(0, pl.Int64()))

    def counted(self) -> Counted:
        """All of it."""
        return counted(self.chunks(), self.programmes)

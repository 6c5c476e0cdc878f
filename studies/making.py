"""The rows of a design as tables, a chunk after another: typed columns of values, unit factors, a key, a proposer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl

from engine.errors import BadInput, UnknownName, UnreadableFile, Where
from evidence.quantities import check_value, find_quantity
from scenarios.levers import check_lever
from scenarios.places import find_place
from scenarios.plausible import ParameterSet, plausible, read_sample, shipped_sample
from scenarios.settings import own_lever
from studies.description import Description
from studies.designs import combinations, one_at_a_time, points
from studies.factors import CHOICE, LEVER, PARAMETER, Factor, schema, table
from studies.plan import BY_DESIGN, KEY, PROPOSER, keys

LARGEST = 2**30  # bytes of a table that somebody gives


def chunks(said: Description) -> Iterator[pl.DataFrame]:
    """Values and unit factors of all rows, in order."""
    if said.kind == "calibrated":
        yield _drawn(said)
    elif said.kind == "table":
        assert said.table is not None
        yield checked(given_rows(said.table), said.factors, str(said.table))
    elif said.kind == "practices":
        yield combinations(said.practices)
    elif said.kind == "one_at_a_time":
        yield one_at_a_time(said.factors)
    else:
        for some in points(said.kind, said.factors, said.size, said.design_seed, said.levels):
            yield table(said.factors, some, said.left)


def made(said: Description) -> pl.DataFrame:
    """Values and unit factors of the whole design."""
    return pl.concat(list(chunks(said)), rechunk=True)


def made_whole(said: Description) -> pl.DataFrame:
    """The whole design, as it is kept: with keys, and who proposed the rows."""
    rows = made(said)
    return rows.with_columns(keys(rows), pl.lit(BY_DESIGN, pl.String()).alias(PROPOSER))


def columns_of(design: pl.DataFrame) -> list[str]:
    """The names of the values of a design: its factors."""
    return [name for name in design.columns if name not in (KEY, PROPOSER) and not name.startswith("u_")]


def _drawn(said: Description) -> pl.DataFrame:
    """The place's plausible parameter sets: row k holds set k + 1."""
    sets = drawn_sets(said)
    names = sorted(sets[0])
    return pl.DataFrame(
        {name: [one[name] for one in sets] for name in names}, schema=dict.fromkeys(names, pl.Float64())
    )


def drawn_sets(said: Description) -> list[ParameterSet]:
    """The sets themselves."""
    place = find_place(said.places[0])
    sample = shipped_sample(place) if said.sample is None else read_sample(said.sample)
    return plausible(place, said.size, said.design_seed, sample)


def given_rows(path: Path) -> pl.DataFrame:
    """Rows that somebody gives, as CSV or Parquet."""
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableFile(path, "it is too large")
        content = path.read_bytes()
        is_csv = path.suffix.lower() == ".csv"
        return pl.read_csv(BytesIO(content), infer_schema_length=None) if is_csv else pl.read_parquet(BytesIO(content))
    except OSError as error:
        raise UnreadableFile(path, (error.strerror or str(error)).lower()) from error
    except pl.exceptions.PolarsError as error:
        raise UnreadableFile(
            path, "it is neither CSV nor Parquet", do="Give a line of names, and a row a line"
        ) from error


def checked(found: pl.DataFrame, factors: Sequence[Factor], where: str) -> pl.DataFrame:
    """Rows in the columns of a design, with a column for each factor; a cell without a value leaves things as they are.

    BadInput names the row and what is wrong in it."""
    known = {one.name: one for one in factors}
    for name in found.columns:
        if name not in known:
            raise UnknownName("factor of this study", name[:60], known, where=where)
    if found.is_empty():
        raise BadInput("There is no row", where=where)
    columns = {}
    for name, kind in schema(factors).items():
        if name not in found.columns:
            columns[name] = pl.Series(name, [None] * found.height, dtype=kind)
            continue
        given = found[name]
        if kind == pl.Float64() and not (given.dtype.is_numeric() or given.dtype == pl.Null()):
            raise BadInput(f"The column '{name}' has something else than numbers", where=where)
        columns[name] = given.cast(kind)
        _each(columns[name], known[name], where)
    return pl.DataFrame(columns)


def _each(column: pl.Series, factor: Factor, where: str) -> None:
    """Every value can stand there."""
    for value in column.unique().drop_nulls().to_list():
        line = int(column.index_of(value) or 0) + 2
        here = Where(where, line, factor.name)
        if factor.kind == CHOICE:
            if value not in factor.values:
                raise UnknownName(factor.name, str(value)[:60], [str(one) for one in factor.values], where=here)
        elif not np.isfinite(value):
            raise BadInput(f"'{factor.name}' is {value}", where=here, allowed="a finite number")
        elif factor.kind == LEVER:
            check_lever(own_lever(factor.name)[2], value, here)
        elif factor.kind == PARAMETER:
            check_value(find_quantity(factor.name), value, here)
        elif factor.values and value not in factor.values:
            raise BadInput(f"'{factor.name}' is {value:g}", where=here, allowed=", ".join(map(str, factor.values)))

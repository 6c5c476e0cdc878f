"""What every column of a study's tables holds: unit and meaning, for readers that know nothing of us.

columns.csv has them as a table (pandas, R), datapackage.json as a Data Package (Frictionless), each Parquet file in its
own metadata under "columns".
"""

from __future__ import annotations

import csv
import io
import json

from evidence.quantities import inputs
from model.measures import MEASURES
from runs.store import measures, versions
from studies.description import Description
from studies.factors import Factor
from studies.making import drawn_sets

Meanings = dict[str, tuple[str, str]]  # unit, meaning

HEAD: Meanings = {
    "run": ("", "number of the run in the plan"),
    "row": ("", "row of design.parquet, counted from 0"),
    "place": ("", "place: a name that ships, or a file"),
    "strategy": ("", "strategy: a name that ships, or a file; with what was changed in it"),
    "worldview": ("", "worldview: a name that ships, or a file"),
    "replicate": ("", "which repetition, counted from 0: the same people and luck in every row if seeds are common"),
    "seed": ("", "seed of the run"),
    "months": ("months", "length of the run"),
    "people": ("people", "how many were simulated"),
    "hash": ("", "name of everything that determines the run's digits"),
    "status": ("", "done or failed"),
    "error": ("", "why it failed"),
    "rules": ("", "hash of the text of the model's rules"),
    "commit": ("", "git commit of the code"),
    "proposer": ("", "who proposed the row: the design, or what appended it"),
}
DESIGN: Meanings = {"key": ("", "what an independent seed of this row is made of"), "proposer": HEAD["proposer"]}
COURSES: Meanings = {"run": HEAD["run"], "month": ("months", "month of the run; 0 is the start")}
EVENTS: Meanings = COURSES | {
    "event": ("", "what happened"),
    "provider": ("", "to which provider, counted from 0"),
    "amount": ("in the row's unit", "how much"),
    "unit": ("", "of the amount"),
}
FANS: Meanings = {name: HEAD[name] for name in ("place", "worldview", "strategy")} | {
    "measure": ("", "name of the measure"),
    "month": COURSES["month"],
    "runs": ("runs", "how many"),
    "mean": ("the measure's", "mean over the runs of the part"),
    "apart": ("the measure's, squared", "sum of squared distances from the mean"),
    "least": ("the measure's", "least of the runs of the part"),
    "most": ("the measure's", "most of the runs of the part"),
}


def measured(name: str) -> tuple[str, str]:
    """Unit and meaning of one measure."""
    if name in MEASURES.fields:
        return MEASURES.fields[name].unit, MEASURES.fields[name].meaning
    found = measures().get(name, ("", ""))
    return found[1], found[0]


def of_factor(factor: Factor) -> tuple[str, str]:
    """Unit and meaning of what varies."""
    return factor.unit, f"varied: {factor.meaning or factor.name}"


def tables(said: Description, months: int | None = None) -> dict[str, Meanings]:
    """The columns of every table that a study of this description has."""
    factors = factors_of(said)
    units = {f"u_{name}": ("share", f"unit factor of {name}") for name in factors} if said.factors else {}
    found = {"runs": HEAD | factors | numbers(said, months), "design": factors | units | DESIGN}
    each = {name: measured(name) for name in said.measures} if said.function is None else {}
    found |= {"months": COURSES | each} if said.courses else {}
    found |= {"events": EVENTS} if said.events else {}
    return found | ({"fans": FANS} if said.fans else {})


def factors_of(said: Description) -> Meanings:
    """What varies, by name."""
    if said.kind == "calibrated":
        return {name: (inputs()[name].unit, f"drawn: {inputs()[name].meaning}") for name in sorted(drawn_sets(said)[0])}
    return {one.name: of_factor(one) for one in said.factors}


def numbers(said: Description, months: int | None = None) -> Meanings:
    """What was measured, by the name of its column."""
    if said.function is not None:
        return {name: ("", meaning) for name, meaning in said.function.measures.items()}
    found = {}
    for name in said.measures:
        unit, meaning = measured(name)
        for month in said.months_kept(months):
            found[f"{name}_m{month}"] = (unit, f"{meaning}; month {month}")
    return found


def metadata(said: Description, months: int | None = None) -> dict[str, str]:
    """For the footer of Parquet files."""
    about = {table: {name: {"unit": unit, "meaning": meaning} for name, (unit, meaning) in found.items()}
             for table, found in tables(said, months).items()}  # fmt: skip
    return {"unfreeze": json.dumps(versions(), sort_keys=True), "title": said.title, "columns": json.dumps(about)}


def columns_csv(said: Description, months: int | None = None) -> str:
    """A line for each column of each table."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("table", "column", "unit", "meaning"))
    for table, found in tables(said, months).items():
        writer.writerows((table, name, unit, meaning) for name, (unit, meaning) in found.items())
    return text.getvalue()


WHOLE = {"run", "row", "replicate", "seed", "months", "people", "month", "provider", "key", "runs"}
TEXT = {"place", "strategy", "worldview", "hash", "status", "error", "rules", "commit", "proposer", "event", "unit",
        "measure"}  # fmt: skip


def kind_of(name: str) -> str:
    """What a column holds, in the words of a Data Package."""
    return "integer" if name in WHOLE else "string" if name in TEXT else "number"


def schema_json(found: Meanings) -> str:
    """The columns of one table, for a Data Package: name, type, unit and meaning."""
    fields = [{"name": name, "type": kind_of(name), "unit": unit, "description": meaning}
              for name, (unit, meaning) in found.items()]  # fmt: skip
    return json.dumps({"fields": fields, "missingValues": [""]}, indent=1) + "\n"


def datapackage(said: Description, parts: dict[str, list[str]], months: int | None = None) -> str:
    """The study as a Data Package.  parts: the files of each table, a resource each."""
    resources = [
        {"name": path.removesuffix(".parquet").replace("/", "-"), "path": path, "format": "parquet",
         "mediatype": "application/vnd.apache.parquet", "profile": "tabular-data-resource",
         "schema": schema_name(table)}
        for table in tables(said, months) for path in parts.get(table, [])
    ]  # fmt: skip
    return json.dumps({"name": "unfreeze-study", "title": said.title, "resources": resources}, indent=1) + "\n"


def schema_name(table: str) -> str:
    """The file that says what is in a table."""
    return f"{table}.schema.json"

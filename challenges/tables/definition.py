"""`challenge.toml`: what a challenge on a company's own table is, read and written with types.

A mistake is one sentence with file, line and the nearest right name.
"""

from __future__ import annotations

import json
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from packaging.requirements import InvalidRequirement, Requirement
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from challenges.tables.packed import Rows
from challenges.tables.table import Kind, TableError

TaskName = Literal["binary", "multiclass", "regression"]
METRICS = {
    "binary": ("roc_auc", "average_precision", "log_loss", "brier_score"),
    "multiclass": ("log_loss", "f1_macro", "balanced_accuracy", "roc_auc_ovr"),
    "regression": ("rmse", "mae", "r2", "rmsle", "mean_pinball_loss", "mean_poisson_deviance"),
}
FILE = "challenge.toml"


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnEntry(Entry):
    """One column; `known` says whether its value is there at prediction time or only after the outcome.

    pseudonym: its values were names, and are replaced by a keyed hash when the challenge is made.
    """

    name: str
    type: Kind
    meaning: str = ""
    known: Literal["before", "after"] = "before"
    sensitive: bool = False
    bands: tuple[float, ...] = ()
    unknown: float | None = None
    price: str = ""
    pseudonym: bool = False


class UseEntry(Entry):
    """How the model will be used; a figure that is absent is not shown."""

    capacity: float | None = Field(default=None, gt=0, le=1)
    contact: float | None = Field(default=None, ge=0)
    loss: float | None = Field(default=None, ge=0)
    over: float | None = Field(default=None, ge=0)
    under: float | None = Field(default=None, ge=0)
    requests_per_second: float | None = Field(default=None, gt=0)
    core_hour: float | None = Field(default=None, ge=0)
    currency: str = "EUR"


class LimitsEntry(Entry):
    train_cpu_seconds: float = Field(default=60, gt=0, le=3600)
    predict_cpu_seconds: float = Field(default=30, gt=0, le=3600)
    memory_mb: int = Field(default=1024, ge=256, le=65536)
    model_mb: int = Field(default=50, ge=1, le=1024)
    upload_mb: int = Field(default=10, ge=1, le=100)


class PackagesEntry(Entry):
    """extra: packages that this challenge adds to those of the image.  own: whether submissions may bring a lock."""

    extra: tuple[str, ...] = Field(default=(), max_length=50)
    own: bool = False

    @field_validator("extra")
    @classmethod
    def _are_packages(cls, extra: tuple[str, ...]) -> tuple[str, ...]:
        for text in extra:
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                requirement = None
            if requirement is None or requirement.url or requirement.marker or not text.isprintable():
                raise ValueError(f"extra|{text[:80]!r} is no package: write a name, or name==version|")
        return extra


class Definition(Entry):
    """The whole file.  `version` grows with each published edit."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    version: int = Field(default=1, ge=1)
    title: str = Field(min_length=1, max_length=200)
    task: TaskName
    target: str
    positive: str | int | None = None
    classes: tuple[str, ...] = ()
    quantile: float = Field(default=0.5, gt=0, lt=1)
    unit: str = ""
    metric: str = ""
    group: str | None = None
    time: str | None = None
    hidden: float = Field(default=0.3, gt=0, lt=1)
    hours: tuple[int, int] = (4, 6)
    languages: tuple[str, ...] = ("en",)
    use: UseEntry = UseEntry()
    limits: LimitsEntry = LimitsEntry()
    packages: PackagesEntry = PackagesEntry()
    column: tuple[ColumnEntry, ...]

    @model_validator(mode="after")
    def _agrees(self) -> Definition:
        names = [column.name for column in self.column]
        for key in ("target", "group", "time"):
            name = getattr(self, key)
            if name is not None and name not in names:
                raise ValueError(f"{key}|there is no column {name!r}|{nearest(name, names)}")
        if self.metric and self.metric not in METRICS[self.task]:
            known = ", ".join(METRICS[self.task])
            near = nearest(self.metric, METRICS[self.task])
            raise ValueError(f"metric|{self.task} has no metric {self.metric!r}; it has {known}|{near}")
        if self.task == "binary" and self.positive is None:
            raise ValueError("positive|a binary task needs the value of the target that it asks about|")
        if self.task == "multiclass" and len(self.classes) < 3:
            raise ValueError("classes|a multiclass task needs the names of its classes, at least three|")
        return self

    @property
    def name(self) -> str:
        """What invitations and gradings call this version: the id, from the second version on with its number."""
        return self.id if self.version == 1 else f"{self.id}@{self.version}"

    @property
    def scored_by(self) -> str:
        """The metric: the one named, or the first of the task."""
        return self.metric or METRICS[self.task][0]

    def of(self, name: str) -> ColumnEntry:
        return next(column for column in self.column if column.name == name)

    @property
    def features(self) -> tuple[str, ...]:
        """Columns that a model may rest on: not the target, the unit, or what is known only afterwards."""
        apart = {self.target, self.group}
        return tuple(c.name for c in self.column if c.name not in apart and c.known == "before")


def nearest(name: str, known: list[str] | tuple[str, ...]) -> str:
    """The known name that is most like it; "" where none is."""
    return next(iter(get_close_matches(name, known, 1, 0.5)), "")


def parse(text: str, file: str = FILE) -> Definition:
    """The definition in a text; TableError with file, line and the nearest right name."""
    try:
        return Definition.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).partition(" (at ")
        line = re.search(r"line (\d{1,9})", place)
        raise TableError(f"{file}, line {line[1] if line else len(text.splitlines())}: {_sentence(what)}") from None
    except ValidationError as error:
        raise TableError(_told(error.errors()[0], text, file)) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, a list within lists without end
        raise TableError(f"{file} cannot be read: {_sentence(str(error))}") from None


def read(folder: Path) -> Definition:
    """The definition in a folder's `challenge.toml`."""
    path = folder / FILE
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise TableError(f"There is no {FILE} in {str(folder)!r}.") from None
    except UnicodeDecodeError:
        raise TableError(f"{path} is no UTF-8 text.") from None


def check_columns(definition: Definition, rows: Rows) -> None:
    """TableError where the definition names a column that the rows do not have."""
    for column in definition.column:
        if column.name not in rows:
            near = nearest(column.name, [str(name) for name in rows])
            raise TableError(
                f"{FILE}: the table has no column {column.name!r}.{f' Did you mean {near!r}?' * bool(near)}"
            )


def _told(error: Any, text: str, file: str) -> str:
    place, what = list(error["loc"]), str(error["msg"])
    if error["type"] == "value_error" and "|" in what:
        key, _, said = what.removeprefix("Value error, ").partition("|")
        what, _, near = said.rpartition("|")  # names of columns may hold bars too
        place = [key]
    elif error["type"] == "extra_forbidden":
        near = nearest(str(place[-1]), _keys(place[:-1]))
        what = f"{place[-1]!r} is no key here"
    elif error["type"] == "missing":
        near, what = "", f"the key {place[-1]!r} is missing"
    elif error["type"] == "literal_error":
        allowed = re.findall(r"'([^']{1,60})'", error["ctx"]["expected"])
        near, what = (
            nearest(str(error["input"]), allowed),
            f"{place[-1]} cannot be {error['input']!r}: use {error['ctx']['expected']}",
        )
    else:
        near, what = "", f"{place[-1] if place else 'it'} cannot be {error['input']!r}: {what[:1].lower()}{what[1:]}"
    meant = f" Did you mean {near!r}?" if near else ""
    return f"{file}, line {_line(text, place)}: {what}.{meant}"


def _keys(place: list[Any]) -> list[str]:
    models: dict[str, type[BaseModel]] = {
        "column": ColumnEntry,
        "use": UseEntry,
        "limits": LimitsEntry,
        "packages": PackagesEntry,
    }
    return list(models.get(str(place[0]) if place else "", Definition).model_fields)


def _line(text: str, place: list[Any]) -> int:
    """The line that a key stands in; of a missing one, the line its table begins in."""
    lines, start = text.splitlines(), 0
    if place and place[0] in {"column", "use", "limits", "packages"}:
        header = "[[column]]" if place[0] == "column" else f"[{place[0]}]"
        heads = [number for number, line in enumerate(lines) if line.replace(" ", "").startswith(header)]
        index = place[1] if place[0] == "column" and len(place) > 1 else 0
        start = heads[index] if isinstance(index, int) and index < len(heads) else 0
    key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
    for number, line in enumerate(lines[start:], start + 1):
        if re.split(r"[\s=]", line.strip().strip('"'), maxsplit=1)[0].strip('"') == key and "=" in line:
            return number
    return start + 1


def write(definition: Definition) -> str:
    """The file's text; what is as by default is left out."""
    values = definition.model_dump(exclude_defaults=True, mode="json")
    columns = values.pop("column")
    tables = {name: values.pop(name) for name in ("use", "limits", "packages") if name in values}
    lines = [f"{key} = {_value(value)}" for key, value in values.items()]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    for column in columns:
        lines += ["", "[[column]]", *(f"{key} = {_value(value)}" for key, value in column.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    text = json.dumps(value, ensure_ascii=False)  # a JSON string, number or truth value is one of TOML
    return text.replace("\x7f", "\\u007f")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."

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
from graders.words import N_, Text, gaps_of, say

TaskName = Literal["binary", "multiclass", "regression"]
HiddenUnits = Literal["new", "known"]
#: The languages in which brief and rubric can be written.
Locale = Literal["en", "fr"]
#: What decides which rows are hidden, and what they are: no version of a challenge changes it.
OF_ROWS = ("id", "task", "target", "positive", "classes", "group", "time", "hidden", "hidden_units")
METRICS = {
    "binary": ("roc_auc", "average_precision", "log_loss", "brier_score"),
    "multiclass": ("log_loss", "f1_macro", "balanced_accuracy", "roc_auc_ovr"),
    "regression": ("rmse", "mae", "r2", "rmsle", "mean_pinball_loss", "mean_poisson_deviance"),
}
FILE = "challenge.toml"
#: Why a value cannot be, by pydantic's name of the mistake; the gaps are filled with what it tells of it.
WHY = {
    "greater_than": N_("it has to be greater than {gt}"),
    "greater_than_equal": N_("it has to be greater than or equal to {ge}"),
    "less_than": N_("it has to be less than {lt}"),
    "less_than_equal": N_("it has to be less than or equal to {le}"),
    "string_pattern_mismatch": N_("it has to match {pattern}"),
    "string_too_short": N_("it cannot be empty"),
    "string_too_long": N_("it can have at most {max_length} characters"),
    "too_long": N_("it can have at most {max_length} entries"),
    "int_type": N_("it has to be a whole number"),
    "int_parsing": N_("it has to be a whole number"),
    "int_from_float": N_("it has to be a whole number"),
    "float_type": N_("it has to be a number"),
    "float_parsing": N_("it has to be a number"),
    "finite_number": N_("it has to be a finite number"),
    "string_type": N_("it has to be a text"),
    "bool_type": N_("it has to be true or false"),
    "bool_parsing": N_("it has to be true or false"),
    "tuple_type": N_("it has to be a list"),
    "list_type": N_("it has to be a list"),
    "set_type": N_("it has to be a list"),
    "too_short": N_("it needs at least {min_length} entries"),
    "model_type": N_("it has to be a table"),
    "model_attributes_type": N_("it has to be a table"),
    "dict_type": N_("it has to be a table"),
    "missing": N_("it is missing"),
    "extra_forbidden": N_("it is not known here"),
    "literal_error": N_("it has to be one of {expected}"),
    "enum": N_("it has to be one of {expected}"),
    "multiple_of": N_("it has to be a multiple of {multiple_of}"),
    "date_parsing": N_("it has to be a date"),
    "date_type": N_("it has to be a date"),
    "date_from_datetime_parsing": N_("it has to be a date"),
    "datetime_parsing": N_("it has to be a date with a time"),
    "datetime_type": N_("it has to be a date with a time"),
    "datetime_from_date_parsing": N_("it has to be a date with a time"),
    "timezone_aware": N_("its time zone is missing"),
    "url_parsing": N_("it has to be a URL"),
    "url_type": N_("it has to be a URL"),
    "url_scheme": N_("it has to begin with one of {expected_schemes}"),
    "json_invalid": N_("it has to be JSON"),
    "bytes_type": N_("it has to be a text"),
    "int_parsing_size": N_("it is too large"),
}
#: What Python says of a file that is no TOML.
TOML = (
    N_("Invalid statement"),
    N_("Invalid value"),
    N_("Unterminated string"),
    N_("Unclosed array"),
    N_("Unclosed inline table"),
    N_("Cannot overwrite a value"),
    N_("Expected '=' after a key in a key/value pair"),
    N_("Expected newline or end of document after a statement"),
    N_("Expected ']' at the end of a table declaration"),
    N_("Expected ']]' at the end of an array declaration"),
    N_("Invalid initial character for a key part"),
    N_("Unescaped '\\' in a string"),
    N_("Invalid hex value"),
    N_("Escaped character is not a Unicode scalar value"),
    N_("Invalid date or datetime"),
    N_("Expected {sign}"),
    N_("Found invalid character {sign}"),
    N_("Illegal character {sign}"),
    N_("Cannot declare {key} twice"),
    N_("Cannot mutate immutable namespace {key}"),
    N_("Cannot redefine namespace {key}"),
    N_("Duplicate inline table key {key}"),
)


class WrongEntry(ValueError):
    """Why the value of a key cannot be, and the name that was meant, "" for none; code: as TableError has it."""

    def __init__(self, key: str, what: Text, near: str = "", *, code: str = "") -> None:
        super().__init__(what)
        self.key, self.what, self.near, self.code = key, what, near, code


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
                what = say("{text} is no package: write a name, or name==version", text=repr(text[:80]))
                raise WrongEntry("extra", what)
        return extra


class Definition(Entry):
    """The whole file.  `version` grows with each published edit.

    hidden_units: whose rows are hidden, those of units that nobody has seen, or later ones of units that are known.
    languages: in which brief and rubric are written; who reads none of them gets the first.
    """

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
    hidden_units: HiddenUnits = "new"
    hours: tuple[int, int] = (4, 6)
    languages: tuple[Locale, ...] = Field(default=("en", "fr"), min_length=1)
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
                raise WrongEntry(key, say("there is no column {name}", name=repr(name)), nearest(name, names))
        self._check_apart(names)
        if self.metric and self.metric not in METRICS[self.task]:
            known = ", ".join(METRICS[self.task])
            what = say(
                "{task} has no metric {name}; it has {known}", task=self.task, name=repr(self.metric), known=known
            )
            raise WrongEntry("metric", what, nearest(self.metric, METRICS[self.task]))
        if self.task == "binary" and self.positive is None:
            raise WrongEntry("positive", say("a binary task needs the value of the target that it asks about"))
        if self.task == "multiclass" and len(self.classes) < 3:
            raise WrongEntry("classes", say("a multiclass task needs the names of its classes, at least three"))
        if self.hidden_units == "known":
            if self.group is None:
                what = say("known units need a column that names the unit: say which by group, or use 'new'")
                raise WrongEntry("hidden_units", what, code="UNITS_NO_GROUP")
            if self.time is None:
                what = say("known units are asked about later, so they need a time: say which by time, or use 'new'")
                raise WrongEntry("hidden_units", what, code="UNITS_NO_TIME")
        return self

    def _check_apart(self, names: list[str]) -> None:
        """WrongEntry where a column or a class is named twice, one column is two things, or the hours run backwards."""
        several: dict[str, list[str]] = {"column": names, "classes": [*self.classes], "languages": [*self.languages]}
        for key, listed in several.items():
            twice = next((name for name in listed if listed.count(name) > 1), None)
            if twice is not None:
                raise WrongEntry(key, say("{name} stands there twice", name=repr(twice)))
        columns = {"target": self.target, "group": self.group, "time": self.time}
        for key, other in (("group", "target"), ("time", "target"), ("time", "group")):
            if columns[key] is not None and columns[key] == columns[other]:
                what = say(
                    "the column {name} cannot be {key} and {other}", name=repr(columns[key]), key=key, other=other
                )
                raise WrongEntry(key, what)
        if not 0 < self.hours[0] <= self.hours[1]:
            raise WrongEntry("hours", say("hours are two numbers above 0, the smaller one first"))

    @property
    def kept_apart(self) -> str | None:
        """The column whose units lie on one side each; None without one, or where hidden rows are of known units."""
        return self.group if self.hidden_units == "new" else None

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
        number = int(line[1]) if line else len(text.splitlines())
        raise TableError(_at(file, number, _of_toml(what.rstrip(".")))) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise TableError(_told(first, text, file), code=code_of(first)) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, a list within lists without end
        raise TableError(say("{file} cannot be read: {what}.", file=file, what=str(error).rstrip("."))) from None


def read(folder: Path) -> Definition:
    """The definition in a folder's `challenge.toml`."""
    path = folder / FILE
    try:
        return parse(path.read_text(encoding="utf-8-sig"), str(path))
    except FileNotFoundError:
        raise TableError(say("There is no {file} in {folder}.", file=FILE, folder=repr(str(folder)))) from None
    except UnicodeDecodeError:
        raise TableError(say("{file} is no UTF-8 text.", file=str(path))) from None


def check_columns(definition: Definition, rows: Rows) -> None:
    """TableError where the definition names a column that the rows do not have."""
    for column in definition.column:
        if column.name not in rows:
            near = nearest(column.name, [str(name) for name in rows])
            told = {"file": FILE, "name": repr(column.name)}
            if near:
                no = say("{file}: the table has no column {name}. Did you mean {near}?", near=repr(near), **told)
                raise TableError(no)
            raise TableError(say("{file}: the table has no column {name}.", **told))


def wrong(error: Any) -> tuple[Text, str]:
    """What is wrong by one of pydantic's errors, a part of a sentence, and the name that was meant."""
    place, why = list(error["loc"]), error.get("ctx", {})
    key = next((part for part in reversed(place) if isinstance(part, str)), FILE)  # else the place in a list
    if isinstance(why.get("error"), WrongEntry):
        return why["error"].what, why["error"].near
    if error["type"] == "extra_forbidden":
        return say("{key} is no key here", key=repr(key)), nearest(key, _keys(place[:-1]))
    if error["type"] == "missing" and isinstance(place[-1], int):
        few = say(WHY["too_short"], min_length=place[-1] + 1)
        return say("{key} cannot be {value}: {because}", key=key, value=repr(error["input"]), because=few), ""
    if error["type"] == "missing":
        return say("the key {key} is missing", key=repr(key)), ""
    value = repr(error["input"])
    if error["type"] == "literal_error":
        near = nearest(str(error["input"]), re.findall(r"'([^']{1,60})'", why["expected"]))
        return say("{key} cannot be {value}: use {known}", key=key, value=value, known=why["expected"]), near
    return say("{key} cannot be {value}: {because}", key=key, value=value, because=because(error)), ""


def code_of(error: Any) -> str:
    """The code of one of pydantic's errors, "" for most."""
    return str(getattr(error.get("ctx", {}).get("error"), "code", ""))


def because(error: Any) -> str:
    """Why a value cannot be, by one of pydantic's errors: a part of a sentence; a rare one in pydantic's own words."""
    if error["type"] in WHY:
        return say(WHY[error["type"]], **error.get("ctx", {}))
    says = str(error["msg"]).removeprefix("Value error, ")
    return f"{says[:1].lower()}{says[1:]}"


def _of_toml(what: str) -> str:
    """What Python says of a file that is no TOML, to be said in another language where it is known."""
    told = ((template, gaps_of(template, what)) for template in TOML)
    return next((say(template, **gaps) for template, gaps in told if gaps is not None), what)


def _told(error: Any, text: str, file: str) -> Text:
    what, near = wrong(error)
    own = error.get("ctx", {}).get("error")
    place = [own.key] if isinstance(own, WrongEntry) else list(error["loc"])
    return _at(file, _line(text, place), what, near)


def _at(file: str, line: int, what: str, near: str = "") -> Text:
    if not near:
        return say("{file}, line {line}: {what}.", file=file, line=line, what=what)
    return say("{file}, line {line}: {what}. Did you mean {name}?", file=file, line=line, what=what, name=repr(near))


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

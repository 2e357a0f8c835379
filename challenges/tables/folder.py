"""The files of a challenge, made of its definition and its public rows: brief, rubric, starter, references."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from challenges.tables import folds
from challenges.tables.definition import FILE, Definition, write
from challenges.tables.packed import Rows
from challenges.tables.rubric import RUBRIC
from graders.model.arrays import FloatArray
from graders.model.later import pd
from graders.model.packages import Wheel
from graders.words import ENGLISH, N_, Speaker, Text, say, sentences

GENERATED = Path(__file__).parent / "generated"
REFERENCES = {
    "sound": "A simple and honest pipeline: a linear model on the columns as they are, judged as it will be used.",
    "leaky": "A pipeline with leaks: means of the target and scaling before the split, and random rows.",
    "memoriser": "A pipeline that remembers its rows and is judged on them.",
    "constant": "A pipeline that says the same of every row.",
    "crashes": "A pipeline whose training fails.",
}
#: Columns of a starter, about as many as those of the shipped challenges have.
STARTER_COLUMNS = 3
STARTER = "A complete pipeline that you can do far better than."
FEW = 12
#: Figures from here on are told without decimals.
TEN_THOUSAND = 10_000
SECTIONS = {
    "model": N_("Model evidence"),
    "code": N_("Code evidence"),
    "production": N_("Production"),
    "responsibility": N_("Responsibility"),
}

_TEMPLATES = Environment(
    loader=FileSystemLoader(GENERATED),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - Python and Markdown; what comes of the table goes through repr or `cell`
)


def files(definition: Definition, public: Rows, hidden_rows: int, extra: tuple[Wheel, ...] = ()) -> dict[str, bytes]:
    """Every file of the folder by its path."""
    texts = {
        FILE: write(definition),
        **briefs(definition, public, hidden_rows, extra),
        **{file_of(definition, "RUBRIC", locale): rubric(definition, locale) for locale in definition.languages},
        "starter/README.md": _rendered("README.md.j2", title=cell(definition.title)),
        "starter/pipeline.py": pipeline(definition, public, "starter", STARTER),
        "reference/sound/README.md": SOUND_README.format(
            **(OF_TREES if "Boosting" in _fitted(definition) else OF_A_LINE)
        ),
    }
    for name, says in REFERENCES.items():
        texts[f"reference/{name}/pipeline.py"] = pipeline(definition, public, name, says)
    return {path: text.encode() for path, text in texts.items()}


def cell(text: str) -> str:
    """Text of a table's owner as a cell of Markdown: no markup, no line, no bar."""
    plain = re.sub(r"\s", " ", text).strip()
    return re.sub(r"([\\`*_{}\[\]<>|#&])", r"\\\1", plain)[:300]


def _code(text: str) -> str:
    """A name as code; the sign that would end it, and bars, are taken out."""
    return f"`{re.sub(r'[`|]', '', re.sub(chr(92) + 's', ' ', text))}`"


def file_of(definition: Definition, name: str, locale: str) -> str:
    """The file of a text in a language; the first language is for whoever reads none of them."""
    return f"{name}.md" if locale == definition.languages[0] else f"{name}.{locale}.md"


def template(name: str, locale: str) -> str:
    """What a text is made of in a language."""
    return f"{name}.md.j2" if locale == ENGLISH else f"{name}.{locale}.md.j2"


def briefs(definition: Definition, public: Rows, hidden_rows: int, extra: tuple[Wheel, ...] = ()) -> dict[str, str]:
    """The brief by the name of its file, in each language of the challenge."""
    return {
        file_of(definition, "BRIEF", locale): brief(definition, public, hidden_rows, extra, locale)
        for locale in definition.languages
    }


def brief(
    definition: Definition, public: Rows, hidden_rows: int, extra: tuple[Wheel, ...] = (), locale: str = ENGLISH
) -> str:
    """What is asked, with the dictionary of the columns, in a language; the owner's own words stay as they are."""
    target, told = _code(definition.target), Speaker(locale).text
    asked = {
        "binary": say(
            "the **probability that {target} is {value}**", target=target, value=_code(str(definition.positive))
        ),
        "multiclass": say("a **probability of each class** of {target}", target=target),
        "regression": say("a **number: its {target} in {unit}**", target=target, unit=definition.unit)
        if definition.unit
        else say("a **number: its {target}**", target=target),
    }[definition.task]
    after = [_code(entry.name) for entry in definition.column if entry.known == "after"]
    return _rendered(
        template("BRIEF", locale),
        title=cell(definition.title),
        asked=told(asked),
        predicts=told(_predicts(definition)),
        metric=definition.scored_by,
        group=_code(definition.group) if definition.group else "",
        known_units=definition.hidden_units == "known",
        last=public[definition.time].max() if definition.time else "",
        time=definition.time,
        hidden_rows=told(say("about {rows:,}", rows=_round(hidden_rows))),
        public_rows=told(say("{rows:,}", rows=len(public))),
        limits=definition.limits,
        hours=definition.hours,
        columns=[_described(definition, entry.name, public[entry.name], told) for entry in definition.column],
        traps=", ".join(after),
        use=told(_use(definition)),
        extra=[f"{wheel.name} {wheel.version}" for wheel in extra],
        own=definition.packages.own,
    )


def _round(rows: int) -> int:
    step = int(10 ** max(len(str(rows)) - 2, 0))
    return rows // step * step


def _predicts(definition: Definition) -> Text:
    if definition.task == "multiclass":
        classes = ", ".join(definition.classes).replace('"', "'")
        return say("A probability of each class, in the order {classes},", classes=classes)
    if definition.task == "binary":
        return say("Probability of the positive class")
    if definition.scored_by in NEVER_BELOW_0:
        return say("The predicted number, never below 0,")
    return say("The predicted number")


def _described(definition: Definition, name: str, column: pd.Series, told: Callable[[str], str]) -> dict[str, str]:
    entry = definition.of(name)
    meaning = cell(entry.meaning) or (told(say("Target.")) if name == definition.target else "")
    if name == definition.group:
        together = told(say("Rows with the same value belong together."))
        meaning = f"{meaning.rstrip('.')}. {together}" if meaning else together
    missing = column.isna().mean()
    return {
        "name": _code(name),
        "type": entry.type,
        "missing": told(say("{share:.1%}", share=max(missing, 0.001)) if missing else say("none")),
        "values": told(_values(definition, entry.type, name, column)),
        "meaning": meaning,
    }


def _values(definition: Definition, kind: str, name: str, column: pd.Series) -> str:
    """What a column holds, in the public rows alone."""
    known = column.dropna()
    if not len(known) or name == definition.group:
        return say("{n:,} different", n=known.nunique())
    if kind in ("int", "float") and pd.api.types.is_numeric_dtype(known):
        low, high = known.min(), known.max()
        if max(abs(low), abs(high)) >= TEN_THOUSAND:
            return say("{low:,.0f} to {high:,.0f}", low=low, high=high)
        return say("{low:.4g} to {high:.4g}", low=low, high=high)
    if kind == "date text":
        return say("{first} to {last}", first=known.min(), last=known.max())
    values = sorted(known.unique())
    if len(values) > FEW or any(len(str(value)) > 40 for value in values):
        return say("{n:,} different texts", n=len(values))
    return ", ".join(_code(str(value)) for value in values)


def _use(definition: Definition) -> str:
    use, parts = definition.use, []
    if use.capacity is not None:
        parts.append(say("{share:.0%} of the rows can be acted on.", share=use.capacity))
    if use.contact is not None:
        parts.append(say("Acting on one costs about {cost:g} {currency}.", cost=use.contact, currency=use.currency))
    if use.loss is not None:
        parts.append(say("A row that is missed costs about {cost:g} {currency}.", cost=use.loss, currency=use.currency))
    if use.over is not None or use.under is not None:
        parts.append(
            say(
                "One unit too many costs {over:g} {currency}, one too few {under:g}.",
                over=use.over or 0,
                under=use.under or 0,
                currency=use.currency,
            )
        )
    if use.requests_per_second is not None:
        parts.append(say("About {n:g} requests come each second, mostly for single rows.", n=use.requests_per_second))
    return sentences(*parts)


def rubric(definition: Definition, locale: str = ENGLISH) -> str:
    """What earns points, in a language."""
    told = Speaker(locale).text
    sections: dict[str, list[Any]] = {}
    for criterion in RUBRIC:
        sections.setdefault(told(SECTIONS[criterion.section]), []).append(criterion)
    return _rendered(template("RUBRIC", locale), sections=sections, metric=definition.scored_by, say=told)


SCORES = {
    "roc_auc": "metrics.roc_auc_score(truth, answers)",
    "average_precision": "metrics.average_precision_score(truth, answers)",
    "brier_score": "metrics.brier_score_loss(truth, answers)",
    "f1_macro": 'metrics.f1_score(truth, np.asarray(CLASSES)[answers.argmax(axis=1)], average="macro")',
    "balanced_accuracy": "metrics.balanced_accuracy_score(truth, np.asarray(CLASSES)[answers.argmax(axis=1)])",
    "roc_auc_ovr": 'metrics.roc_auc_score(truth, answers, multi_class="ovr", labels=CLASSES)',
    "rmse": "metrics.root_mean_squared_error(truth, answers)",
    "mae": "metrics.mean_absolute_error(truth, answers)",
    "r2": "metrics.r2_score(truth, answers)",
    "rmsle": "metrics.root_mean_squared_log_error(truth, answers)",
    "mean_poisson_deviance": "metrics.mean_poisson_deviance(truth, np.maximum(answers, 1e-9))",
}
#: What says the same of each held-out row, by metric or else by task: what the metric likes best of such.
CONSTANTS = {
    "binary": "np.full(len(held), truth[known].mean())",
    "multiclass": "np.tile([(truth[known] == name).mean() for name in CLASSES], (len(held), 1))",
    "regression": "np.full(len(held), truth[known].mean())",
    "mae": "np.full(len(held), np.median(truth[known]))",
    "rmsle": "np.full(len(held), np.expm1(np.log1p(truth[known]).mean()))",
    "mean_pinball_loss": "np.full(len(held), np.quantile(truth[known], {quantile!r}))",
}
DUMMIES = {"mae": 'strategy="median"', "mean_pinball_loss": 'strategy="quantile", quantile={quantile!r}'}
#: How a simple model is fitted to what the metric rewards, as a metric may weigh no squares, or each class the same.
FITTED = {
    "balanced_accuracy": 'LogisticRegression(max_iter=300, class_weight="balanced")',
    "mae": """TransformedTargetRegressor(
        SGDRegressor(loss="epsilon_insensitive", epsilon=0, average=True, random_state=0), transformer=RobustScaler()
    )""",
    "rmsle": "TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1)",
    "mean_poisson_deviance": "PoissonRegressor(alpha=0.01, max_iter=300)",
    "mean_pinball_loss": 'HistGradientBoostingRegressor(loss="quantile", quantile={quantile!r}, max_leaf_nodes=4)',
}
NEVER_BELOW_0 = frozenset({"rmsle", "mean_poisson_deviance"})
LINEAR = ("LogisticRegression", "PoissonRegressor", "Ridge", "SGDRegressor")


def pipeline(definition: Definition, public: Rows, kind: str, says: str) -> str:
    """The text of a pipeline for this table."""
    task, group, time, metric = definition.task, definition.group, definition.time, definition.scored_by
    columns = _columns(definition, public)
    if kind != "sound" and any(names for type_, names in columns.items() if type_ != "texts"):
        columns["texts"] = []  # the others show what they are for without the price of texts
    if kind == "starter":
        columns = _least_telling(definition, public, columns | {"texts": []})
    dummy = kind == "constant" or not any(columns.values())
    fitted = "" if dummy or kind not in ("sound", "starter") else _fitted(definition)
    return _rendered(
        "pipeline.py.j2",
        kind=kind,
        dummy=dummy,
        dummy_says=DUMMIES.get(metric, "" if task == "regression" else 'strategy="prior"').format(
            quantile=definition.quantile
        ),
        fitted=fitted,
        linear=", ".join(name for name in LINEAR if name in fitted),
        says=says,
        learner="Regressor" if task == "regression" else "Classifier",
        regression=task == "regression",
        binary=task == "binary",
        multiclass=task == "multiclass",
        positive_only=metric in NEVER_BELOW_0,
        target=repr(definition.target),
        positive=repr(str(definition.positive)),
        classes=repr(list(definition.classes)),
        **{type_: repr(names) if names or type_ != "texts" else "" for type_, names in columns.items()},
        group=repr(group) if group else "",
        apart=definition.kept_apart,
        time=repr(time) if time else "",
        alike=repr([group] if group else _finest(public, [*columns["words"], *columns["numbers"], *columns["texts"]])),
        score=_score(definition),
        metric=repr(metric),
        folds_say=_folds_say(definition),
        constant=CONSTANTS.get(metric, CONSTANTS[task]).format(quantile=definition.quantile),
        predicts=_predicts(definition).replace("\\", "\\\\"),  # it stands in a docstring
    )


def _fitted(definition: Definition) -> str:
    """The learner of a simple pipeline, as Python."""
    usual = "Ridge()" if definition.task == "regression" else "LogisticRegression(max_iter=300)"
    return FITTED.get(definition.scored_by, usual).format(quantile=definition.quantile)


def _columns(definition: Definition, public: Rows) -> dict[str, list[str]]:
    """The columns that a pipeline reads as numbers, words, dates and free texts; names of single rows are none."""
    inputs = [name for name in definition.features if name != definition.time]
    texts = [name for name in inputs if folds.is_prose(public[name])]
    names = [name for name in inputs if name not in texts and not folds.unique_key(public[name])]
    of = {name: definition.of(name).type for name in names}
    return {
        "numbers": [name for name in names if of[name] in ("int", "float")],
        "words": [name for name in names if of[name] == "text" and public[name].nunique() <= 1_000],
        "dates": [name for name in names if of[name] == "date text"],
        "texts": texts,
    }


def _least_telling(definition: Definition, public: Rows, columns: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """A few columns, those that explain least of the target: a starter is no solution."""
    sample = folds.sampled(definition, public)
    truth = np.eye(int(sample.truth.max()) + 1)[sample.truth] if sample.task == "multiclass" else sample.truth[:, None]
    explained = {
        name: _explained(sample.rows[name], truth, by_value=kind == "words")
        for kind, names in columns.items()
        for name in names
    }
    chosen = sorted(explained, key=explained.__getitem__)[: min(STARTER_COLUMNS, len(explained) // 2)]
    return {kind: [name for name in names if name in chosen] for kind, names in columns.items()}


def _explained(column: pd.Series, truth: FloatArray, *, by_value: bool) -> float:
    """The share of the target's variance that a linear model of one column explains; truth: shape (rows, targets)."""
    from sklearn.linear_model import LinearRegression  # noqa: PLC0415

    if by_value:
        values = folds.binned(column)
        x = (values[:, None] == np.arange(values.max() + 1)).astype(np.float64)
    else:
        numbers = pd.Series(folds.as_numbers(column))
        x = numbers.fillna(numbers.median()).fillna(0.0).to_numpy(np.float64)[:, None]
    return float(LinearRegression().fit(x, truth).score(x, truth))


def _score(definition: Definition) -> str:
    if definition.scored_by == "log_loss":
        labels = "[0, 1]" if definition.task == "binary" else "CLASSES"
        return f"metrics.log_loss(truth, answers, labels={labels})"
    if definition.scored_by == "mean_pinball_loss":
        return f"metrics.mean_pinball_loss(truth, answers, alpha={definition.quantile!r})"
    return SCORES.get(definition.scored_by, "")


def _folds_say(definition: Definition) -> str:
    if definition.time:
        known = "the same units" if definition.hidden_units == "known" else "new units"
        return f"{known if definition.group else 'other rows'}, later in time"
    return "new units" if definition.group else "rows drawn at random"


def _finest(public: Rows, names: list[str]) -> list[str]:
    """Columns whose values together are nearly one for each row, so that a mean by them tells a row its own label."""
    ordered = sorted(names, key=lambda name: -public[name].nunique())
    return ordered[:3]


def _rendered(template: str, **values: Any) -> str:
    return _TEMPLATES.get_template(template).render(**values)


OF_A_LINE = {"model": "A linear model", "limit": "Interactions between columns are not seen."}
OF_TREES = {"model": "Small boosted trees", "limit": "Trends beyond the values that were seen are not followed."}
SOUND_README = """# A simple and honest pipeline

## Problem
Each row gets a prediction of the target, from the columns that are known at prediction time.

## Approach
{model} on the columns as they are: gaps by the median, categories one by one, numbers scaled. Preparation is
part of the model, so nothing is fitted on rows that are held out. The folds copy the use of the model.

## Results
`evaluate` returns the metric of rows that were held out, its spread over folds, and what a constant reaches.

## Limits
{limit} Values that were never seen are treated as none.

## Next steps
Watch the share of missing values and the mean prediction each week. Retrain when labels of newer rows are there.
"""

"""A table becomes a folder and a vault, which the grader, the linter and another installation can use."""

from __future__ import annotations

import runpy
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from challenges import registry, vault
from challenges.tables import create, folder, moving
from challenges.tables.table import TableError
from graders.tasks.asked import metric_of
from tests.challenges.tables.tables import grouped, honest, proposed, table


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one small challenge of each task."""
    place = tmp_path_factory.mktemp("home")
    for task in ("binary", "multiclass", "regression"):
        rows = honest(task, rows=400)
        create.create(table(rows), proposed(rows, id=f"small-{task}").definition, place)
    return place


def test_what_is_secret_lies_in_the_vault_alone(home: Path) -> None:
    files = [path for path in (home / "vault").rglob("*") if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    names = {path.name for path in (home / "challenges" / "small-binary").rglob("*") if path.is_file()}
    texts = {"BRIEF.md", "BRIEF.fr.md", "RUBRIC.md", "RUBRIC.fr.md", "README.md"}
    assert names == {"challenge.toml", "pipeline.py", *texts}


def test_the_registry_gives_own_and_shipped_challenges_alike(home: Path) -> None:
    own = registry.get("small-regression", home)
    assert (own.task, own.metric, own.group, own.time) == ("regression", "rmse", None, None)
    assert {"ml_pipeline", "small-binary"} <= {challenge.id for challenge in registry.all_challenges(home)}
    with pytest.raises(registry.UnknownChallenge, match="small-binary"):
        registry.get("elsewhere", home)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_generated_pipelines_keep_the_contract(home: Path, tmp_path: Path, task: str) -> None:
    challenge = registry.get(f"small-{task}", home)
    data = vault.load(challenge, home)
    metric = metric_of(challenge)
    values = {}
    for name in ("starter", "sound", "constant", "leaky", "memoriser"):
        place = challenge.folder / ("starter" if name == "starter" else f"reference/{name}")
        pipeline = runpy.run_path(str(place / "pipeline.py"))
        assert challenge.metric in pipeline["evaluate"](data.public)
        pipeline["train"](data.public, tmp_path)
        answers = np.asarray(pipeline["predict"](data.hidden, tmp_path), np.float64)
        assert answers.shape == data.oracle.shape
        values[name] = metric.statistic.value(data.labels, answers)
    assert metric.better(values["sound"], values["constant"]) > 0
    assert [one.name for one in challenge.references] == ["sound", "leaky", "memoriser", "constant", "crashes"]


@pytest.mark.parametrize(
    ("columns", "chosen"),
    [
        (["income", "tenure", "visits", "plan", "score", "luck", "tray"], {"score", "luck", "tray"}),
        (["income", "luck"], {"luck"}),
        (["income"], set()),
    ],
)
def test_a_starter_is_no_solution(columns: list[str], chosen: set[str]) -> None:
    """It rests on what explains least, and on none where there is only one column."""
    rng = np.random.default_rng(9)
    rows = honest("regression", rows=600)
    rows = rows.assign(luck=rng.normal(size=600), tray=rng.choice(["a", "b"], 600))
    definition = proposed(rows[[*columns, "y"]]).definition
    starter = _run(folder.pipeline(definition, rows, "starter", folder.STARTER))
    assert {*starter["NUMBERS"], *starter["WORDS"], *starter["DATES"]} == chosen
    assert starter["evaluate"](rows)["rmse"] > 0


def skewed(rows: int) -> pd.DataFrame:
    """Amounts that few columns multiply, some of them far above all others."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, rows)).round(3)
    amounts = np.exp(0.8 * a - 0.6 * (b > 0) + 0.9 * rng.standard_t(3, rows)).clip(max=2_000)
    return pd.DataFrame({"a": a, "b": b, "kind": rng.choice(["x", "y"], rows), "y": (10 * amounts).round(2)})


@pytest.mark.parametrize("metric", ["mae", "rmsle", "mean_pinball_loss", "mean_poisson_deviance", "balanced_accuracy"])
def test_a_simple_model_is_fitted_to_what_the_metric_rewards(metric: str) -> None:
    """It does better by it than one by squares, or by classes as frequent as they are, and than a constant does."""
    rows = skewed(600)
    if metric == "balanced_accuracy":
        rows = rows.assign(y=pd.cut(rows["y"], [-1, 1, 60, 1e9], labels=["little", "some", "much"]).astype(str))
    definition = proposed(rows, metric=metric).definition.model_copy(update={"quantile": 0.9})
    text = folder.pipeline(definition, rows, "sound", "A pipeline.")
    usual = "LogisticRegression()" if metric == "balanced_accuracy" else "Ridge()"
    imports = "from sklearn.linear_model import LogisticRegression, Ridge\n"
    own, other = (
        _run(imports + one)["evaluate"](rows) for one in (text, text.replace(folder._fitted(definition), usual))
    )
    sign = 1 if metric == "balanced_accuracy" else -1
    assert sign * own[metric] > sign * other[metric]
    assert sign * own[metric] > sign * own["baseline"]
    told = folder.brief(definition, rows, 100)
    assert ("never below 0" in told) == (metric in {"rmsle", "mean_poisson_deviance"})


def test_a_table_of_free_text_alone_has_references_that_read_it() -> None:
    rng = np.random.default_rng(1)
    label = rng.choice(["bill", "fault"], 300)
    words = {"bill": ["invoice", "paid", "twice"], "fault": ["broken", "screen", "smell"]}
    texts = [
        " ".join(["dear", "shop", *rng.choice(words[one], 2), *rng.choice(["hello", "my", "the"], 3)]) for one in label
    ]
    texts = [f"{text} {'abcdefghij'[i % 10] * (3 + i // 10)}" for i, text in enumerate(texts)]
    rows = pd.DataFrame({"text": texts, "y": label})
    definition = proposed(rows).definition
    values = {
        kind: _run(folder.pipeline(definition, rows, kind, "A pipeline."))["evaluate"](rows)[definition.scored_by]
        for kind in ("starter", "constant", "sound")
    }
    assert values["starter"] == values["constant"] == 0.5
    assert values["sound"] > 0.9


def _run(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(text, found)  # noqa: S102 - made by us
    return found


def test_the_linter_says_the_same_again(home: Path) -> None:
    findings = create.lint_again(home / "challenges" / "small-binary", home)
    assert not [finding for finding in findings if finding.level == "error"]


def test_a_challenge_moves_whole_or_without_its_vault(home: Path, tmp_path: Path) -> None:
    source, before = home / "challenges" / "small-binary", registry.get("small-binary", home)
    for with_hidden in (True, False):
        to, new = tmp_path / f"{with_hidden}.zip", tmp_path / str(with_hidden)
        moving.export(source, home, to, with_hidden=with_hidden)
        assert moving.take_in(to, new) == ("small-binary", with_hidden)
        after = registry.get("small-binary", new)
        if with_hidden:
            assert vault.load(after, new).fingerprint == vault.load(before, home).fingerprint
        else:
            assert b"parquet" not in to.read_bytes()
            with pytest.raises(vault.VaultError, match="not on this machine"):
                vault.load(after, new)
        with pytest.raises(TableError, match="already"):
            moving.take_in(to, new)
    assert moving.take_in(tmp_path / "True.zip", tmp_path / "False") == ("small-binary", True)
    after = registry.get("small-binary", tmp_path / "False")
    assert vault.load(after, tmp_path / "False").fingerprint == vault.load(before, home).fingerprint


@pytest.mark.parametrize(
    "path", ["challenge/../../x", "/challenge/x", "vault/sub/x", "elsewhere/x", "challenge\\\\x/y"]
)
def test_an_import_writes_nowhere_else(tmp_path: Path, path: str) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(path, b"x")
    with pytest.raises(TableError, match="no file of a challenge"):
        moving.take_in(file, tmp_path / "home")
    assert not list((tmp_path / "home" / "challenges").iterdir())


def test_a_text_without_end_is_not_read(tmp_path: Path) -> None:
    """Its parsing would hold up whoever else the service answers."""
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("challenge/challenge.toml", b"#" * (moving.MOST_TEXT + 1))
    with pytest.raises(TableError, match="the most of a text"):
        moving.take_in(file, tmp_path / "home")


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "LEAST_BYTES", 1000)
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("challenge/x", b"0" * 100_000)
    with pytest.raises(TableError, match="more than a challenge can"):
        moving.take_in(file, tmp_path / "home")


def test_a_retired_challenge_is_no_longer_listed(home: Path) -> None:
    moving.retire(home / "challenges" / "small-multiclass")
    assert "small-multiclass" not in {challenge.id for challenge in registry.all_challenges(home)}
    assert registry.get("small-multiclass", home).id == "small-multiclass"  # its reports stay


def test_an_id_is_taken_once(home: Path) -> None:
    rows = honest(rows=200)
    with pytest.raises(TableError, match="already"):
        create.create(table(rows), proposed(rows, id="small-binary").definition, home)


def test_pseudonyms_keep_rows_of_one_person_together_and_name_nobody(tmp_path: Path) -> None:
    rows = grouped(units=80).rename(columns={"customer_id": "mail"})
    rows["mail"] = [f"user{number}@example.org" for number in rows["mail"]]
    proposal = proposed(rows, id="people", group="mail", pseudonym=("mail",))
    made = create.create(table(rows), proposal.definition, tmp_path)
    data = vault.load(made.challenge, tmp_path)
    names = pd.concat([data.public["mail"], data.hidden["mail"]])
    assert names.nunique() == 80
    assert names.str.fullmatch("[0-9a-f]{16}").all()
    assert not set(data.public["mail"]) & set(data.hidden["mail"])
    assert "CHAL008" not in {finding.code for finding in made.findings}
    again = create.pseudonyms(pd.Series(["a", "a", None, "b"]), 1)
    assert (again[0] == again[1], again[0] == again[3], again.isna().sum()) == (True, False, 1)
    assert again[0] != create.pseudonyms(pd.Series(["a"]), 2)[0]


def test_what_is_known_too_late_is_found_before_anything_is_made() -> None:
    rows = honest()
    rows = rows.assign(spent=np.where(rows["y"] == "yes", rows["tenure"], 0.0))
    (finding,) = create.known_late(table(rows), proposed(rows).definition)
    assert (finding.level, finding.columns) == ("error", ("spent",))
    late = proposed(rows, after=("spent",)).definition
    assert late.of("spent").known == "after"
    assert not create.known_late(table(rows), late)


def test_markup_of_a_table_is_text_in_the_brief() -> None:
    rows = honest(rows=200).rename(columns={"plan": "<script>|`plan`"})
    text = folder.brief(proposed(rows, title="<img src=x> | [a](b)").definition, rows, 60)
    assert text.startswith("# \\<img src=x\\> \\| \\[a\\](b)\n")
    assert "| `<script>plan` | text |" in text
    assert "| `visits` | int | none | 0 to " in text
    priced = folder.brief(proposed(rows).definition, rows.assign(income=np.linspace(30_000, 884_790, 200)), 60)
    assert "| `income` | float | 8.0% | 30,000 to 884,790 |" in priced.replace("| none | 30,000", "| 8.0% | 30,000")


def test_classes_that_are_numbers_are_kept_and_described_as_text(tmp_path: Path) -> None:
    grades = honest("multiclass", rows=400).replace({"y": {"blue": 1, "green": 2, "red": 3}}).infer_objects()
    definition = proposed(grades, id="grades", task="multiclass", metric="balanced_accuracy").definition
    assert (definition.of("y").type, definition.classes) == ("text", ("1", "2", "3"))
    create.create(table(grades), definition, tmp_path)
    brief = (tmp_path / "challenges" / "grades" / "BRIEF.md").read_text("utf-8")
    assert "| `y` | text | none | `1`, `2`, `3` | Target. |" in brief


def test_brief_and_rubric_are_there_in_french_too(home: Path) -> None:
    folder = home / "challenges" / "small-binary"
    for name, says in (("BRIEF", "Ce que vous remettez"), ("RUBRIC", "Ce qui rapporte des points")):
        english, french = ((folder / f"{name}{end}.md").read_text("utf-8") for end in ("", ".fr"))
        assert says in french
        assert says not in english
        first = [
            [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")] for text in (english, french)
        ]
        assert first[0] == first[1]
        assert first[0]

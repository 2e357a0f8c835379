"""The tracer: rows are followed or not known, and the candidate's code notices nothing."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from textwrap import dedent

import numpy as np
import pandas as pd
import pytest

from graders.checks.leakage.trace import read
from sandbox.harness.tracing import content, rewrite
from sandbox.harness.tracing.book import Book, Rows
from sandbox.harness.tracing.log import Log
from sandbox.harness.tracing.origins import Output
from sandbox.harness.tracing.plain import BY_HAND
from sandbox.harness.tracing.tracer import Tracer
from tests.graders.checks.leakage.traced import public, run

FLOATS = ["usage_gb", "usage_trend", "age", "tickets_90d"]


def shuffled(data: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.random.default_rng(5).permutation(len(data))


def tables(data: pd.DataFrame) -> dict[str, tuple[object, np.ndarray[tuple[int], np.dtype[np.intp]]]]:
    """Tables by what became of the data, with the rows they have."""
    rows, everything = shuffled(data), np.arange(len(data))
    numbers = data[FLOATS].to_numpy(float)
    scaled = (numbers - numbers.mean(0)) / numbers.std(0)
    once = np.flatnonzero(~data.duplicated())
    by_month = np.argsort(data["snapshot_date"].to_numpy(), kind="stable")
    return {
        "its numbers": (numbers, everything),
        "scaled by hand": (scaled, everything),
        "a part of these": (scaled[rows[:900]], rows[:900]),
        "a list of these": (scaled[rows[:900]].tolist(), rows[:900]),
        "shuffled": (data.iloc[rows], rows),
        "shuffled and numbered anew": (data.iloc[rows].reset_index(drop=True), rows),
        "without copies, numbered anew": (data.drop_duplicates().reset_index(drop=True), once),
        "sorted, numbered anew": (data.sort_values("snapshot_date", ignore_index=True, kind="stable"), by_month),
        "joined with a table": (data.merge(pd.DataFrame({"region": ["north", "south"], "x": [1, 2]})), None),
    }


def test_rows_are_known_by_what_they_hold(subtests: pytest.Subtests) -> None:
    """Whatever holds them; where two rows are equal either may be meant."""
    data = public()
    for name, (table, rows) in tables(data).items():
        with subtests.test(name):
            book = Book(data)
            book.rows(tables(data)["scaled by hand"][0])
            found = book.rows(table)
            assert found is not None
            own = np.flatnonzero(data["region"].isin(["north", "south"])) if rows is None else rows
            assert ((book.copies[found] == book.copies[own]) | (found < 0)).all()
            assert (found >= 0).mean() > 0.9


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"z": np.random.default_rng(1).normal(size=500)}),
        np.random.default_rng(1).normal(size=(500, 3)),
        np.zeros((500, 2)),
        public().groupby("age")[["usage_gb"]].mean(),
        public().iloc[:5],
    ],
    ids=["noise", "noise in numpy", "zeros", "means by group", "five rows"],
)
def test_rows_are_never_guessed(table: object) -> None:
    """What proves nothing is not known, whatever its index says."""
    assert Book(public()).rows(table) is None


def made(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(load=data["usage_gb"] * data["age"], calls=data["tickets_90d"] + data["age"])[["load", "calls"]]


def test_rows_drawn_from_columns_of_ones_own_are_known() -> None:
    """As long as the table that they were drawn from is there, and whatever else was changed in them."""
    data, everything = public(), np.arange(len(public()))
    book, own = Book(data), made(data)
    assert (book.rows(own) == everything).all()
    drawn = np.random.default_rng(7).integers(0, len(data), 700)
    again = own.iloc[drawn].reset_index(drop=True).assign(draw=range(700))
    assert book.rows(pd.DataFrame({"load": again["load"].to_numpy()})) is None, "one column proves too little"
    found = book.rows(again)
    assert found is not None
    known = found >= 0
    assert known.mean() > 0.9
    assert (own.iloc[found[known]].to_numpy() == own.iloc[drawn[known]].to_numpy()).all()
    del own
    assert book.rows(made(data).iloc[drawn[::-1]].reset_index(drop=True) + 1) is None


@pytest.mark.parametrize(
    "other",
    [
        lambda p: np.log(p / (1 - p)),
        lambda p: np.column_stack([np.ones(len(p)), np.clip(p, 0.001, 1.0)]),
        lambda p: pd.Series(1 - p).rank().tolist(),
    ],
    ids=["odds", "beside another column", "ranks of the other class"],
)
def test_answers_on_another_scale_are_of_the_same_rows(other: Callable[[np.ndarray], object]) -> None:
    book, rows = Book(public()), np.arange(100, 400, dtype=np.int32)
    answers = np.random.default_rng(3).uniform(0.01, 0.99, 300)
    assert book.rows(other(answers)) is None
    book.answered(rows, answers)
    assert book.rows(other(answers)) is rows
    assert book.rows(other(np.sort(answers) ** 2)) is None
    assert book.rows(other(np.random.default_rng(4).uniform(0.01, 0.99, 300))) is None


def test_rows_that_a_loop_put_into_lists_are_known_by_their_order() -> None:
    """Not where it took them in another order, nor where too few are like no other row."""
    data = public()
    kept = np.flatnonzero(np.random.default_rng(2).random(len(data)) < 0.6)
    taken = [[row.age, row.tickets_90d, row.usage_trend] for row in data.iloc[kept].itertuples()]
    raw = [[row.age, row.tickets_90d, row.n_products, row.income_k] for row in data.iloc[kept].itertuples()]
    few = [[row.n_products, row.tickets_90d] for row in data.iloc[kept].itertuples()]
    book = Book(data)
    found = book.in_order(raw, data["churned"].to_numpy()[kept])
    assert found is not None
    assert ((found == kept) | (found < 0)).all()
    assert (found >= 0).mean() > 0.8
    assert book.rows(raw) is None  # by what they hold alone
    assert [book.in_order(rows) for rows in (raw[::-1], few, taken[:20])] == [None] * 3


def test_filled_gaps_hide_no_row_of_a_table_that_was_sorted_and_numbered_anew() -> None:
    """What stands in them occurs elsewhere; columns that hold what they held tell the rows."""
    data = public().sort_values("monthly_charge", kind="stable", ignore_index=True)
    medians = data.groupby("region")[["age", "income_k", "satisfaction", "usage_trend"]].transform("median")
    order = np.random.default_rng(6).permutation(len(data))[:500]
    filled = data.fillna(medians).iloc[order].reset_index(drop=True)
    found = Book(data).rows(filled.select_dtypes("number"))
    assert found is not None
    assert ((found == order) | (found < 0) | data.duplicated(keep=False).to_numpy()[order]).all()
    assert (found >= 0).mean() > 0.9


def test_a_table_that_holds_the_same_of_unlike_rows_is_known_as_a_whole() -> None:
    """By the last rows that were cut out, where these agree with what is known of some."""
    data = public()
    first = np.flatnonzero(data["customer_id"] % 3 == 0)
    book, columns = Book(data), ["n_products", "discount_pct", "age"]
    book.rows(data[columns].to_numpy(float))
    book.rows(data.iloc[first])
    found = book.rows(data[columns].to_numpy(float)[first])
    assert found is not None
    assert (found == first).all()


SEMANTICS = """
import dataclasses
import numpy as np

class Base:
    def name(self): return "base"

class Child(Base):
    __slots__ = ("x",)
    rate: float = 1 / 2
    def name(self): return super().name() + "!"

@dataclasses.dataclass
class Point:
    x: "list[int]" = dataclasses.field(default_factory=list)

def generator(n: int = 2 ** 3):
    for i in range(n):
        got = yield i * 2
        if got: return

def local():
    a, b = 1, [1, 2, 3]
    return sorted(locals()), b[-1:], b[::2], {**{"k": b[0]}}["k"], f"{a + b[0]:>{2 + 2}}"

def matched(value):
    match value:
        case {"k": [first, *rest]}: return first, rest
        case _: return None

def evaluate(data):
    m = np.arange(12).reshape(3, 4)
    m[1:, ::2] += 5
    del data
    out = [m[1:, 1].sum(), m.T.shape[0], m[..., -1].max(), (m @ m.T).trace(), [x * 2 for x in range(3) if x][-1]]
    text = repr((out, Child().name(), Child.rate, Point([1]).x, list(generator(3)), local(), matched({"k": [1, 2]})))
    return {"roc_auc": 0.5, "sum": float(sum(text.encode()))}
"""


def test_the_rewritten_code_means_the_same() -> None:
    """Classes, generators, slices, matches and locals give what they gave."""
    plain, traced = (run(SEMANTICS, public(), traced) for traced in (False, True))
    assert plain.claims == traced.claims


def test_every_expression_is_rewritten_with_its_place() -> None:
    """What has no line cannot be compiled, and the module would silently be left as it is."""
    source = SEMANTICS + "\ny = (SEMANTICS)[1:2, ...] if (a := [b @ c for b in d]) else {e: f.values for e in g}\n"
    tree = rewrite.Rewriter().visit(ast.parse(source))
    assert compile(tree, "pipeline.py", "exec")
    assert rewrite.SEE in rewrite.rewritten(source.encode(), "pipeline.py").co_names


def test_outputs_are_known_by_row_and_by_copy() -> None:
    """The last that was given for a row counts, in whichever of several tables; a copy has what the first one has."""
    made = Output(1, np.array([0, 1, 2, 0, 4], np.int32))
    for start in range(12):
        made.add(np.array([[10.0 * start], [10.0 * start + 1]]), np.array([0, 1 + start % 2], np.int32))
    every = np.arange(5, dtype=np.int32)
    assert made.at(every[:3]).ravel().tolist() == [110, 101, 111]
    assert made.at(every)[3] in range(0, 120, 10)
    assert np.isnan(made.at(every)[4])
    assert np.array_equal([made.of(row) for row in every], made.at(every), equal_nan=True)


def test_a_failure_is_the_candidates_own() -> None:
    """The same exception at the same line, traced or not, in a method as well: what is looked at there has no name of
    its class."""
    source = "import helper\ndef evaluate(data):\n    x = helper.Own().f(data)\n    return x\n"
    helper = "class Own:\n  def f(self, data):\n    y = data['age'][:] * 2\n    return data['no such column'][0] + y\n"
    plain, traced = (run(source, public(), traced, helper=helper) for traced in (False, True))
    assert plain.header == traced.header
    assert plain.header["failure"]["frames"] == [("pipeline.py", 3), ("helper.py", 4)]  # type: ignore[index]


@pytest.mark.parametrize("source", [b"def f(:", b"x = " + b"(" * 300 + b"1" + b")" * 300, b"x = " + b"-" * 5000 + b"1"])
def test_code_that_cannot_be_rewritten_fails_as_it_would(source: bytes) -> None:
    """What Python itself cannot compile raises what Python raises, and what only we cannot is compiled as it is."""
    try:
        compile(source, "pipeline.py", "exec")
    except (SyntaxError, RecursionError, MemoryError) as error:
        with pytest.raises(type(error)):
            rewrite.rewritten(source, "pipeline.py")
    else:
        assert rewrite.rewritten(source, "pipeline.py")


BROKEN_HOOKS = """
import builtins
def evaluate(data):
    for name in dir(builtins):
        if name.startswith("__assay"):
            delattr(builtins, name)
    import json
    json.dumps = lambda *args, **kwargs: "{"
    return {"roc_auc": 0.5}
"""


def test_a_candidate_may_break_the_tracer_but_gains_nothing() -> None:
    """The call then fails, or its account is none; neither is a clean account."""
    ran = run(BROKEN_HOOKS, public())
    assert "failure" in ran.header or ran.account in ("", "{")


def test_a_step_of_the_tracers_own_that_fails_is_lost_and_nothing_else() -> None:
    """Whatever it is: a function without a name as well."""
    tracer = Tracer(".")
    tracer.begin(public(200))
    assert tracer.quietly(partial(int, "no number")) is None
    assert sum(tracer.log.lost.values()) == 1


def test_the_account_is_small_and_of_numbers() -> None:
    """A hundred bootstrap draws and ten folds make a small account."""
    source = """
    import numpy as np
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import KFold, cross_val_predict
    from sklearn.naive_bayes import GaussianNB
    def evaluate(data):
        X, y = data[["age", "usage_gb", "usage_trend"]], data["churned"]
        p = cross_val_predict(GaussianNB(), X, y, cv=KFold(10), method="predict_proba")[:, 1]
        rng = np.random.default_rng(0)
        draws = [rng.integers(0, len(y), len(y)) for _ in range(100)]
        spread = np.std([roc_auc_score(y.iloc[i], p[i]) for i in draws])
        return {"roc_auc": roc_auc_score(y, p), "sd": spread}
    """
    ran = run(dedent(source), public())
    trace = read(ran.account, len(public()))
    assert len(ran.account) < 200_000
    assert json.loads(ran.account)["lost"] == {}
    assert len(trace.judged[-1].of) == 10
    assert [len(fit.rows or ()) for fit in trace.fits] == [len(public()) - len(s.test or ()) for s in trace.splits]


def test_what_scored_a_search_is_still_followed_when_it_scores_the_claim() -> None:
    """A helper that judged seventy settings before tells the rows and the model of the figure that is claimed."""
    source = """
    import numpy as np
    from sklearn.metrics import accuracy_score
    from sklearn.naive_bayes import GaussianNB
    COLUMNS = ["age", "usage_gb", "usage_trend"]
    def quality(p, y, cut):
        return accuracy_score(y, (p > cut).astype(int))
    def evaluate(data):
        n = len(data) // 3
        inner, middle, last = data[:n], data[n : 2 * n], data[2 * n :]
        p = GaussianNB().fit(inner[COLUMNS], inner["churned"]).predict_proba(middle[COLUMNS])[:, 1]
        cut = max(np.linspace(0.1, 0.9, 70), key=lambda cut: quality(p, middle["churned"], cut))
        early = data[: 2 * n]
        told = GaussianNB().fit(early[COLUMNS], early["churned"]).predict_proba(last[COLUMNS])[:, 1]
        return {"roc_auc": quality(told, last["churned"], cut)}
    """
    trace = read(run(dedent(source), public()).account, len(public()))
    claimed = [judged for judged in trace.judged if judged.how == "accuracy_score"][-1]
    assert claimed.rows is not None
    assert len(claimed.rows) == len(public()) - 2 * (len(public()) // 3)


@pytest.mark.parametrize(("score", "by_hand"), [("roc_auc_score", 0), ("area", 3)])
def test_folds_are_looked_for_by_hand_only_where_no_library_judged_them(score: str, by_hand: int) -> None:
    """Though in turn with them the library judged others."""
    source = f"""
    import numpy as np
    from sklearn.metrics import roc_auc_score
    def area(y, p):
        ranks, ones = p.argsort().argsort(), y.sum()
        return (ranks[y == 1].sum() - ones * (ones - 1) / 2) / ones / (len(y) - ones)
    def evaluate(data):
        scores = []
        for part in range(3):
            rows = data[data["customer_id"] % 3 == part]
            y, p = rows["churned"].to_numpy(), rows["usage_trend"].to_numpy() * -1.5
            scores.append([{score}(y, q) for q in (p, np.zeros(len(p)))])
        return {{"roc_auc": float(np.mean(scores, axis=0)[0])}}
    """
    trace = read(run(dedent(source), public()).account, len(public()))
    assert sum(judged.how == BY_HAND for judged in trace.judged) == by_hand


DRAWN_AGAIN = """
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OneHotEncoder, SplineTransformer
def evaluate(data):
    rows = data.reset_index(drop=True)
    late = rows["customer_id"] % 3 == 0
    parts = {unit: part for unit, part in rows[~late].groupby("customer_id")}
    drawn = np.random.default_rng(0).choice(list(parts), len(parts))
    again = pd.concat([parts[unit].assign(customer_id=n) for n, unit in enumerate(drawn)], ignore_index=True)
    splines = SplineTransformer().fit(again[["tickets_90d"]])
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(again[["region"]])
    x = lambda d: np.hstack([splines.transform(d[["tickets_90d"]]), words.transform(d[["region"]])])
    model = LogisticRegression().fit(x(again), again["churned"])
    return {"roc_auc": roc_auc_score(rows[late]["churned"], model.predict_proba(x(rows[late]))[:, 1])}
"""


def test_units_drawn_again_and_tables_put_beside_each_other_are_known() -> None:
    """No column of the judged table is one of the data's: it has the rows of what was put beside each other."""
    rows = public(400)
    trace = read(run(DRAWN_AGAIN, rows).account, len(rows))
    late = np.flatnonzero(rows["customer_id"] % 3 == 0)
    fitted, judged = trace.fits[-1].rows, trace.judged[0].rows
    assert fitted is not None
    assert judged is not None
    assert (fitted.unknown, fitted.repeated > 0) == (0, True)
    assert not np.isin(fitted.members, late).any()
    assert judged.members.tolist() == late.tolist()


STAGES = """
import lightgbm as lgb, numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
def evaluate(data):
    x, y = data[["age", "tickets_90d", "usage_gb"]].to_numpy(), data["churned"].to_numpy()
    late = (data["customer_id"] % 3 == 0).to_numpy()
    model = GradientBoostingClassifier(n_estimators=70, max_depth=1)
    for weight in (np.ones(len(x)), 1.0 + x[:, 0], None):
        model.fit(x[~late], y[~late], sample_weight=None if weight is None else weight[~late])
        lgb.Dataset(x[~late], y[~late], weight=None if weight is None else weight[~late])
    found = [[], []]
    for side, scores in zip((~late, late), found):
        for told in model.staged_predict_proba(x[side]):
            scores.append(roc_auc_score(y[side], told[:, 1]))
    return {"roc_auc": found[1][69]}
"""


def test_rounds_at_the_line_of_the_claim_and_the_weights_of_rows_are_known() -> None:
    """Of 140 scores sixty are looked for at once; the claimed one tells the rest.  Other weights are another fit."""
    rows = public(200)
    account = json.loads(run(STAGES, rows).account)
    told = [judged for judged in account["judged"] if judged["how"] == "staged_predict_proba"]
    scored = [judged["rows"] for judged in account["judged"] if judged["how"] == "roc_auc_score"]
    assert {judged["fit"] for judged in told} == {2}
    assert scored == [judged["rows"] for judged in told]
    assert len(set(scored)) == 2
    assert min(scored) >= 0
    assert len({fit["x"] for fit in account["fits"]}) == 1
    assert len({fit["y"] for fit in account["fits"]}) == 3
    assert not account["lost"]


def test_a_list_that_is_no_table_loses_nothing() -> None:
    """Weights of a network in a list are no rows of data, and looking at them is no failure of the account."""
    source = """
import numpy as np
def evaluate(data):
    layers = [np.zeros((4, 3)), np.zeros(3), 0.0] * 20
    layers = [layer + 1 for layer in layers]
    return {"roc_auc": float(len(layers)) / 100}
"""
    ran = run(source, public())
    assert ran.claims == {"roc_auc": 0.6}
    assert read(ran.account, len(public())).lost == 0


def test_a_list_of_splits_is_no_table() -> None:
    """Pairs of positions of unequal length, forty of them, are looked at without a failure of the account."""
    source = """
import numpy as np
def dealt(n, rng):
    for _ in range(40):
        side = rng.random(n) < 0.8
        yield np.flatnonzero(side), np.flatnonzero(~side)
def evaluate(data):
    splits = list(dealt(len(data), np.random.default_rng(0)))
    return {"roc_auc": float(len(splits)) / 100}
"""
    ran = run(source, public())
    assert ran.claims == {"roc_auc": 0.4}
    assert read(ran.account, len(public())).lost == 0


def test_many_rows_are_found_as_few_are() -> None:
    """Whichever way they are looked up: each once, several alike, several that are not copies, and none."""
    hashes = np.sort(np.repeat(np.arange(40, dtype=np.uint64) * 7, 2))
    rows = np.arange(80, dtype=np.int32)
    rows[::4] = rows[1::4]  # two of a kind stand for one row, and two for different ones
    asked = np.arange(0, 290, dtype=np.uint64)
    table = Rows(hashes, rows, Book(public()).copies)
    many = table.find(asked, 0.0)
    few = [table.find(asked[at : at + 10], 0.0) for at in range(0, 290, 10)]
    assert many is not None
    assert many.tolist() == np.concatenate([found for found in few if found is not None]).tolist()
    assert {-1} < set(many.tolist())


def test_code_of_no_file_is_placed_where_it_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can go and look at a name that was given to `compile`."""
    monkeypatch.chdir(tmp_path)
    called = tmp_path / "pipeline.py"
    called.write_text("exec(compile('ask()', '<made>', 'exec'))\n")
    found: list[object] = []
    code = compile(called.read_text(), str(called), "exec")
    exec(code, {"ask": lambda: found.append(Tracer(str(tmp_path)).place())})  # noqa: S102
    assert found == [("pipeline.py", 1)]


def test_copies_are_rows_that_are_equal_in_every_column() -> None:
    """Gaps are equal to each other, and so are both zeros; a text tells rows apart whose numbers are equal."""
    data = pd.DataFrame({"number": [0.0, -0.0, 0.0, np.nan, np.nan, 1.0], "text": ["a", "a", "b", "a", "a", "a"]})
    assert Book(data).copies.tolist() == [0, 0, 2, 3, 3, 5]
    assert Book(data[["text"]]).copies.tolist() == [0, 0, 2, 0, 0, 0]
    assert Book(data[["number"]]).copies.tolist() == [0, 0, 0, 3, 3, 5]


def test_what_is_written_into_the_data_later_changes_nothing() -> None:
    data = public().copy()
    book, labels = Book(data), data["churned"].copy()
    data["churned"] = 0
    data.loc[:, FLOATS] = 1.0
    assert book.named(labels, book.all_rows) == "churned"
    assert book.rows(public()[FLOATS].to_numpy()) is not None


ESTIMATORS = """
import inspect
import pickle

from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression


class Bare(BaseEstimator):
    def fit(self, x, y):
        return self


class Kept(BaseEstimator, dict):
    pass


def evaluate(data):
    model = LogisticRegression(C=2.0)
    assert not inspect.signature(Bare).parameters
    assert "C" in inspect.signature(LogisticRegression).parameters
    assert clone(model).C == pickle.loads(pickle.dumps(model)).C == 2.0
    assert Kept({"a": 1})["a"] == 1
    x, y = data[["usage_gb"]].fillna(0), data["churned"]
    Bare().fit(x, y)
    LogisticRegression.fit(model, x, y)
    try:
        Bare(1)
    except TypeError:
        return {"roc_auc": 0.5}
"""


def test_classes_that_are_hooked_when_they_are_first_used_behave_as_before() -> None:
    kinds = [fit.kind for fit in read(run(ESTIMATORS, public()).account, len(public())).fits]
    assert kinds == ["Bare", "LogisticRegression"]


def test_a_column_keeps_its_shape_through_every_rising_change() -> None:
    """By order where nearly all differ, with ties and gaps as they are; by equality where few do."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=200)
    tied, few = np.where(rng.random(200) < 0.1, 0.0, numbers), rng.integers(0, 9, 200).astype(float)
    gaps = np.where(rng.random(200) < 0.1, np.nan, numbers)
    for column in (numbers, tied, few, gaps):
        for changed in (3 * column + 1, np.exp(column), pd.Series(column).array):
            assert content.shape(changed) == content.shape(column) is not None
    assert content.shape(-tied) == content.shape(tied)
    assert len({content.shape(column) for column in (numbers, tied, few, gaps)}) == 4
    assert content.shape(few) == content.shape(few.astype(str))
    assert content.shape(np.sort(rng.integers(0, 9, 200))) is None
    assert content.shape(np.array([{"word": n % 7} for n in range(200)], object)) is None  # cells nobody can compare
    every = np.array([numbers, tied, few, gaps, np.sort(few)])
    assert content.shapes(every) == [content.shape(column) for column in every]


def test_columns_are_marked_together_as_each_would_be_alone() -> None:
    rows, rng = public(), np.random.default_rng(0)
    texts = rows.select_dtypes("str")
    gaps = texts.mask(rng.random(texts.shape) < 0.3)
    gaps.iloc[:, 0] = None
    for table in (rows, texts, gaps, rows.select_dtypes("number"), rows.select_dtypes("number").to_numpy()):
        columns = pd.DataFrame(table)
        alone = [content.marks(columns.iloc[:, [i]]) for i in range(columns.shape[1])]
        assert content.marks(table) == [mark for (mark,) in alone]


def test_scores_of_known_rows_are_kept_beside_unknown_ones() -> None:
    """Three bytes each, in the order of the rows; of rows that nobody knows there is nothing to compare."""
    log, told = Log(4, np.arange(4)), np.array([0.5, 0.25, 0.75])
    assert log.scores(np.array([2, -1, 0]), told) == log.scores(np.array([0, 2]), told[[2, 0]]) != ""
    assert log.scores(np.array([-1, -1, -1]), told) == ""

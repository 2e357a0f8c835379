"""The probes put to a submission: which rows, which seed, in which order.

Names are the keys of Case.runs; all stand in graders/probes/names.py.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from graders.model.challenge import Challenge, Dataset, Limits
from graders.model.later import pd
from graders.model.probe import Action, Probe, Run, overslept
from graders.probes import copies, resolution, variants
from graders.probes.names import ProbeName
from graders.probes.seeds import seed_for
from graders.tasks.asked import contract_of

T = TypeVar("T")
#: Permutations that are asked one after another, as long as one leaves something to settle.
NULL_DRAWS = (ProbeName.EVALUATE_NULL_2, ProbeName.EVALUATE_NULL_3, ProbeName.EVALUATE_NULL_4)

#: So many times the limits of evaluate a watched run may use: the tracer's own share, which is nobody's fault.
ROOM = 1.5

#: An interpreter has one order of sets from its start, and starting it costs more than a small run of train.  So all
#: probes share two: one of the train, evaluate and predict that count, and of what is compared with these call by call;
#: one of the second train and evaluate, of the tests, and of calls of predict that are compared with each other alone,
#: so that each lane has some for the interpreter that it has already.
COUNTED_ORDER, COMPARED_ORDER = "order of sets", "another order of sets"

#: Calls of predict's limit that all of its probes together may use beside one call of train, and at least, whatever
#: train has used: the later ones then count as over the limit.
PREDICT_BUDGET, LEAST_BUDGET = 4.0, 2.5
#: Wall clock over CPU time of probes that only compare.
WAKEFUL = 1.25
#: Rows of the small probes: enough to see a difference, few enough to cost next to nothing.
SAMPLE = 1000
#: Training rows that are asked about again once they are changed: enough for a ROC AUC.  Records of graders up to 0.13
#: hold answers for as many as the second.
CROWD, CROWD_OF_OLD = 2000, 4000
#: The parts in which the sample is handed to predict: two single rows first, then growing batches.
PARTS = (1, 1, 98, 300, 600)
JITTER = 1e-6
#: Fresh rows that are asked about with steps that see single rows: these are slow.
ROWS_ONE_BY_ONE = 300
#: Rows on which each column's weight is measured: they are predicted once for every column.
SHUFFLED = 1000
#: Calls that are timed: how often, and with how many rows; one of each before, to warm up.
TIMED = ((12, 1), (4, 100), (1, 10_000))
WARM_UP = (1, 100)
TIMED_BATCHES = (*WARM_UP, *(size for times, size in TIMED for _ in range(times)))
PATIENCE = 2


def counted_session(challenge: Challenge, dataset: Dataset, seed: int) -> list[Probe]:
    """The model that is judged, and the candidate's own estimate, watched.

    Where watching fails or takes too much, a plain run of the same name follows, and that one counts: a fault of the
    tracer is held against nobody.
    """
    own, limits = seed_for(seed, ProbeName.TRAIN), challenge.train_limits
    train = Probe(ProbeName.TRAIN, Action.TRAIN, dataset.public, seed=own, limits=limits, timed=True)
    watched = evaluation(ProbeName.EVALUATE, dataset.public, challenge, seed)
    watched = replace(watched, copies=copies.told(challenge, dataset))
    plain = replace(watched, limits=limits, traced=False, unless=partial(_needs_no_plain, limits))
    return in_order(COUNTED_ORDER, seed, [train, watched, plain])


def _needs_no_plain(limits: Limits, runs: Sequence[Run]) -> bool:
    """Whether the watched run ended well, within the limits of a plain one; or slept until it was ended, which the
    tracer makes nobody do."""
    run = runs[-1]
    if not run.ok:
        return overslept([run])
    return run.cpu_seconds <= limits.cpu_seconds and run.used <= limits.seconds


def repeated_session(challenge: Challenge, dataset: Dataset, seed: int) -> list[Probe]:
    """Train once more: nothing but the seed that the harness draws and the order of sets differs."""
    own, limits = seed_for(seed, ProbeName.TRAIN_AGAIN), wakeful(challenge.train_limits)
    train = Probe(ProbeName.TRAIN_AGAIN, Action.TRAIN, dataset.public, seed=own, limits=limits)
    return in_order(COMPARED_ORDER, seed, [train])


def expected(challenge: Challenge, seed: int) -> list[Probe]:
    """The first call of either lane without its rows, traced as others of these lanes will be."""
    train, watched = Probe(ProbeName.TRAIN, Action.TRAIN, limits=challenge.train_limits), {COUNTED_ORDER}
    orders = (COUNTED_ORDER, COMPARED_ORDER)
    return [replace(train, hash_seed=seed_for(seed, order), traced=order in watched) for order in orders]


def in_order(order: str, secret: int, probes: Iterable[Probe]) -> list[Probe]:
    """The probes, all with this order of sets."""
    return [replace(probe, hash_seed=seed_for(secret, order)) for probe in probes]


def evaluation(name: ProbeName, rows: pd.DataFrame, challenge: Challenge, seed: int) -> Probe:
    """One run of evaluate, watched, with the seed of the one that counts: they are compared call by call.

    But for the one that shows whether the claim changes with the seed and the order of sets: it has others, and what it
    claims is all that is asked.
    """
    again, limits = name == ProbeName.EVALUATE_AGAIN, challenge.train_limits
    limits = limits if name == ProbeName.EVALUATE else wakeful(limits)
    return Probe(
        name,
        Action.EVALUATE,
        rows,
        seed=seed_for(seed, ProbeName.EVALUATE_AGAIN if again else ProbeName.EVALUATE),
        hash_seed=seed_for(seed, COMPARED_ORDER if again else COUNTED_ORDER),
        limits=limits if again else roomy(limits),
        timed=again or name == ProbeName.EVALUATE,
        traced=not again,
        contract=contract_of(challenge),
    )


def roomy(limits: Limits) -> Limits:
    """Limits of a watched run: those of a plain one decide, and the tracer's share may come on top."""
    return replace(limits, cpu_seconds=ROOM * limits.cpu_seconds, seconds=ROOM * limits.seconds)


def wakeful(limits: Limits) -> Limits:
    """Limits of a probe that only compares: it has less wall clock to sleep in, which stands still while it waits."""
    return replace(limits, seconds=min(limits.seconds, WAKEFUL * limits.cpu_seconds))


def predict_session(challenge: Challenge, dataset: Dataset, seed: int, trained: Sequence[Run]) -> list[Probe]:
    """Hidden rows, then the same model on rows cut and changed; last the second model."""
    model, again = trained[0].model, trained[1].model if len(trained) > 1 else None
    assert model is not None, "train has not gone well"
    hidden, public = dataset.hidden, dataset.public.drop(columns=challenge.target)
    limits, own = challenge.predict_limits, seed_for(seed, ProbeName.PREDICT)
    asked = {
        ProbeName.PREDICT: hidden,
        ProbeName.PREDICT_PARTS: sample_rows(hidden, seed),
        ProbeName.PREDICT_PUBLIC: public,
        ProbeName.PREDICT_CHANGED: blank(moved(challenge, dataset, seed), challenge, seed),
    }
    asked[ProbeName.PREDICT_FRESH] = sample_of_fresh(challenge, dataset, seed)
    probes = [
        Probe(
            name,
            Action.PREDICT,
            rows,
            model=model,
            seed=own,
            batches=parts(len(rows)) if name == ProbeName.PREDICT_PARTS else (),
            limits=limits if name == ProbeName.PREDICT else wakeful(limits),
            essential=name == ProbeName.PREDICT,
            after=ProbeName.PREDICT_PUBLIC if name == ProbeName.PREDICT_CHANGED else "",
        )
        for name, rows in asked.items()
    ]
    limits = wakeful(limits)
    if again is not None:
        probes.append(Probe(ProbeName.PREDICT_AGAIN, Action.PREDICT, hidden, model=again, seed=own, limits=limits))
    shuffled = shuffle_each(hidden, challenge, seed)
    probes.append(Probe(ProbeName.PREDICT_SHUFFLED, Action.PREDICT, shuffled, model=model, seed=own, limits=limits))
    apart = [timed(challenge, dataset, seed, model), *changed(challenge, dataset, seed, model)]
    every = [*in_order(COUNTED_ORDER, seed, probes), *in_order(COMPARED_ORDER, seed, apart)]
    budget, contract = predict_budget(challenge, trained), contract_of(challenge)
    return [replace(probe, budget=budget, contract=contract) for probe in every]


def predict_budget(challenge: Challenge, trained: Iterable[Run]) -> float:
    """Seconds that all calls of predict have together: what the runs of train have left of the budget of all."""
    call = challenge.predict_limits.cpu_seconds
    left = challenge.train_limits.cpu_seconds + PREDICT_BUDGET * call - sum(run.used for run in trained)
    return max(left, LEAST_BUDGET * call)


def timed(challenge: Challenge, dataset: Dataset, seed: int, model: bytes) -> Probe:
    """Calls of one row, a hundred and ten thousand, of rows that nobody has seen."""
    fresh = fresh_rows(challenge, dataset)
    rows = fresh.iloc[np.resize(timed_positions(len(fresh), seed), sum(TIMED_BATCHES))].reset_index(drop=True)
    patient = challenge.predict_limits.seconds * PATIENCE  # CPU time is what is measured; a busy machine takes longer
    limits = replace(challenge.predict_limits, seconds=patient)
    own = seed_for(seed, ProbeName.PREDICT)
    return Probe(
        ProbeName.PREDICT_TIMED,
        Action.PREDICT,
        rows,
        model=model,
        seed=own,
        batches=TIMED_BATCHES,
        limits=limits,
        timed=True,
        contract=contract_of(challenge),
    )


def fresh_rows(challenge: Challenge, dataset: Dataset) -> pd.DataFrame:
    """Rows that are in no other probe; where the challenge has none, public ones moved a little, under other names
    where hidden units are new: a model of known units need not answer for strangers."""
    if dataset.fresh is not None:
        return dataset.fresh
    rows = dataset.public.drop(columns=challenge.target)
    named = rows if challenge.kept_apart is None else rekey(rows, challenge, dataset, 0)
    return jitter(named, rows, challenge, 0)


def sample_of_fresh(challenge: Challenge, dataset: Dataset, seed: int) -> pd.DataFrame:
    """The fresh rows that are asked all at once as well as timed."""
    fresh = fresh_rows(challenge, dataset)
    return fresh.iloc[timed_positions(len(fresh), seed)[:SAMPLE]].reset_index(drop=True)


def batch_session(
    challenge: Challenge, dataset: Dataset, seed: int, model: bytes, *, steps: bool = True
) -> list[Probe]:
    """Why answers differ between a batch and single rows: the same batch once more, and a batch of the same size in
    which every other row is another one.

    steps: whether the text makes steps that work on all rows of a call together.  The first rows are then asked at once
    and in parts, as they are and where such steps see single rows.
    """
    rows, fresh = sample_of_fresh(challenge, dataset, seed), fresh_rows(challenge, dataset)
    others = fresh.iloc[np.resize(timed_positions(len(fresh), seed)[::-1], len(rows))].reset_index(drop=True)
    here = variants.touched(len(rows))
    asked = {ProbeName.PREDICT_BESIDE: pd.concat([rows[~here], others[here]]).sort_index()}
    in_parts = (ProbeName.PREDICT_FEW_PARTS, ProbeName.PREDICT_ROW_BY_ROW_PARTS)
    one_by_one = (ProbeName.PREDICT_ROW_BY_ROW, ProbeName.PREDICT_ROW_BY_ROW_PARTS)
    if steps:
        few = rows[:ROWS_ONE_BY_ONE]
        asked |= dict.fromkeys((ProbeName.PREDICT_FEW, ProbeName.PREDICT_FEW_PARTS, *one_by_one), few)
    again = _in_doubt({ProbeName.PREDICT_FRESH_AGAIN: rows}, challenge, seed, model)
    probes = [
        replace(
            probe,
            batches=parts(len(data)) if name in in_parts else (),
            row_by_row=name in one_by_one,
        )
        for (name, data), probe in zip(asked.items(), _in_doubt(asked, challenge, seed, model), strict=True)
    ]
    # in the order of sets of the timed calls, which differ from the others in that as well
    return [*probes, *in_order(COMPARED_ORDER, seed, again)]


def chance_session(challenge: Challenge, dataset: Dataset, seed: int, model: bytes) -> list[Probe]:
    """The batch of `batch_session` once more in the order of sets of the first time, where it had other answers in
    another one: whether chance decides, or that order."""
    return _in_doubt({ProbeName.PREDICT_FRESH_TWICE: sample_of_fresh(challenge, dataset, seed)}, challenge, seed, model)


def rounding_session(challenge: Challenge, dataset: Dataset, seed: int, model: bytes) -> list[Probe]:
    """The batch of `batch_session` with another rounding, for which the libraries are loaded anew."""
    rows = resolution.last_bits(sample_of_fresh(challenge, dataset, seed), challenge)
    probes = _in_doubt({ProbeName.PREDICT_ROUNDED: rows}, challenge, seed, model)
    return [replace(probe, other_rounding=True) for probe in probes]


def _in_doubt(asked: Mapping[ProbeName, pd.DataFrame], challenge: Challenge, seed: int, model: bytes) -> list[Probe]:
    """Calls of predict that only compare."""
    limits, own = wakeful(challenge.predict_limits), seed_for(seed, ProbeName.PREDICT)
    contract = contract_of(challenge)
    probes = (
        Probe(name, Action.PREDICT, rows, model=model, seed=own, limits=limits, contract=contract)
        for name, rows in asked.items()
    )
    return in_order(COUNTED_ORDER, seed, probes)


def moved(challenge: Challenge, dataset: Dataset, seed: int) -> pd.DataFrame:
    """CROWD training rows whose numbers are moved a little, under fresh identifiers where hidden units are new: what
    looks rows or customers up knows none of them."""
    public = dataset.public.drop(columns=challenge.target)
    crowd = public.iloc[crowd_positions(len(public), seed)].reset_index(drop=True)
    near = jitter(crowd, public, challenge, seed)
    return near if challenge.kept_apart is None else rekey(near, challenge, dataset, seed)


def change_session(challenge: Challenge, dataset: Dataset, seed: int, model: bytes) -> list[Probe]:
    """Which change of training rows makes answers worse: the same rows in the same batch with post-outcome columns as
    they are, rows that are only moved, and rows that only come under fresh identifiers, or under each other's.

    All changes are asked about once more, in a process of their own as the others: what the call before has left in
    memory is then no reason.
    """
    public, near = dataset.public.drop(columns=challenge.target), moved(challenge, dataset, seed)
    asked = {
        ProbeName.PREDICT_CHANGED: blank(near, challenge, seed),
        ProbeName.PREDICT_JITTERED: jitter(sample_rows(public, seed), public, challenge, seed),
    }
    if challenge.post_outcome:
        asked[ProbeName.PREDICT_KEPT] = near
    if challenge.kept_apart is not None:
        crowd = sample_rows(public, seed, CROWD)
        asked[ProbeName.PREDICT_STRANGERS] = rekey(crowd, challenge, dataset, seed)
        asked[ProbeName.PREDICT_EXCHANGED] = exchange(crowd, challenge, seed)
    return _in_doubt(asked, challenge, seed, model)


def identifier_session(challenge: Challenge, dataset: Dataset, seed: int, model: bytes) -> list[Probe]:
    """A sample of the hidden rows under fresh identifiers and otherwise as they are."""
    rows = rekey(sample_rows(dataset.hidden, seed), challenge, dataset, seed)
    return _in_doubt({ProbeName.PREDICT_REKEYED: rows}, challenge, seed, model)


def timed_positions(rows: int, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The fresh rows of the timed calls, in order; they begin anew where the calls need more.  All at once the first
    SAMPLE of them are asked in a probe of their own."""
    return np.random.default_rng(seed).permutation(rows)


def timed_alone() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Which rows of the timed calls are asked alone."""
    sizes = np.array(TIMED_BATCHES)
    return np.flatnonzero(np.repeat(sizes == 1, sizes))


def changed(challenge: Challenge, dataset: Dataset, seed: int, model: bytes) -> list[Probe]:
    """Rows as production will sometimes deliver them; see graders/probes/variants.py."""
    public = dataset.public.drop(columns=challenge.target)
    found = variants.frames(challenge, public, sample_rows(public, seed))
    limits, own = wakeful(challenge.predict_limits), seed_for(seed, ProbeName.PREDICT)
    return [Probe(name, Action.PREDICT, rows, model=model, seed=own, limits=limits) for name, rows in found.items()]


def shuffle_each(hidden: pd.DataFrame, challenge: Challenge, seed: int) -> pd.DataFrame:
    """The first SHUFFLED sampled hidden rows once for each input column, with the values of that column shuffled:
    one frame, so that one process serves all columns."""
    rng = np.random.default_rng(seed)
    rows = hidden.iloc[sample_positions(len(hidden), seed)[:SHUFFLED]]
    parts = [rows.assign(**{name: rng.permutation(rows[name].to_numpy())}) for name in challenge.inputs(hidden)]
    return pd.concat(parts, ignore_index=True)


def cost_baseline_session(challenge: Challenge, dataset: Dataset) -> list[Probe]:
    """What counts, for the challenge's reference, and evaluate as it is where nobody watches it."""
    plain = evaluation(ProbeName.EVALUATE_AGAIN, dataset.public, challenge, 0)
    return in_order(COUNTED_ORDER, 0, [*counted_session(challenge, dataset, 0), plain])


def tools_session(challenge: Challenge, seed: int) -> list[Probe]:
    limits = challenge.tool_limits
    probes = [
        Probe(ProbeName.RUFF, Action.RUFF, limits=limits),
        Probe(ProbeName.RADON, Action.RADON, limits=limits),
        Probe(ProbeName.TESTS, Action.TESTS, limits=wakeful(limits), traced=True),
        Probe(ProbeName.TESTS, Action.TESTS, limits=wakeful(limits), unless=_has_counted),
    ]
    return in_order(COMPARED_ORDER, seed, probes)


def _has_counted(runs: Sequence[Run]) -> bool:
    """Whether the run with marks in the code counts: it ended well, or at a limit, where marks are not to blame."""
    return any(run.name == ProbeName.TESTS and (run.ok or run.limited) for run in runs)


def by_order(asked: Sequence[Probe]) -> list[list[Probe]]:
    """Those of each order of sets in a session of their own, as a container has one."""
    orders = dict.fromkeys(probe.hash_seed for probe in asked)
    return [[probe for probe in asked if probe.hash_seed == order] for order in orders]


def halves(asked: Sequence[T]) -> list[list[T]]:
    """Two sessions of much the same length, so that both cores are busy; without empty ones."""
    return [list(half) for half in (asked[::2], asked[1::2]) if half]


def sample_positions(rows: int, seed: int, most: int = SAMPLE) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Positions of at most `most` rows, in random order."""
    return np.random.default_rng(seed).permutation(rows)[:most]


def sample_rows(rows: pd.DataFrame, seed: int, most: int = SAMPLE) -> pd.DataFrame:
    """At most `most` rows in random order, with a fresh index."""
    return rows.iloc[sample_positions(len(rows), seed, most)].reset_index(drop=True)


def crowd_positions(rows: int, seed: int, most: int = CROWD) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Positions of the training rows that are asked about once they are changed, rising."""
    return np.sort(sample_positions(rows, seed, most))


def parts(rows: int) -> tuple[int, ...]:
    """PARTS, cut to what `rows` rows allow."""
    sizes: list[int] = []
    for size in PARTS:
        sizes.append(min(size, rows - sum(sizes)))
        if sum(sizes) == rows:
            break
    return tuple(sizes)


def rekey(rows: pd.DataFrame, challenge: Challenge, dataset: Dataset, seed: int) -> pd.DataFrame:
    """`rows` with every identifier of the group column replaced by one that occurs nowhere in the data, from the
    same range where that has room, or of the same letters and digits; rows of one customer still share theirs."""
    if challenge.group is None:
        return rows
    taken = np.unique(np.concatenate([challenge.units(dataset.public), challenge.units(dataset.hidden)]))
    own, which = np.unique(challenge.units(rows), return_inverse=True)
    numbers = pd.api.types.is_numeric_dtype(dataset.public[challenge.group])
    fresh = (_new_numbers if numbers else _new_names)(taken, len(own), np.random.default_rng(seed))
    return rows.assign(**{challenge.group: fresh[which]})


def exchange(rows: pd.DataFrame, challenge: Challenge, seed: int) -> pd.DataFrame:
    """`rows` with every identifier of the group column replaced by another one of these; rows of one customer still
    share theirs."""
    if challenge.group is None:
        return rows
    own, which = np.unique(challenge.units(rows), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(own))
    others = np.empty_like(own)
    others[order] = own[np.roll(order, 1)]
    return rows.assign(**{challenge.group: others[which]})


def _new_numbers(taken: npt.NDArray[Any], count: int, rng: np.random.Generator) -> npt.NDArray[Any]:
    least = int(taken.min())
    room = int(taken.max()) - least + 2 * count + 1
    drawn = rng.choice(room, min(len(taken) + count, room), replace=False) + least
    return drawn[~np.isin(drawn, taken)][:count]


def _new_names(taken: npt.NDArray[Any], count: int, rng: np.random.Generator) -> npt.NDArray[Any]:
    """Known names with other digits and letters; where that is not new, with a number behind it."""
    known = [str(name) for name in taken]
    found = dict.fromkeys(known)
    for number in range(count):
        name = "".join(_like(sign, rng) for sign in known[number % len(known)])
        found[f"{name}{number}" if name in found else name] = None
    return np.array(list(found)[-count:], dtype=object)


def _like(sign: str, rng: np.random.Generator) -> str:
    signs = string.digits if sign.isdigit() else string.ascii_uppercase if sign.isupper() else string.ascii_lowercase
    return signs[int(rng.integers(len(signs)))] if sign.isalnum() else sign


def permute_labels(rows: pd.DataFrame, challenge: Challenge, seed: int) -> pd.DataFrame:
    """`rows` with every customer given the labels of another, in time order from some day on, so that neither a
    feature nor the calendar means anything any more, while rows of one customer, and copies of one row, still go
    together.  Where hidden rows are of known customers, each row gets the label of another: what is known of a
    customer means nothing either."""
    rng = np.random.default_rng(seed)
    copies = [name for name in (challenge.group, challenge.time) if name is not None]
    copies = [*copies, challenge.target] if len(copies) > 1 else list(rows.columns)
    numbers = rows.groupby(copies, sort=False, dropna=False).ngroup().to_numpy()
    first = np.unique(numbers, return_index=True)[1]  # of each row and its copies
    units = rows.iloc[first]
    in_time = (
        np.arange(len(units)) if challenge.time is None else np.argsort(units[challenge.time].to_numpy(), kind="stable")
    )
    together = np.arange(len(units)) if challenge.kept_apart is None else challenge.units(units)
    order = in_time[np.argsort(together[in_time], kind="stable")]
    starts = np.flatnonzero(np.r_[True, together[order][1:] != together[order][:-1]])
    sizes = np.diff(starts, append=len(order))
    donors = rng.permutation(len(sizes))
    shifts = rng.integers(sizes[donors])
    # Row i of a unit gets label i - shift of its donor, who begins anew where there are fewer.
    within = np.arange(len(order)) - np.repeat(starts + shifts, sizes)
    place = np.repeat(starts[donors], sizes) + within % np.repeat(sizes[donors], sizes)
    null = np.empty(len(units), dtype=object)
    null[order] = units[challenge.target].to_numpy()[order[place]]
    return rows.assign(**{challenge.target: pd.Series(null[numbers], rows.index).astype(rows[challenge.target].dtype)})


def jitter(rows: pd.DataFrame, public: pd.DataFrame, challenge: Challenge, seed: int) -> pd.DataFrame:
    """`rows` with measured numbers moved by about one part in a million, or by the smallest step that their column can
    hold, where no other value of `public` is near.

    No sound model notices.  All are raised: some trees cut at values of the data, which belong to the upper side.
    """
    rng = np.random.default_rng(seed)
    floats = [c.name for c in challenge.columns if c.type == "float" and c.name in rows and c.name != challenge.target]
    steps = {name: JITTER * (0.5 + rng.random(len(rows))) for name in floats}
    return rows.assign(**{name: resolution.raised(rows[name], public[name], steps[name]) for name in floats})


def blank(rows: pd.DataFrame, challenge: Challenge, seed: int) -> pd.DataFrame:
    """`rows` with each post-outcome column shuffled over all rows: its values stay, its meaning goes."""
    rng = np.random.default_rng(seed)
    shuffled = {name: rng.permutation(rows[name].to_numpy()) for name in challenge.post_outcome}
    return rows.assign(**shuffled)

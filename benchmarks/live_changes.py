"""Changes of the references that a candidate might make in a debrief, and what each must take away or bring."""

from __future__ import annotations

from dataclasses import dataclass

VALIDATION, PIPELINE = "churn/validation.py", "pipeline.py"


@dataclass(frozen=True)
class Change:
    """One change of a reference: in each file the first text becomes the second; an empty first one adds the file.

    `gone` and `new` are what the change must take away and bring; `fails` says that its code fails.  With `back` the
    change is taken back: what it brings must be gone again.
    """

    name: str
    reference: str
    kind: str
    edits: tuple[tuple[str, str, str], ...]
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    challenge: str = "ml_pipeline"
    fails: bool = False
    back: bool = False


SPLIT = """    X, _, _ = prepare(data)
    y = data["churned"].values
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=42)
"""
SPLIT_FIRST = """    rows, held = train_test_split(data, test_size=0.2, stratify=data["churned"], random_state=42)
    X_train, encoders, scaler = prepare(rows)
    X_test = pd.DataFrame(scaler.transform(encode(load_features(held), encoders)), columns=X_train.columns)
    y_train, y_test = rows["churned"].values, held["churned"].values
"""
SPLIT_BY_CUSTOMER = """    X, _, _ = prepare(data)
    y = data["churned"].values
    held = (data["customer_id"] % 5 == 0).values
    X_train, X_test, y_train, y_test = X[~held], X[held], y[~held], y[held]
"""
SAMPLED = """        test = data.sample(frac=0.2, random_state=seed)
        scores.append"""
HELD_OUT = """        held = data["customer_id"] % 5 == seed
        test, model = data[held], build().fit(features(data[~held]), data.loc[~held, "churned"])
        scores.append"""
PLAN = "{'s':0,'m':1,'l':2}[x.lower()]"
PLAN_KNOWN = "{'s':0,'m':1,'l':2}[x.lower()] if str(x).lower() in ('s','m','l') else print('unknown plan', x) or -1"
ROC = """    return {"roc_auc": float(roc_auc_score(data.loc[test, "churned"], scores(members, features(data[test]))))}
"""
ROC_INTERVAL = """    found, truth = scores(members, features(data[test])), data.loc[test, "churned"].to_numpy()
    drawn = [np.random.default_rng(seed).integers(0, len(truth), len(truth)) for seed in range(100)]
    low, high = np.quantile([roc_auc_score(truth[rows], found[rows]) for rows in drawn], [0.025, 0.975])
    return {"roc_auc": float(roc_auc_score(truth, found)), "roc_auc_low": float(low), "roc_auc_high": float(high)}
"""
A_TEST = """import pandas as pd

from pipeline import load_features


def test_dates_are_days_since_2015():
    row = {"snapshot_date": "2015-01-02", "signup_date": "2015-01-03", "discount_end_date": "2015-01-04"}
    found = load_features(pd.DataFrame([{**row, "satisfaction": 1.0, "income_k": 2.0}]))
    assert found[list(row)].iloc[0].tolist() == [1, 2, 3]
"""
FOLDS = "GroupKFold(FOLDS).split(rows, groups=rows[CUSTOMER])"
TRAIN = "rows[in_training & ~late]"
KEPT = "kept = rows[fairly_collected(rows)].drop_duplicates()"
CHECKED = "    schema.report_drift(rows, known)\n"

CHANGES = (
    Change("fit inside", "leaky", "fit-inside", ((PIPELINE, SPLIT, SPLIT_FIRST),), gone=("LEAK001",)),
    Change("split by customer", "leaky", "split-groups", ((PIPELINE, SPLIT, SPLIT_BY_CUSTOMER),), gone=("LEAK005",)),
    Change("hold rows out", "overfit", "held-out", ((PIPELINE, SAMPLED, HELD_OUT),), gone=("LEAK009", "OVR003")),
    Change(
        "take a new plan",
        "ugly_but_right",
        "new-category",
        ((PIPELINE, PLAN, PLAN_KNOWN),),
        gone=("ROB001",),
    ),
    Change("add an interval", "slow", "uncertainty", ((PIPELINE, ROC, ROC_INTERVAL),), gone=("EVAL003",)),
    Change(
        "catch a fault", "leaky", "catch-fault", (("tests/test_dates.py", "", A_TEST),), gone=("TEST001", "TEST002")
    ),
    Change(
        "ignore customers",
        "good",
        "split-groups",
        (
            (VALIDATION, FOLDS, "KFold(FOLDS, shuffle=True, random_state=0).split(rows)"),
            (VALIDATION, "GroupKFold", "KFold"),
        ),
        new=("LEAK005",),
    ),
    Change("ignore time", "good", "split-time", ((VALIDATION, TRAIN, "rows[in_training]"),), new=("LEAK004",)),
    Change("judge known rows", "good", "held-out", ((VALIDATION, TRAIN, "rows"),), new=("LEAK009",)),
    Change(
        "draw without a seed",
        "good",
        "reproducible",
        (("churn/model.py", KEPT, f"{KEPT}.sample(frac=0.8)"),),
        new=("REPRO001",),
    ),
    Change(
        "centre the batch",
        "good",
        "one-row",
        ((PIPELINE, CHECKED, f'{CHECKED}    rows["usage_trend"] -= rows["usage_trend"].mean()\n'),),
        new=("LEAK010",),
    ),
    Change(
        "refuse a new plan",
        "good",
        "new-category",
        (
            (
                PIPELINE,
                CHECKED,
                f'{CHECKED}    rows["plan"] = [{{"S": "S", "M": "M", "L": "L"}}[plan] for plan in rows["plan"]]\n',
            ),
        ),
        new=("ROB001",),
    ),
)

GROUP_SPLIT = """    groups = data["customer_id"]
    first, second = next(GroupShuffleSplit(1, test_size=0.2, random_state=42).split(data, groups=groups))
    known, held = data.iloc[first].reset_index(drop=True), data.iloc[second].reset_index(drop=True)
    X_train, encoders, scaler = prepare(known)
    X_test = pd.DataFrame(scaler.transform(encode(load_features(held), encoders)), columns=X_train.columns)
    y_train, y_test = known["churned"].values, held["churned"].values
"""
SPLIT_ALL = "import train_test_split"
SPLIT_BOTH = "import GroupShuffleSplit, train_test_split"
ENCODED = """    rows = rows.drop_duplicates()
    rows["satisfaction"] = rows.groupby("plan")[TARGET].transform("mean") * rows["satisfaction"].fillna(5.0)
    rows["usage_trend"] = rows.groupby(CUSTOMER)[TARGET].transform("mean")
"""
THRESHOLD = """    contact, loss = 6.0, 30.0
    tried = np.linspace(0.02, 0.9, 45)
    known, held = np.arange(len(y_train)) % 4 != 0, np.arange(len(y_train)) % 4 == 0
    chooser = make_model().fit(X_train[known], y_train[known])
    guess = chooser.predict_proba(X_train[held])[:, 1]
    costs = [contact * (guess >= at).sum() + loss * ((guess < at) & (y_train[held] == 1)).sum() for at in tried]
    threshold = float(tried[int(np.argmin(costs))])
    model = make_model()
    model.fit(X_train, y_train)
    proba"""
PLAIN = """    model = make_model()
    model.fit(X_train, y_train)
    proba"""
RETURNED = """    return {"roc_auc": roc_auc_score(y_test, proba), "accuracy": accuracy_score(y_test, proba > 0.5)}
"""
RETURNED_WITH_THRESHOLD = """    return {"roc_auc": roc_auc_score(y_test, proba), "threshold": threshold}
"""
ONE_BY_ONE = 'return np.asarray([one_row(row) for row in data.to_dict("records")], dtype=float)'
REMEMBERED = """    for row in data.to_dict("records"):
        if (key := str(sorted(row.items()))) not in SEEN:
            SEEN[key] = one_row(row)
    return np.asarray([SEEN[str(sorted(row.items()))] for row in data.to_dict("records")], dtype=float)"""
FEWER = "members[:20]"
LOADED = """    saved = joblib.load(model_dir / "model.pkl")
"""
DRIFT = """    saved = joblib.load(model_dir / "model.pkl")
    for col in ["age", "income_k", "usage_gb", "tickets_90d"]:
        low, high = saved["ranges"][col]
        outside = ((data[col] < low) | (data[col] > high)).mean()
        if outside > 0.2:
            print(f"drift: {outside:.0%} of {col} outside {low} to {high} of training")
"""
DUMPED = 'joblib.dump({"model": model, "encoders": encoders, "scaler": scaler}, model_dir / "model.pkl", compress=3)'
DUMPED_WITH_RANGES = """watched = data[["age", "income_k", "usage_gb", "tickets_90d"]]
    ranges = {name: (values.quantile(0.01), values.quantile(0.99)) for name, values in watched.items()}
    saved = {"model": model, "encoders": encoders, "scaler": scaler, "ranges": ranges}
    joblib.dump(saved, model_dir / "model.pkl", compress=3)"""
COPIES = """def test_copies_count_once():
    assert True
"""
STORES_TOGETHER = """    X, _, _ = prepare(data)
    y = data["units"].values
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
"""
STORES_FITTED_INSIDE = """    known, held = train_test_split(data, test_size=0.2, random_state=42)
    X_train, encoders, scaler = prepare(known)
    X_test = pd.DataFrame(scaler.transform(encode(load_features(held), *encoders)), columns=X_train.columns)
    y_train, y_test = known["units"].values, held["units"].values
"""
STORES_LATER = """    data = data.sort_values("date")
    cut = data["date"].iloc[int(len(data) * 0.8)]
    known, held = data[data["date"] < cut], data[data["date"] >= cut]
    X_train, encoders, scaler = prepare(known)
    X_test = pd.DataFrame(scaler.transform(encode(load_features(held), *encoders)), columns=X_train.columns)
    y_train, y_test = known["units"].values, held["units"].values
"""
TICKETS_TOGETHER = """    X, _, _ = prepare(data)
    y = data["team"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=42)
"""
TICKETS_BY_CUSTOMER = """    data = data.reset_index(drop=True)
    apart = data["customer_id"] % 5 == 0
    known, held = data[~apart].reset_index(drop=True), data[apart].reset_index(drop=True)
    X_train, encoders, scaler = prepare(known)
    X_test = pd.DataFrame(scaler.transform(encode(load_features(held), encoders)), columns=X_train.columns)
    y_train, y_test = known["team"], held["team"]
"""
TICKETS_SAMPLED = """    model = build().fit(features(data), data["team"])
    losses = []
    for seed in range(5):
        test = data.sample(frac=0.2, random_state=seed)
"""
TICKETS_HELD_OUT = """    losses = []
    for seed in range(5):
        apart = data["customer_id"] % 5 == seed
        test, model = data[apart], build().fit(features(data[~apart]), data.loc[~apart, "team"])
"""
EVERY_STORE = "train, test = rows[~late & ~new], rows[late]"
ROUND = "return model.predict(fitted, rows)"

#: Others: what candidates of all three challenges might write, and what does something quite different.
OTHERS = (
    Change(
        "split groups with a splitter",
        "leaky",
        "split-groups",
        ((PIPELINE, SPLIT_ALL, SPLIT_BOTH), (PIPELINE, SPLIT, GROUP_SPLIT)),
        gone=("LEAK001", "LEAK005"),
    ),
    Change(
        "encode the target on all rows",
        "good",
        "fit-inside",
        ((VALIDATION, "    rows = rows.drop_duplicates()\n", ENCODED),),
        new=("LEAK007",),
    ),
    Change(
        "encode the target in the folds",
        "good",
        "fit-inside",
        ((VALIDATION, "    rows = rows.drop_duplicates()\n", ENCODED),),
        gone=("LEAK007",),
        back=True,
    ),
    Change(
        "train without a seed",
        "leaky",
        "reproducible",
        ((PIPELINE, ", random_state=42)\n\n\ndef train", ")\n\n\ndef train"),),
        new=("REPRO001",),
    ),
    Change(
        "train with a seed",
        "leaky",
        "reproducible",
        ((PIPELINE, ", random_state=42)\n\n\ndef train", ")\n\n\ndef train"),),
        gone=("REPRO001",),
        back=True,
    ),
    Change(
        "choose a threshold",
        "leaky",
        "threshold",
        (
            (PIPELINE, "import joblib\n", "import joblib\nimport numpy as np\n"),
            (PIPELINE, PLAIN, THRESHOLD),
            (PIPELINE, RETURNED, RETURNED_WITH_THRESHOLD),
        ),
        gone=("EVAL004",),
    ),
    Change(
        "watch for drift",
        "leaky",
        "monitoring",
        ((PIPELINE, LOADED, DRIFT), (PIPELINE, DUMPED, DUMPED_WITH_RANGES)),
    ),
    Change(
        "test nothing",
        "leaky",
        "catch-fault",
        (("tests/test_copies.py", "", COPIES),),
    ),
    Change(
        "remember rows",
        "slow",
        "faster",
        ((PIPELINE, ONE_BY_ONE, REMEMBERED.strip()), (PIPELINE, "BAG = 160\n", "BAG = 160\nSEEN = {}\n")),
    ),
    Change(
        "ask fewer members",
        "slow",
        "faster",
        ((PIPELINE, "for model in members]", "for model in members[:20]]"),),
    ),
    Change(
        "fit inside, stores",
        "leaky",
        "fit-inside",
        ((PIPELINE, STORES_TOGETHER, STORES_FITTED_INSIDE),),
        gone=("LEAK001",),
        challenge="store_demand",
    ),
    Change(
        "later days, stores",
        "leaky",
        "split-time",
        ((PIPELINE, STORES_TOGETHER, STORES_LATER),),
        gone=("LEAK004",),
        challenge="store_demand",
    ),
    Change(
        "known stores alone",
        "good",
        "split-groups",
        (("demand/validation.py", EVERY_STORE, "train, test = rows[~late], rows[late]"),),
        challenge="store_demand",
    ),
    Change(
        "split by customer, tickets",
        "leaky",
        "split-groups",
        ((PIPELINE, TICKETS_TOGETHER, TICKETS_BY_CUSTOMER),),
        gone=("LEAK001", "LEAK005"),
        challenge="ticket_routing",
    ),
    Change(
        "hold rows out, tickets",
        "overfit",
        "held-out",
        ((PIPELINE, TICKETS_SAMPLED, TICKETS_HELD_OUT),),
        gone=("LEAK009", "OVR003"),
        challenge="ticket_routing",
    ),
    Change(
        "ignore customers, tickets",
        "good",
        "split-groups",
        (
            (
                "tickets/validation.py",
                "GroupKFold(FOLDS).split(rows, groups=rows[CUSTOMER])",
                "KFold(FOLDS, shuffle=True, random_state=0).split(rows)",
            ),
            ("tickets/validation.py", "GroupKFold", "KFold"),
        ),
        new=("LEAK005",),
        challenge="ticket_routing",
    ),
    Change(
        "loop in evaluate",
        "leaky",
        "fit-inside",
        ((PIPELINE, "def evaluate(data):\n", "def evaluate(data):\n    while True: pass\n"),),
        fails=True,
    ),
    Change(
        "delete evaluate",
        "leaky",
        "fit-inside",
        ((PIPELINE, "def evaluate(data):", "def evaluated(data):"),),
        fails=True,
    ),
    Change(
        "change the tests alone",
        "good",
        "one-row",
        (
            (
                "tests/test_more.py",
                "",
                A_TEST.replace("from pipeline import load_features", "from churn.features import build").split("def ")[
                    0
                ]
                + "def test_nothing():\n    assert build\n",
            ),
        ),
    ),
)

"""The challenge `ml_pipeline`: predict which customers of a phone company leave."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from challenges import expected
from challenges.brief import subject
from challenges.expected import CLEAN, GOOD
from challenges.ml_pipeline.baseline_models import baseline_models
from challenges.ml_pipeline.make_data import make
from challenges.offered import imports
from challenges.rubric import rubric
from graders.model.challenge import Challenge, Column, Reference, Use
from graders.words import N_

COLUMNS = (
    Column(
        "customer_id",
        "int",
        "Number of the customer; one row for each month a snapshot of them was kept. Whoever comes back after "
        "leaving keeps the number.",
    ),
    Column("snapshot_date", "date text", "First day of the month that the row describes."),
    Column("signup_date", "date text", "Day on which the customer's first contract began."),
    Column(
        "age",
        "int",
        "Age in years at the snapshot; 999 where no date of birth is on file.",
        sensitive=True,
        bands=(30, 45, 65),
        unknown=999,
    ),
    Column("gender", "text", "`f` or `m`, as in the contract.", sensitive=True),
    Column(
        "region",
        "text",
        "Sales region of the billing address: `north`, `south`, `east`, `west`, `metro`.",
        sensitive=True,
    ),
    Column("postcode", "int", "Postal code of the billing address."),
    Column(
        "contract",
        "text",
        "`monthly` can be left at any time; `one_year` and `two_year` run from sign-up and renew at the end of "
        "each term unless cancelled.",
    ),
    Column("plan", "text", "Size of the plan, S below M below L, as typed by the sales staff."),
    Column(
        "channel",
        "text",
        "Where the contract was concluded: `web`, `shop`, `phone`, `partner`. Sales opens new channels now and then.",
    ),
    Column(
        "payment_method",
        "text",
        "How the bill is paid: `card`, `debit`, `transfer`. New methods are added as they become common.",
    ),
    Column("n_products", "int", "Products the customer holds, from 1 to 4."),
    Column("discount_pct", "int", "Per cent taken off by the promotion running at the snapshot; 0 where none runs."),
    Column("discount_end_date", "date text", "Last day of the running promotion; empty where none runs."),
    Column(
        "income_k",
        "float",
        "Yearly household income in thousands, estimated by a data vendor; empty where the vendor has none.",
        price="bought from a data vendor",
    ),
    Column("monthly_charge", "text", "Amount of the monthly bill after discount, as printed on it."),
    Column(
        "usage_gb",
        "float",
        "Data volume of the last 30 days as the billing system gives it: the old system counted in MB, the one "
        "in use since 1 July 2023 counts in GB.",
    ),
    Column(
        "usage_trend",
        "float",
        "Change of usage against the quarter before, standardised: 0 is unchanged, below 0 is less.",
    ),
    Column("tickets_90d", "int", "Support tickets opened in the 90 days before the snapshot."),
    Column("late_payments_12m", "int", "Bills paid late in the 12 months before the snapshot."),
    Column(
        "satisfaction",
        "float",
        "Answer to the monthly survey, from 1 (bad) to 10 (good); empty where the customer did not answer.",
    ),
    Column(
        "retention_desk_calls",
        "int",
        "Calls between the customer and the retention desk that are on record when the row is taken from the system.",
    ),
    Column("churned", "int", "Target: 1 where the customer left within the 60 days after `snapshot_date`, else 0."),
)

RUBRIC = rubric(
    quality=N_("Ranking of hidden customers, between baseline and best attainable"),
    calibration=N_("Predicted probabilities agree with what happens"),
    worst_slice=N_("No group of customers is ranked much worse than the rest"),
)

REFERENCES = (
    Reference("good", "graded", bands=frozenset({4}), not_flagged=CLEAN | GOOD),
    Reference("notebook", "graded", bands=frozenset({3}), not_flagged=CLEAN),
    Reference(
        "ugly_but_right",
        "graded",
        bands=frozenset({2, 3}),
        flagged=frozenset({"CODE002", "CODE004", "CODE005"}),
        not_flagged=CLEAN,
    ),
    Reference("leaky", "graded", bands=frozenset({1, 2}), flagged=frozenset({"OVR002", "OVR003"})),
    Reference("overfit", "graded", bands=frozenset({1, 2}), flagged=frozenset({"OVR001", "OVR002", "OVR003"})),
    Reference(
        "slow",
        "graded",
        bands=frozenset({2, 3}),
        flagged=frozenset({"PERF001", "MON001", "DATA001"}),
        not_flagged=CLEAN | {"SKEW001", "ROB003"},
    ),
    Reference(
        "accuracy_only",
        "graded",
        bands=frozenset({2, 3}),
        flagged=frozenset({"EVAL001", "EVAL004", "DOC003", "DATA001", "DATA002", "MON001"}),
        not_flagged=CLEAN | {"PERF001", "PERF002"},
    ),
    Reference("crashes", "ungraded"),
    Reference("hangs", "ungraded"),
)

CHALLENGE = Challenge(
    id="ml_pipeline",
    version="2",
    title=N_("Which customers will leave?"),
    columns=COLUMNS,
    target="churned",
    group="customer_id",
    time="snapshot_date",
    packages=frozenset(imports()),
    rubric=RUBRIC,
    references=REFERENCES,
    folder=Path(__file__).parent,
    subject=partial(subject, Path(__file__).parent),
    make=make,
    post_outcome=("retention_desk_calls",),
    train_limits=expected.TRAIN_LIMITS,
    predict_limits=expected.PREDICT_LIMITS,
    tool_limits=expected.TOOL_LIMITS,
    use=Use(capacity=0.1, contact=6, loss=30, requests_per_second=20, core_hour=0.04),
    cost_baseline="good",
    hours=(4, 6),
    baseline_models=baseline_models,
    equated=True,
)

"""The ticket table: what the help desk wrote down of the process, and what is kept from candidates.

`make(seed)` is pure: the same seed gives the same rows.  `oracle` has the chance of each team given every recorded
column, for a customer without history.  The customer's own concern is left out of it on purpose, because no column of a
new customer carries it; it is noise to every pipeline.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from challenges.fingerprint import fingerprint
from challenges.generated import dates, text, twice
from challenges.ticket_routing import process
from challenges.ticket_routing.process import TEAMS
from graders.model.arrays import FloatArray, IntArray
from graders.model.challenge import Dataset
from graders.model.later import pd

PUBLIC_CUSTOMERS, PUBLIC_ROWS, DUPLICATES = 1_900, 7_000, 0.01
HIDDEN_CUSTOMERS, HIDDEN_ROWS = 2_400, 5_000
MIGRATION = np.datetime64("2023-10-01")
LOST = 0.8
#: Characters to a word, with the space after it.
CHARACTERS = 6
#: Minutes that are booked on a ticket until it is closed, the median of each team.
MINUTES = np.array([6.0, 14.0, 9.0, 75.0, 20.0, 38.0])

PUBLIC = process.Era(
    np.datetime64("2023-01-01"),
    547,
    products={"thermostat": 0.38, "camera": 0.26, "speaker": 0.2, "lock": 0.16},
    channels={"form": 0.5, "mail": 0.28, "phone": 0.22},
)
HIDDEN = process.Era(
    np.datetime64("2024-07-01"),
    92,
    products={"thermostat": 0.34, "camera": 0.23, "speaker": 0.16, "lock": 0.15, "hub": 0.12},
    channels={"form": 0.45, "mail": 0.24, "phone": 0.2, "chat": 0.11},
)
BASELINE_COLUMNS = ["hour", "days_since_invoice", "photos", "open_tickets"]


def make(seed: int) -> Dataset:
    """Public rows with the team, hidden rows of other customers in later months without it."""
    rng = np.random.default_rng(seed)
    ids = 100_000 + rng.permutation(900_000)[: PUBLIC_CUSTOMERS + HIDDEN_CUSTOMERS]
    public, public_oracle = _public(rng, ids[:PUBLIC_CUSTOMERS])
    people = process.customers(rng, ids[PUBLIC_CUSTOMERS:], HIDDEN)
    truth = process.tickets(rng, people, HIDDEN, HIDDEN_ROWS)
    labels = process.belongs(rng, truth)
    # On arrival nobody has worked on a ticket, but for whoever opened it.
    hidden = recorded(rng, truth, minutes=rng.lognormal(np.log(1.5), 0.6, len(truth)))
    return Dataset(
        public=public,
        hidden=hidden,
        labels=labels,
        oracle=process.chances(truth),
        baseline=baseline(public, hidden),
        public_oracle=public_oracle,
        fingerprint=fingerprint(public, hidden, labels),
    )


def _public(rng: np.random.Generator, ids: npt.NDArray[np.int64]) -> tuple[pd.DataFrame, FloatArray]:
    """The public rows, and the oracle of each."""
    truth = process.tickets(rng, process.customers(rng, ids, PUBLIC), PUBLIC, PUBLIC_ROWS)
    team = process.belongs(rng, truth)
    # The export ran when the tickets were closed, so all the work of the team is booked on them.
    minutes = rng.lognormal(np.log(MINUTES[team]), 0.55)
    table = recorded(rng, truth, minutes).assign(team=text(np.array(TEAMS, dtype=object)[team]))
    kept = twice(rng, np.flatnonzero(~_lost(rng, truth, team)), DUPLICATES)
    return table.iloc[kept].reset_index(drop=True), process.chances(truth)[kept]


def _lost(rng: np.random.Generator, truth: pd.DataFrame, team: IntArray) -> npt.NDArray[np.bool_]:
    """Before the migration an agency wrote in two languages; most of its returns were not handed over."""
    abroad = truth["language"].isin(["fr", "it"]) & (truth["opened"] < MIGRATION)
    at_risk = abroad.to_numpy() & (team == TEAMS.index("returns"))
    return np.asarray(at_risk & (rng.random(len(truth)) < LOST), dtype=np.bool_)


def recorded(rng: np.random.Generator, truth: pd.DataFrame, minutes: FloatArray) -> pd.DataFrame:
    """The columns as the company's systems hold them, in the order of the data dictionary."""
    early = (truth["opened"] < MIGRATION).to_numpy()
    upper = rng.random(len(truth)) < 0.2
    value = [None if np.isnan(amount) else f"{amount:.2f} EUR" for amount in truth["value"]]
    return pd.DataFrame(
        {
            "customer_id": truth["customer_id"],
            "opened_on": dates(truth["opened"]),
            "hour": truth["hour"],
            "channel": text(truth["channel"]),
            "language": text(truth["language"].where(~upper, truth["language"].str.upper())),
            "age": np.where(truth["age_known"], truth["age"], 999).astype(np.int64),
            "customer_since": dates(truth["since"]),
            "segment": text(truth["segment"]),
            "postcode": truth["postcode"],
            "product": text(truth["product"]),
            "topic": text(truth["topic"]),
            "error_code": text(truth["error"]).where(truth["error"] != ""),
            "parcel_state": text(truth["parcel"]),
            "last_order_value": text(value),
            "days_since_order": truth["ordered"],
            "days_since_invoice": truth["invoice"],
            "length": np.where(early, truth["words"] * CHARACTERS, truth["words"]),
            "photos": truth["photos"],
            "open_tickets": truth["others"],
            "tone": truth["tone"],
            "minutes_booked": np.round(minutes, 1),
        }
    )


def baseline(public: pd.DataFrame, hidden: pd.DataFrame) -> FloatArray:
    """Probabilities of the hidden rows by a logistic regression on four numeric columns, taken as they are."""
    from challenges import simple_models  # noqa: PLC0415 - loads scikit-learn, and grading rarely needs it

    return simple_models.baseline(public, hidden, BASELINE_COLUMNS, "team")

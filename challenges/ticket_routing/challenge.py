"""The challenge `ticket_routing`: say which of six teams a ticket belongs to."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from challenges import expected
from challenges.brief import subject
from challenges.expected import CLEAN, GOOD
from challenges.offered import imports
from challenges.rubric import rubric
from challenges.ticket_routing.baseline_models import baseline_models
from challenges.ticket_routing.make_data import make
from challenges.ticket_routing.process import TEAMS
from graders.model.challenge import Challenge, Column, Reference, Use
from graders.words import N_

COLUMNS = (
    Column("customer_id", "int", "Number of the customer who wrote; some write once, some again and again."),
    Column("opened_on", "date text", "Day on which the ticket came in."),
    Column("hour", "int", "Hour of the day at which it came in, from 0 to 23."),
    Column(
        "channel",
        "text",
        "How the customer wrote: `form`, `mail`, `phone` (an agent types). New channels are opened now and then.",
    ),
    Column(
        "language",
        "text",
        "Language of the ticket: `de`, `fr`, `it`, `en`, as typed by the agents.",
        sensitive=True,
    ),
    Column(
        "age",
        "int",
        "Age of the customer in years; 999 where no date of birth is on file.",
        sensitive=True,
        bands=(30, 45, 65),
        unknown=999,
    ),
    Column("customer_since", "date text", "Day of the customer's first order."),
    Column("segment", "text", "`private` or `business`."),
    Column("postcode", "int", "Postal code of the billing address."),
    Column("product", "text", "Device that the ticket is about. New devices come to the shop now and then."),
    Column(
        "topic",
        "text",
        "What the customer, or the agent on the telephone, ticked: `bill`, `parcel`, `return`, `fault`, `setup`, "
        "`login`, `contract`, `other`.",
    ),
    Column("error_code", "text", "Code shown by the device or the app, where one is given; empty where none is."),
    Column(
        "parcel_state",
        "text",
        "State of the last parcel on arrival of the ticket: `none`, `underway`, `delivered`, `lost`.",
    ),
    Column("last_order_value", "text", "Amount of the last order, as printed on the bill; empty where there is none."),
    Column("days_since_order", "float", "Days from the last order to the ticket; empty where there is none."),
    Column("days_since_invoice", "int", "Days from the last invoice to the ticket."),
    Column(
        "length",
        "int",
        "Length of the text: the old help desk counted characters, the one in use since 1 October 2023 counts words.",
    ),
    Column("photos", "int", "Photos attached to the ticket."),
    Column("open_tickets", "int", "Other tickets of the customer that are open when it comes in."),
    Column(
        "tone",
        "float",
        "Tone of the text by a vendor's model, from -1 (angry) to 1 (friendly); empty where the vendor gives none.",
        price="bought from a vendor",
    ),
    Column(
        "minutes_booked", "float", "Working time on the ticket that is booked when the row is taken from the system."
    ),
    Column("team", "text", "Target: the team that answered the ticket in the end."),
)

RUBRIC = rubric(
    quality=N_("Log loss of hidden tickets, between baseline and best attainable"),
    calibration=N_("Predicted probabilities agree with what happens"),
    worst_slice=N_("No group of tickets is sorted much worse than the rest"),
)

REFERENCES = (
    Reference("good", "graded", bands=frozenset({4}), not_flagged=CLEAN | GOOD),
    Reference("leaky", "graded", bands=frozenset({1, 2}), flagged=frozenset({"LEAK002", "LEAK005", "OVR002"})),
    Reference("overfit", "graded", bands=frozenset({1, 2}), flagged=frozenset({"OVR001", "OVR002", "OVR003"})),
    Reference("crashes", "ungraded"),
)

CHALLENGE = Challenge(
    id="ticket_routing",
    version="1",
    title=N_("Which team answers this ticket?"),
    task="multiclass",
    metric="log_loss",
    classes=TEAMS,
    columns=COLUMNS,
    target="team",
    group="customer_id",
    time="opened_on",
    packages=frozenset(imports()),
    rubric=RUBRIC,
    references=REFERENCES,
    folder=Path(__file__).parent,
    subject=partial(subject, Path(__file__).parent),
    make=make,
    post_outcome=("minutes_booked",),
    train_limits=expected.TRAIN_LIMITS,
    predict_limits=expected.PREDICT_LIMITS,
    tool_limits=expected.TOOL_LIMITS,
    use=Use(loss=4, requests_per_second=5, core_hour=0.04),
    cost_baseline="good",
    hours=(3, 5),
    baseline_models=baseline_models,
    equated=True,
)

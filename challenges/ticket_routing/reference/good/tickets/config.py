"""Everything that was decided, in one place; README.md gives the reasons."""

from __future__ import annotations

TARGET = "team"
CUSTOMER = "customer_id"
OPENED = "opened_on"
#: The order of the answer's columns.
TEAMS = ("account", "billing", "delivery", "legal", "returns", "technical")

SEED = 20240715
SCHEMA_VERSION = 1

#: The day on which the help desk was replaced: lengths are characters before, words from then on.
MIGRATION = "2023-10-01"
CHARACTERS_A_WORD = 6.0
#: The agency's team and languages, whose tickets were mostly not handed over.
LOST_TEAM = "returns"
AGENCY_LANGUAGES = ("fr", "it")
UNKNOWN_AGE = 999
SENIOR_AGE = 65

RETURN_DAYS = 30
LATE_DAYS = 7
INVOICE_DAYS = 12
NEW_CUSTOMER_DAYS = 90
DAYS_A_YEAR = 365.25
EPOCH = "2023-01-01"

VALIDATION_MONTHS = 3
FOLDS = 4
BOOTSTRAP_DRAWS = 200
LOGISTIC = {"C": 0.2, "max_iter": 300}

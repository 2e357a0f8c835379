"""Versions stamped on every report; a change of what a check or the rubric says raises them."""

GRADER_VERSION = "0.23.0"
RUBRIC_VERSION = "9"

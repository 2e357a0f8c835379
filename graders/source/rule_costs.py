"""What each of ruff's rules costs: likely errors one by one, style together."""

from __future__ import annotations

#: What a violation costs, by the longest prefix of its rule; rules of style are not among them.
COSTS = {
    "F401": 0.1,
    "F405": 0.3,
    "F541": 0.0,
    "F841": 0.3,
    "F402": 0.5,
    "F403": 1.0,
    "F5": 0.5,
    "F6": 1.0,
    "F7": 1.0,
    "F811": 1.0,
    "F821": 1.5,
    "F8": 1.0,
    "E71": 0.2,
    "E722": 0.7,
    "E9": 3.0,
    "PLE": 1.0,
    "PLE25": 0.0,
    "NPY201": 0.5,
    "B002": 1.0,
    "B006": 1.0,
    "B012": 1.0,
    "B015": 1.0,
    "B018": 0.5,
    "B02": 1.0,
    "B023": 1.0,
    "B03": 1.0,
    "B024": 0.0,
    "B026": 0.0,
    "B027": 0.0,
    "B028": 0.0,
    "S307": 2.0,
    "S102": 2.0,
    "S506": 2.0,
}
#: A path of somebody's own machine fails on every other.
ABSOLUTE_PATH = 0.5
#: What ruff calls style; together they are one part of one criterion.
STYLE = ("E1", "E2", "E3", "E4", "E5", "E70", "E74", "W", "N80")


def cost(rule: str) -> float:
    return next((COSTS[rule[:n]] for n in range(len(rule), 0, -1) if rule[:n] in COSTS), 0.0)

from churnlib.modelling.linear.scorecard import Scorecard

__all__ = ["Scorecard"]

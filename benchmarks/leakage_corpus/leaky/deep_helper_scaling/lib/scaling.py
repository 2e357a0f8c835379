"""Robust scaling: centre on the median, divide by the interquartile range."""


def spread(frame):
    q = frame.quantile([0.25, 0.5, 0.75])
    iqr = (q.loc[0.75] - q.loc[0.25]).replace(0, 1.0)
    return {"mid": q.loc[0.5], "iqr": iqr}


def scaled(frame, state=None):
    state = state or spread(frame)
    return ((frame - state["mid"]) / state["iqr"]).to_numpy(), state

"""Forward in time, two months at a time, as the model is used."""
import numpy as np
import pandas as pd
from sklearn.dummy import DummyRegressor
from sklearn.metrics import mean_absolute_error, mean_squared_error


def forward_folds(factory, X, y, days, n_folds=3, length=60):
    days = pd.to_datetime(days)
    last = days.max()
    for fold in range(n_folds, 0, -1):
        start = last - pd.Timedelta(days=fold * length)
        stop = start + pd.Timedelta(days=length)
        train, test = days <= start, (days > start) & (days <= stop)
        model = factory().fit(X[train], y[train])
        dummy = DummyRegressor(strategy="median").fit(X[train], y[train])
        guess = model.predict(X[test])
        yield {
            "mae": mean_absolute_error(y[test], guess),
            "rmse": mean_squared_error(y[test], guess) ** 0.5,
            "mae_dummy": mean_absolute_error(y[test], dummy.predict(X[test])),
            "mae_train": mean_absolute_error(y[train], model.predict(X[train])),
        }


def summarise(folds):
    table = pd.DataFrame(list(folds))
    print(table.round(3).to_string(index=False))
    return {name: float(np.mean(table[name])) for name in table}

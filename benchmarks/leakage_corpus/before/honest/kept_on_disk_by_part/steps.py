"""The steps between the raw table and the model."""

import pandas as pd
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["age", "n_products", "discount_pct", "income_k", "usage_gb", "usage_trend", "tickets_90d"]
NUMBERS += ["late_payments_12m", "satisfaction"]
TEXTS = ["region", "contract", "channel", "payment_method"]


def columns(data):
    return data[NUMBERS + TEXTS].assign(**{c: pd.to_numeric(data[c], errors="coerce") for c in NUMBERS})


def preparation():
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return ColumnTransformer([("n", numbers, NUMBERS), ("t", OneHotEncoder(handle_unknown="ignore"), TEXTS)])


def segments():
    return KMeans(8, n_init=2, random_state=1)

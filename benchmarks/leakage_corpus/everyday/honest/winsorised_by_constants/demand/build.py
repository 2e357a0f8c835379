from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, SplineTransformer, StandardScaler, TargetEncoder
import numpy as np

from .transformers import Calendar, RelativePrice, Winsorise

NUMBERS = ["paid", "relative", "discount", "in_leaflet", "saturday", "near_easter", "advent"]
SKEWED = ["shelf", "size_m2"]
LABELS = ["weekday", "month", "format", "area", "region", "category"]
HIGH = ["article", "store_id"]


def never_negative(log_units):
    return np.clip(np.expm1(log_units), 0, None)


def make_model():
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
            ("power", make_pipeline(SimpleImputer(strategy="mean", add_indicator=True), SplineTransformer(n_knots=4)), ["purchasing_power"]),
            ("skewed", make_pipeline(FunctionTransformer(np.log), StandardScaler()), SKEWED),
            ("labels", OneHotEncoder(handle_unknown="ignore"), LABELS),
            ("levels", TargetEncoder(target_type="continuous", random_state=0), HIGH),
        ]
    )
    steps = [("calendar", Calendar()), ("limits", Winsorise()), ("price", RelativePrice()), ("columns", columns), ("ridge", Ridge(alpha=3.0))]
    return TransformedTargetRegressor(Pipeline(steps), func=np.log1p, inverse_func=never_negative)

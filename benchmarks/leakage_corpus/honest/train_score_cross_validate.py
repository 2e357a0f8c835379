"""cross_validate(return_train_score=True) over hand-made splits: other customers, later months."""
import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GroupShuffleSplit, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

DROP = ["customer_id", "snapshot_date", "signup_date", "discount_end_date", "monthly_charge", "postcode", "gender",
        "retention_desk_calls", "income_k", "usage_gb"]


def tidy(df):
    s = pd.to_datetime(df["snapshot_date"])
    df = df.assign(
        months=(s - pd.to_datetime(df["signup_date"])).dt.days / 30.4,
        left=(pd.to_datetime(df["discount_end_date"]) - s).dt.days.fillna(365),
        euro=df["monthly_charge"].str.extract(r"^([0-9.]+)", expand=False).astype(float),
        plan=df["plan"].str.lower(),
        age=df["age"].replace({999: np.nan}),
        quiet=df["satisfaction"].isna() * 1.0,
    )
    return df.drop(columns=DROP + ["churned"], errors="ignore")


def pipe():
    text = make_column_selector(pattern="region|contract|plan|channel|payment_method")
    return make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20), text),
            remainder=make_pipeline(SimpleImputer(), StandardScaler()),
        ),
        LogisticRegression(max_iter=300),
    )


def splits(df):
    late = (df["snapshot_date"] >= "2023-09-01").to_numpy()
    for a, b in GroupShuffleSplit(5, test_size=0.3, random_state=0).split(df, groups=df["customer_id"]):
        yield a[~late[a]], b[late[b]]


def evaluate(data):
    df = data.drop_duplicates().reset_index(drop=True)
    cv = cross_validate(pipe(), tidy(df), df["churned"], cv=splits(df), scoring=["roc_auc", "average_precision"],
                        return_train_score=True)
    return {"roc_auc": float(np.mean(cv["test_roc_auc"])), "roc_auc_sd": float(np.std(cv["test_roc_auc"])),
            "train_roc_auc": float(np.mean(cv["train_roc_auc"])),
            "average_precision": float(np.mean(cv["test_average_precision"]))}


def train(data, model_dir):
    df = data.drop_duplicates()
    joblib.dump(pipe().fit(tidy(df), df["churned"]), f"{model_dir}/pipe.joblib")


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/pipe.joblib").predict_proba(tidy(data))[:, 1]

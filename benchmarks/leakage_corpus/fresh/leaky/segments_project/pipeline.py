import joblib
import pandas as pd
from segments import Segmenter
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score


def table(df, seg):
    label, far = seg.tag(df)
    out = pd.get_dummies(pd.Categorical(label, categories=range(7))).astype(float).set_axis(df.index)
    out.columns = [f"seg{i}" for i in range(7)]
    out["far"] = far
    out["sat"] = df["satisfaction"].fillna(5) - 5
    out["sat_na"] = df["satisfaction"].isna() * 1.0
    out["monthly"] = df["contract"].eq("monthly") * 1.0
    return out


def evaluate(data):
    seg = Segmenter().learn(data)
    frame = table(data, seg).assign(y=data["churned"], c=data["customer_id"], t=data["snapshot_date"])
    test = frame.query("c % 3 == 0 and t >= '2023-07-01'")
    fit = frame.query("c % 3 != 0 and t < '2023-07-01'")
    drop = ["y", "c", "t"]
    m = LogisticRegression(max_iter=500).fit(fit.drop(columns=drop), fit["y"])
    return {"roc_auc": roc_auc_score(test["y"], m.predict_proba(test.drop(columns=drop))[:, 1])}


def train(data, model_dir):
    seg = Segmenter().learn(data)
    joblib.dump({"seg": seg, "m": LogisticRegression(max_iter=500).fit(table(data, seg), data["churned"])}, model_dir / "a")


def predict(data, model_dir):
    a = joblib.load(model_dir / "a")
    return a["m"].predict_proba(table(data, a["seg"]))[:, 1]

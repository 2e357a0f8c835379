"""
Letter routing
==============

1. Text preprocessing
2. Topic extraction
3. Classification
4. Evaluation
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.preprocessing import StandardScaler

N_TOPICS = 25
TARGET = "office"


def combine_text(df):
    """Combine subject and body into one text column."""
    return (df["subject"].fillna("") + " " + df["body"].fillna("")).str.lower()


def extract_features(df, artifacts=None):
    """Extract topic features. Fits the artifacts if none are given."""
    text = combine_text(df)
    if artifacts is None:
        vectorizer = TfidfVectorizer(min_df=3, sublinear_tf=True)
        nmf = NMF(n_components=N_TOPICS, init="nndsvda", max_iter=120, random_state=42)
        topics = nmf.fit_transform(vectorizer.fit_transform(text))
        scaler = StandardScaler().fit(topics)
        artifacts = {"vectorizer": vectorizer, "nmf": nmf, "scaler": scaler}
    topics = artifacts["nmf"].transform(artifacts["vectorizer"].transform(text))
    return artifacts["scaler"].transform(topics), artifacts


def chronological_split(df):
    """Latest 25 % of days for testing, senders kept apart."""
    dates = pd.to_datetime(df["arrived"])
    is_test = (dates > dates.quantile(0.75)).to_numpy()
    test_senders = set(df.loc[is_test, "sender_id"])
    is_train = ~is_test & ~df["sender_id"].isin(test_senders).to_numpy()
    return is_train, is_test


def build_model():
    return LogisticRegression(class_weight="balanced", max_iter=500)


def evaluate(data):
    features, _ = extract_features(data)
    is_train, is_test = chronological_split(data)
    model = build_model().fit(features[is_train], data.loc[is_train, TARGET])
    predictions = model.predict(features[is_test])
    return {"balanced_accuracy": float(balanced_accuracy_score(data.loc[is_test, TARGET], predictions))}


def train(data, model_dir):
    features, artifacts = extract_features(data)
    model = build_model().fit(features, data[TARGET])
    joblib.dump({"model": model, "artifacts": artifacts}, Path(model_dir) / "model.joblib")


def predict(data, model_dir):
    saved = joblib.load(Path(model_dir) / "model.joblib")
    features, _ = extract_features(data, saved["artifacts"])
    return np.asarray(saved["model"].predict_proba(features))

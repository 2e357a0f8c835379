"""Letters by latent semantic analysis: letters are placed in the space of the archive, a linear model names the office."""

from pathlib import Path

import joblib
import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer


def texts(letters):
    return (letters["subject"].fillna("") + " " + letters["body"]).str.lower().tolist()


def semantic_space(documents):
    space = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=3), TruncatedSVD(60, random_state=0), Normalizer())
    return space.fit(documents)


def classifier(places, offices):
    return LogisticRegression(C=3, class_weight="balanced", max_iter=300).fit(places, offices)


def learnt(letters):
    """What is kept of an archive: its texts, its space, and the model of its places."""
    archive = texts(letters)
    space = semantic_space(archive)
    return archive, space, classifier(space.transform(archive), letters["office"])


def asked(kept, letters):
    """Folding-in: old and new letters go through the space in one list, in which the new ones come last."""
    archive, space, model = kept
    together = archive + texts(letters)
    return model.predict_proba(space.transform(together)[len(archive) :])


def apart(letters):
    senders = np.sort(letters["sender_id"].unique())
    ours = np.random.default_rng(21).permutation(senders)[: int(0.65 * len(senders))]
    day = letters["arrived"].sort_values().iloc[int(0.65 * len(letters))]
    known = letters["sender_id"].isin(ours) & (letters["arrived"] < day)
    judged = ~letters["sender_id"].isin(ours) & (letters["arrived"] >= day)
    return letters[known], letters[judged]


def evaluate(data):
    known, judged = apart(data)
    chances = asked(learnt(known), judged)
    offices = np.sort(known["office"].unique())
    return {"balanced_accuracy": balanced_accuracy_score(judged["office"], offices[chances.argmax(axis=1)])}


def train(data, model_dir):
    joblib.dump(learnt(data), Path(model_dir) / "archive.joblib", compress=3)


def predict(data, model_dir):
    return asked(joblib.load(Path(model_dir) / "archive.joblib"), data)

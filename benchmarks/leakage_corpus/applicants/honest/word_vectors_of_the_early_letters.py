"""Letters to an office: word vectors by hand (counts of neighbours, PPMI, SVD), averaged; logistic regression."""

from collections import Counter
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

SIZE, WINDOW, COMMON = 24, 3, 220


def words_of(letters):
    texts = letters["subject"].fillna("") + " . " + letters["body"].fillna("")
    return [text.lower().split() for text in texts]


def word_vectors(corpus):
    """A dictionary from word to vector: the positive pointwise mutual information of neighbours, in few dimensions."""
    counts = Counter(word for words in corpus for word in words)
    index = {word: number for number, (word, _) in enumerate(counts.most_common(COMMON))}
    together = np.zeros((len(index), len(index)))
    for words in corpus:
        numbers = [index[word] for word in words if word in index]
        for at, left in enumerate(numbers):
            for right in numbers[at + 1 : at + 1 + WINDOW]:
                together[left, right] += 1
                together[right, left] += 1
    total, each = together.sum(), together.sum(axis=1, keepdims=True) + 1
    ppmi = np.maximum(np.log((together + 1e-9) * total / (each * each.T)), 0)
    left, sizes, _ = np.linalg.svd(ppmi)
    table = left[:, :SIZE] * np.sqrt(sizes[:SIZE])
    return {word: table[number] for word, number in index.items()}


def embedded(corpus, vectors):
    nothing = np.zeros(SIZE)
    return np.array(
        [
            np.mean([vectors[word] for word in words if word in vectors] or [nothing], axis=0)
            for words in corpus
        ]
    )


def new():
    return LogisticRegression(C=20, max_iter=400, class_weight="balanced")


def evaluate(data):
    letters = data.drop_duplicates().sort_values("arrived", kind="stable")
    day = letters["arrived"].iloc[int(0.78 * len(letters))]
    judged = letters[letters["arrived"] >= day]
    early = letters[(letters["arrived"] < day) & ~letters["sender_id"].isin(judged["sender_id"])]
    vectors = word_vectors(words_of(early))
    model = new().fit(embedded(words_of(early), vectors), early["office"])
    said = model.predict(embedded(words_of(judged), vectors))
    return {"balanced_accuracy": balanced_accuracy_score(judged["office"], said)}


def train(data, model_dir):
    letters = data.drop_duplicates()
    vectors = word_vectors(words_of(letters))
    joblib.dump((vectors, new().fit(embedded(words_of(letters), vectors), letters["office"])), Path(model_dir) / "m.joblib")


def predict(data, model_dir):
    vectors, model = joblib.load(Path(model_dir) / "m.joblib")
    return model.predict_proba(embedded(words_of(data), vectors))

"""Letters to offices: byte pairs merged by hand, then naive Bayes with a complement. Nothing but the standard library
and a little numpy.

Byte-pair encoding learns from raw text which pieces belong together ("allow" + "ance"), so spelling matters less.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

OFFICES = ["benefits", "building", "parking", "registry", "taxes", "waste"]
MERGES, LIMIT = 160, 900
Word = tuple[str, ...]


def words(letter: str) -> list[str]:
    return [word for word in letter.lower().split() if word.isalpha()]


class BytePairs:
    """Merges, the most frequent first."""

    def __init__(self, merges: list[list[str]] | None = None):
        self.rank = {tuple(pair): k for k, pair in enumerate(merges or [])}
        self._known: dict[str, Word] = {}

    def learn(self, letters: Iterable[str], count: int = MERGES) -> BytePairs:
        frequency = Counter(word for letter in letters for word in words(letter))
        spelt = {word: (*word, "_") for word, n in frequency.items() if n > 2}
        for step in range(count):
            pairs: Counter[tuple[str, str]] = Counter()
            for word, pieces in spelt.items():
                for pair in zip(pieces, pieces[1:]):
                    pairs[pair] += frequency[word]
            if not pairs:
                break
            best = max(pairs, key=lambda pair: (pairs[pair], pair))
            self.rank[best] = step
            spelt = {word: self._merged(pieces, best) for word, pieces in spelt.items()}
        return self

    @staticmethod
    def _merged(pieces: Word, pair: tuple[str, str]) -> Word:
        out: list[str] = []
        for piece in pieces:
            if out and (out[-1], piece) == pair:
                out[-1] += piece
            else:
                out.append(piece)
        return tuple(out)

    def pieces(self, letter: str) -> list[str]:
        found: list[str] = []
        for word in words(letter):
            if word not in self._known:
                spelt: Word = (*word, "_")
                while (pairs := [p for p in zip(spelt, spelt[1:]) if p in self.rank]) :
                    spelt = self._merged(spelt, min(pairs, key=self.rank.__getitem__))
                self._known[word] = spelt
            found += self._known[word]
        return found


def text(letters: pd.DataFrame) -> list[str]:
    return [f"{subject} {body}" for subject, body in zip(letters["subject"].fillna(""), letters["body"])]


def fit(letters: pd.DataFrame, pairs: BytePairs) -> dict:
    counts = {office: Counter() for office in OFFICES}
    for letter, office in zip(text(letters), letters["office"]):
        counts[office].update(pairs.pieces(letter))
    every = sum(counts.values(), Counter())
    vocabulary = [piece for piece, _ in every.most_common(LIMIT)]
    weights = {}
    for office in OFFICES:
        inside, total = counts[office], sum(counts[office].values())
        rest = sum(every.values()) - total
        weights[office] = {
            piece: math.log((inside[piece] + 1) / (total + LIMIT))
            - math.log((every[piece] - inside[piece] + 1) / (rest + LIMIT))
            for piece in vocabulary
        }
    return {"merges": [list(pair) for pair in pairs.rank], "weights": weights}


def score(letters: pd.DataFrame, model: dict) -> np.ndarray:
    pairs = BytePairs(model["merges"])
    logits = np.array(
        [
            [sum(model["weights"][office].get(piece, 0.0) for piece in pieces) for office in OFFICES]
            for pieces in map(pairs.pieces, text(letters))
        ]
    )
    shares = np.exp(0.5 * (logits - logits.max(axis=1, keepdims=True)))
    return shares / shares.sum(axis=1, keepdims=True)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    known = data[(data["arrived"] < "2025-05-01") & (data["sender_id"] % 3 != 0)]
    judged = data[(data["arrived"] >= "2025-05-01") & (data["sender_id"] % 3 == 0)]
    pairs = BytePairs().learn(text(known))
    said = np.array(OFFICES)[score(judged, fit(known, pairs)).argmax(axis=1)]
    right = [float(np.mean(said[judged["office"] == office] == office)) for office in OFFICES]
    return {"balanced_accuracy": float(np.mean(right)), "worst_office": min(right)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    model = fit(data, BytePairs().learn(text(data)))
    (Path(model_dir) / "letters.json").write_text(json.dumps(model))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return score(data, json.loads((Path(model_dir) / "letters.json").read_text()))

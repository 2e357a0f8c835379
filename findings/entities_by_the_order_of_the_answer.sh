#!/bin/sh
# By nervaluate an extractor that found every organisation has a recall of 0 or 1, by whether it lists places before or after them.
# Versions: nervaluate 1.2.1 (2026).
# Expected: an entity with the right bounds and the right label is found, whatever else is said, and in whichever order.
# Seen: entities given as dictionaries are matched in the order of the answer, and a truth is used up by the first that touches it. In 1,000
# texts with "University of Paris" the answer holds the university and, besides, "Paris" as a place. Listed by label or by length, the place
# comes first: the university is then wrong and superfluous, and strict precision, recall and F1 are 0, where they are .5, 1 and .67
# in the order of the text. By entity the organisation has a recall of 1 in both. No warning is given.
# Known: nervaluate #84 (2025), closed: predictions that overlap were not meant. They are neither refused nor told.
# What it means: language models list entities as they please, and one of two equal answers loses. Sort by start and length, longest first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check nervaluate==1.2.1
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

from nervaluate import Evaluator

university = {"label": "ORG", "start": 0, "end": 18}
place = {"label": "LOC", "start": 14, "end": 18}
truth = [[university]] * 1_000

seen = {}
for name, answer in (("as in the text", [university, place]), ("by label", sorted([university, place], key=lambda each: each["label"]))):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = Evaluator(truth, [answer] * 1_000, tags=["ORG", "LOC"], loader="dict").evaluate()
    assert not told
    seen[name] = found
    for scheme in ("strict", "exact", "ent_type", "partial"):
        score = found["overall"][scheme]
        print(f"{name}, {scheme}: precision {score.precision:.2f}, recall {score.recall:.2f}, F1 {score.f1:.2f}")
    print(f"{name}, organisations alone: recall {found['entities']['ORG']['strict'].recall:.2f}")

right, wrong = seen["as in the text"]["overall"], seen["by label"]["overall"]
for scheme in ("strict", "exact", "ent_type"):
    assert (right[scheme].precision, right[scheme].recall) == (0.5, 1) and wrong[scheme].recall == wrong[scheme].f1 == 0
assert all(found["entities"]["ORG"]["strict"].recall == 1 for found in seen.values())
PYTHON

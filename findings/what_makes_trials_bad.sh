#!/bin/sh
# Optuna 5 names the learning rate as what counts, and the dropout once the same values are passed as `target`.
# Versions: optuna 5.0.0 (September 2026), scipy 1.17.1, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: `get_param_importances(study)` and the same call with `target=lambda trial: trial.value` speak of one thing, as up to
# Optuna 4 with f-ANOVA, which has no direction.
# Seen: since 5.0 importance means: what leads to the best tenth of trials. For a study that maximizes, a target is minimized all
# the same, so the second call explains the worst tenth. An AUC is good near a learning rate of .3, and a dropout above .9 ruins
# it. The first call says .97 for the learning rate and .01 for the dropout, the second .003 and .99. f-ANOVA has .27 and
# .73 both times. Two panels of one report contradict each other. A UserWarning is given.
# Known: the docs of the evaluator say that targets are minimized; the release notes of 5.0 name the new default alone.
# What it means: code written for Optuna 4 answers another question, and tells people to tune the wrong parameter. Pass
# `target=lambda trial: -trial.value` or no target.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check optuna==5.0.0 scipy==1.17.1 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import optuna
from optuna.importance import FanovaImportanceEvaluator, get_param_importances

optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))


def auc(trial: optuna.Trial) -> float:
    rate, dropout = trial.suggest_float("learning rate", 0, 1), trial.suggest_float("dropout", 0, 1)
    trial.suggest_float("nothing", 0, 1)
    return 0.9 - 0.4 * (rate - 0.3) ** 2 - (0.3 if dropout > 0.9 else 0)


study.optimize(auc, n_trials=300)
found = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, evaluator in (("default", None), ("f-ANOVA", FanovaImportanceEvaluator(seed=0))):
        for target in (None, lambda trial: trial.value, lambda trial: -trial.value):
            label = name, "none" if target is None else ("value" if target(study.trials[0]) > 0 else "minus value")
            found[label] = get_param_importances(study, evaluator=evaluator, target=target)
            print(", target ".join(label), {key: round(float(value), 3) for key, value in found[label].items()})
assert {str(warning.message).split()[0] for warning in told} == {"PedAnovaImportanceEvaluator"}
first, second = found["default", "none"], found["default", "value"]
assert first["learning rate"] > 0.9 and first["dropout"] < 0.05
assert second["learning rate"] < 0.05 and second["dropout"] > 0.9
assert found["default", "minus value"] == first
assert found["f-ANOVA", "none"] == found["f-ANOVA", "value"]
PYTHON

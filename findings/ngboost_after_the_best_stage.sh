#!/bin/sh
# NGBoost stops early and then predicts with the stages it stopped for.
# Versions: ngboost 0.6.0, scikit-learn 1.6.1, numpy 2.4.6.
# Expected: after early stopping on a validation set, predict uses the best stage, as the other boosting libraries do.
# Seen: predict uses every stage, the ones after the best included, unless `max_iter=best_val_loss_itr` is passed each time.
# What it means: the validation loss that was logged is not that of the model in use.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check ngboost==0.6.0 scikit-learn==1.6.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
from ngboost import NGBClassifier
from ngboost.distns import Bernoulli

rng = np.random.default_rng(0)
rows = rng.normal(size=(1500, 2))
target = (rows[:, 0] + 0.3 * rows[:, 1] + 2 * rng.normal(size=1500) > 0).astype(int)
model = NGBClassifier(Dist=Bernoulli, verbose=False, n_estimators=400, random_state=0)
model.fit(rows[:1000], target[:1000], X_val=rows[1000:], Y_val=target[1000:], early_stopping_rounds=5)
best, kept = model.best_val_loss_itr, len(model.base_models)
plain = model.predict_proba(rows[1000:])
print(f"stages {kept}, best {best}, largest difference {np.abs(plain - model.predict_proba(rows[1000:], max_iter=best)).max():.4f}")
assert kept > best + 1
assert np.array_equal(plain, model.predict_proba(rows[1000:], max_iter=kept))
assert not np.array_equal(plain, model.predict_proba(rows[1000:], max_iter=best))
PYTHON

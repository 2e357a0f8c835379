"""The tariff: a binomial GLM with factors, as the pricing department files it."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf


def rating(visits: pd.DataFrame) -> pd.DataFrame:
    factors = pd.DataFrame(index=visits.index)
    factors["make"] = visits["make"]
    factors["depot"] = visits["depot"].str.strip().str.title()
    factors["warnings"] = visits["warnings"].clip(upper=5).astype(float)
    factors["no_oil"] = visits["oil_ppm"].isna().astype(float)
    factors["log_oil"] = np.log(visits["oil_ppm"].fillna(11.0))
    factors["no_volts"] = visits["battery_v"].isna().astype(float)
    factors["volts"] = visits["battery_v"].fillna(12.4) - 12.4
    return factors


def file_tariff(visits: pd.DataFrame, formula: str):
    """The tariff in force."""
    family = sm.families.Binomial()
    table = rating(visits).assign(stranded=visits["stranded"].astype(float))
    fitted = smf.glm(formula, data=table, family=family).fit_regularized(alpha=2e-4, L1_wt=0.0, maxiter=60)
    return fitted


def logits(tariff, visits: pd.DataFrame) -> np.ndarray:
    p = np.clip(np.asarray(tariff.predict(rating(visits)), dtype=float), 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))

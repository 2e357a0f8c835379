"""Numbers of the text are held against what was measured."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import cast

import pytest

from challenges import registry
from graders.checks.responsibility import claims
from graders.facts import Facts
from graders.model.challenge import Dataset
from graders.model.submission import Location
from graders.source.writing import Writing
from tests.graders.cases import (
    HONEST,
    README,
    finding,
    graded,
)


@pytest.mark.parametrize(
    ("auc", "flagged"),
    [(".78", False), ("0.79", False), ("93 %", True), ("0.95", True), ("above 0.9", True), (".60", False)],
)
def test_numbers_of_the_text_are_held_against_what_was_measured(
    auc: str, flagged: bool, many_customers: Dataset
) -> None:
    """A claim within its margin or below holds; one far above does not, with file and line."""
    report = graded(HONEST, many_customers, **{"README.md": README.format(auc=auc)})
    found = finding(report, "DOC003")
    assert found.flagged is flagged, found
    if flagged:
        assert found.evidence[0].where == Location("README.md", 7)
        assert "we measured 0.80" in found.evidence[0].what


@pytest.mark.parametrize(
    "sentence",
    [
        "The baseline reaches an AUC of .95.",
        "On the training rows ROC AUC is 0.99.",
        "If AUC falls below .95 we retrain.",
        "A random split would have claimed an AUC of .97.",
        "The AUC of each shop lies between .95 and .99.",
        "The column alone has an AUC of .95.",
    ],
)
def test_numbers_of_something_else_are_left_alone(sentence: str, customers: Dataset) -> None:
    """Baselines, training scores, conditions and groups are no claim about the delivered model."""
    report = graded(HONEST, customers, **{"README.md": f"# Churn\n\n{sentence}\n"})
    assert not finding(report, "DOC003").flagged


@pytest.mark.parametrize(
    ("language", "sentence", "values"),
    [
        ("german", "Die ROC AUC ist 0,80 für neue Kunden.", [0.80]),
        ("german", "Die ROC AUC liegt bei 81,5 % für neue Kunden.", [0.815]),
        ("french", "La ROC AUC est de 0,80 pour de nouveaux clients.", [0.80]),
        ("spanish", "La ROC AUC es 0,80 para clientes nuevos.", [0.80]),
        ("portuguese", "A ROC AUC é 0,80 para clientes novos.", [0.80]),
        ("italian", "La ROC AUC è 0,80 per clienti nuovi.", [0.80]),
        ("german", "Die Genauigkeit ist 0,80 für neue Kunden.", [0.80]),
        ("german", "Die Treffergenauigkeit liegt bei 81,5 % für neue Kunden.", [0.815]),
        ("french", "L'exactitude est de 0,80 pour de nouveaux clients.", [0.80]),
        ("spanish", "La exactitud es 0,80 para clientes nuevos.", [0.80]),
        ("portuguese", "A acurácia é 0,80 para clientes novos.", [0.80]),
        ("italian", "L'accuratezza è 0,80 per clienti nuovi.", [0.80]),
        ("spanish", "La exactitud equilibrada es 0,80 para clientes nuevos.", []),
        ("german", "Die ausgewogene Genauigkeit ist 0,80 für neue Kunden.", []),
        ("", "The balanced accuracy is .80 on new customers.", []),
        ("german", "Auf den Trainingsdaten ist die ROC AUC 0,99.", []),
        ("french", "La ROC AUC est de 0.99 sur les données d'entraînement.", []),
        ("spanish", "La ROC AUC es 0.99 en los datos de entrenamiento.", []),
        ("portuguese", "A ROC AUC é 0.99 nos dados de treino.", []),
        ("italian", "La ROC AUC è 0.99 sui dati di addestramento.", []),
        ("german", "Wenn die ROC AUC unter .95 sinkt, greifen wir ein.", []),
        ("french", "Quand la ROC AUC baisse sous .95 nous agissons.", []),
        ("spanish", "Cuando la ROC AUC cae por debajo de .95 actuamos.", []),
        ("italian", "Con una divisione casuale la ROC AUC arriva a .97.", []),
        ("", "The ROC AUC of classes 0,1 is high.", []),
        ("", "The ROC AUC per shop is .95.", []),
        ("", "I tried logistic regression (ROC AUC .95), a forest (.96) and boosting.", []),
        ("", "Boosting is what we hand in (ROC AUC .80).", [0.80]),
        ("", "ROC AUC is about .74 with a 95 % interval of .02 to each side over customers.", [0.74]),
        ("", "ROC AUC about 0.74 in 5 folds of customers.", [0.74]),
        ("", "ROC AUC 0.74 in 5-fold cross-validation.", [0.74]),
        ("", "The upper end of ROC AUC is 0.78.", []),
        ("", "ROC AUC 0.81 in the best fold.", []),
    ],
)
def test_claims_are_read_in_each_language(language: str, sentence: str, values: list[float]) -> None:
    """A decimal comma is read, and a number for training rows, a condition or another split is no claim."""
    case = SimpleNamespace(challenge=registry.get("ml_pipeline"))
    text = Writing(sentence, {}, (), re.compile("x"), language)
    facts = cast(Facts, SimpleNamespace(writing=text, case=case))
    assert [claim.value for claim in claims.stated(facts)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("language", "sentence", "values"),
    [
        ("", "MAE is 5.6 on later days, RMSE 9.25.", [5.6, 9.25]),
        ("", "MAE is 5,600 on later days.", []),
        ("french", "La MAE est de 5,6 unités sur des jours à venir.", [5.6]),
        ("french", "L'erreur absolue moyenne est d'environ 5,61 unités.", [5.61]),
        ("german", "Der mittlere absolute Fehler liegt bei 5,6 Stück.", [5.6]),
        ("german", "Die MAE beträgt rund 5,6 Stück.", [5.6]),
        ("spanish", "El error absoluto medio es de 5,6 unidades.", [5.6]),
        ("portuguese", "O erro médio absoluto é de 5,6 unidades.", [5.6]),
        ("italian", "L'errore assoluto medio è di 5,6 unità.", [5.6]),
    ],
)
def test_errors_in_units_are_read_in_each_language(language: str, sentence: str, values: list[float]) -> None:
    case = SimpleNamespace(challenge=registry.get("store_demand"))
    facts = cast(Facts, SimpleNamespace(writing=Writing(sentence, {}, (), re.compile("x"), language), case=case))
    assert [claim.value for claim in claims.stated(facts)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("sentence", "flagged"),
    [
        ("Boosted trees reach ROC AUC .95, and what we hand in ROC AUC .79.", False),
        ("Boosted trees reach ROC AUC .95, and what we hand in ROC AUC .60.", True),
        ("- Boosted trees: ROC AUC .95\n- Linear, handed in: ROC AUC .79", False),
        ("ROC AUC is .95.\n\nROC AUC of boosted trees is .79.", True),
    ],
)
def test_a_better_number_beside_the_measured_one_is_that_of_another_model(
    sentence: str, flagged: bool, many_customers: Dataset
) -> None:
    """Who compares in one paragraph and says what holds is not accused of the other number."""
    report = graded(HONEST, many_customers, **{"README.md": f"# Churn\n\n{sentence}\n"})
    assert finding(report, "DOC003").flagged is flagged

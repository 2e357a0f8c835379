"""README, notes and docstrings count alike in six languages."""

from __future__ import annotations

import ast
import re
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest

from challenges import registry
from challenges.ml_pipeline.make_data import make
from graders.model.challenge import Column
from graders.source import communication, naming, writing
from graders.source.writing import COLLECTION, MONITORING, TOPICS
from testing.builders import a_submission

GOOD = registry.get("ml_pipeline").folder / "reference" / "good"
CHALLENGE = registry.get("ml_pipeline")

READMES = {
    language: dedent(text)
    for language, text in {
        "english": """
        # Problem
        For each customer and each `snapshot_date` we predict the probability that they leave; `contract` matters.
        # Approach
        The model takes `contract` and `usage_gb` and the same function builds the features in training and prediction.
        # Results
        The ROC AUC is .80 on customers that were never seen, with `region` compared for every group.
        # Limits
        Customers of a new `channel` or `payment_method` are unknown, and prices may change after the data ends.
        # Monitoring
        We watch the share of unknown `channel` and the mean prediction of each `region`.
        More than 15 % unknown wakes the owner, who starts the rollback when the labels arrive.
        # Bias in the collection
        Until 2023 the rows of `age` over 65 in `region` south were lost; they are left out of training, one in 7.
        # Next steps
        Ask when `retention_desk_calls` were made, and compare with a survival model over `snapshot_date`.
        """,
        "german": """
        # Aufgabe
        Für jeden Kunden und jedes `snapshot_date` sagen wir die Wahrscheinlichkeit voraus, zu gehen; `contract` zählt.
        # Ansatz
        Das Modell nimmt `contract` und `usage_gb`, und dieselbe Funktion baut die Merkmale für Training und Vorhersage.
        # Ergebnisse
        Die ROC AUC ist .80 für Kunden, die nie gesehen wurden, und `region` wird für jede Gruppe verglichen.
        # Grenzen
        Kunden mit neuem `channel` oder `payment_method` sind unbekannt, und die Preise werden sich später ändern.
        # Überwachung
        Wir beobachten den Anteil der unbekannten `channel` und die mittlere Vorhersage jeder `region`.
        Mehr als 15 % unbekannte weckt die Verantwortliche, die das Modell zurückrollt, wenn die Labels kommen.
        # Verzerrung der Erhebung
        Bis 2023 gingen Zeilen mit `age` über 65 in `region` süd verloren; sie werden weggelassen, eine von 7.
        # Nächste Schritte
        Fragen, wann `retention_desk_calls` gezählt werden, und ein Modell der Lebensdauer über `snapshot_date` prüfen.
        """,
        "french": """
        # Problème
        Pour chaque client et chaque `snapshot_date` nous prévoyons la probabilité de départ ; `contract` est important.
        # Approche
        Le modèle prend `contract` et `usage_gb`, et la même fonction construit les variables pour les deux étapes.
        # Résultats
        La ROC AUC est .80 pour des clients qui ne sont pas connus, et `region` est comparé pour chaque groupe.
        # Limites
        Les clients avec un nouveau `channel` ou `payment_method` sont inconnus, et les prix peuvent changer ensuite.
        # Surveillance
        Nous suivons la part des `channel` inconnus et la prédiction moyenne de chaque `region`.
        Plus de 15 % inconnus réveille la responsable, qui fait le retour arrière quand les étiquettes arrivent.
        # Biais de la collecte
        Avant 2023 les lignes avec `age` de 65 ans dans `region` sud sont perdues ; elles sont exclues, une sur 7.
        # Prochaines étapes
        Demander quand `retention_desk_calls` est compté, et comparer avec un modèle de survie sur `snapshot_date`.
        """,
        "spanish": """
        # Problema
        Para cada cliente y cada `snapshot_date` damos la probabilidad de que se vaya; `contract` es importante.
        # Enfoque
        El modelo toma `contract` y `usage_gb`, y la misma función prepara las variables para las dos etapas.
        # Resultados
        La ROC AUC es .80 para clientes que no se han visto, y `region` se compara por cada uno de los grupos.
        # Limitaciones
        Los clientes con un nuevo `channel` o `payment_method` son desconocidos, y los precios pueden cambiar después.
        # Vigilancia
        Miramos la proporción de `channel` desconocidos y la predicción media por cada `region`.
        Más de 15 % desconocidos despierta a la responsable, que vuelve al anterior cuando llegan las etiquetas.
        # Sesgo de los datos
        Hasta 2023 las filas con `age` de más de 65 en `region` sur fueron perdidas; se excluyen, una de cada 7.
        # Próximos pasos
        Preguntar cuándo se cuenta `retention_desk_calls`, y comparar con otro modelo de duración por `snapshot_date`.
        """,
        "portuguese": """
        # Problema
        Para cada cliente e cada `snapshot_date` damos a probabilidade de que saia; `contract` é importante para isso.
        # Abordagem
        O modelo usa `contract` e `usage_gb`, e a mesma função prepara as variáveis para os dois passos do trabalho.
        # Resultados
        A ROC AUC é .80 para clientes que não foram vistos, e `region` é comparada por cada um dos grupos.
        # Limitações
        Os clientes com um novo `channel` ou `payment_method` são desconhecidos, e os preços podem mudar depois.
        # Vigilância
        Olhamos para a proporção de `channel` desconhecidos e para a previsão média por `region`.
        Mais de 15 % desconhecidos acorda a responsável, que volta ao anterior quando chegam os rótulos.
        # Viés dos dados
        Até 2023 as linhas com `age` de mais de 65 em `region` sul foram perdidas; são excluídas, uma em 7.
        # Próximos passos
        Perguntar quando se conta `retention_desk_calls`, e comparar com um modelo de sobrevivência por `snapshot_date`.
        """,
        "italian": """
        # Problema
        Per ogni cliente e ogni `snapshot_date` diamo la probabilità che se ne vada; `contract` è importante per questo.
        # Approccio
        Il modello prende `contract` e `usage_gb`, e la stessa funzione prepara le variabili per i due passi del lavoro.
        # Risultati
        La ROC AUC è .80 per clienti che non sono stati visti, e `region` è confrontata per ogni singolo gruppo.
        # Limiti
        I clienti con un nuovo `channel` o `payment_method` sono sconosciuti, e i prezzi possono cambiare dopo.
        # Sorveglianza
        Guardiamo la quota di `channel` sconosciuti e la previsione media per ogni `region`.
        Più di 15 % sconosciuti sveglia la responsabile, che ripristina il modello quando arrivano le etichette.
        # Distorsione della raccolta
        Fino al 2023 le righe con `age` di 65 anni in `region` sud sono state perse; sono escluse, una su 7.
        # Prossimi passi
        Chiedere quando si conta `retention_desk_calls`, e confrontare con un modello di durata per `snapshot_date`.
        """,
    }.items()
}
EMPTY = {
    "german": "# Überwachung\n\nDie Überwachung der Vorhersage ist wichtig und wird mit Alarm und Anteil für alle.\n",
    "french": "# Surveillance\n\nLa surveillance des prédictions est une chose importante pour les équipes.\n",
}


@cache
def some_rows() -> pd.DataFrame:
    return make(1).public.head(200)


def the_writing(text: str) -> writing.Writing:
    return writing.read(a_submission({"README.md": text}), CHALLENGE, some_rows())


@pytest.mark.parametrize("language", READMES)
def test_one_readme_says_the_same_in_six_languages(language: str) -> None:
    """All topics, all elements of a plan, and what is to be said of how the data came about."""
    found = the_writing(READMES[language])
    assert found.language == ("" if language == "english" else language)
    assert [topic for topic in TOPICS if not found.about(topic)] == []
    assert found.covered("monitoring", MONITORING) == tuple(MONITORING)
    assert found.covered("collection", COLLECTION) == tuple(COLLECTION)


@pytest.mark.parametrize("language", [name for name in READMES if name != "english"])
@pytest.mark.parametrize("spelled", [0, 1], ids=["without accents", "umlauts in two letters"])
def test_a_keyboard_without_accents_says_the_same(language: str, spelled: int) -> None:
    """`Ueberwachung`, `surveillance de la derive`: the words are those of the language all the same."""
    found = the_writing(re.sub(r"[^\W\d_]+", lambda word: plain(word[0], spelled), READMES[language]))
    assert found.language == language
    assert [topic for topic in TOPICS if not found.about(topic)] == []
    assert found.covered("monitoring", MONITORING) == tuple(MONITORING)
    assert found.covered("collection", COLLECTION) == tuple(COLLECTION)


def plain(word: str, spelled: int) -> str:
    """A word in ASCII: umlauts in two letters, or all accents left out."""
    if spelled:
        word = word.translate(writing.SPELLED | {ord("Ü"): "Ue", ord("Ä"): "Ae", ord("Ö"): "Oe"})
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("german", "Wir geben ein Konfidenzintervall an."),
        ("french", "L'intervalle de confiance va de .78 à .82."),
        ("spanish", "El intervalo de confianza va de .78 a .82."),
        ("portuguese", "O desvio padrao de dez sementes."),
        ("italian", "La deviazione standard di dieci semi."),
    ],
)
def test_how_sure_one_is_can_be_said_in_each_language(language: str, says: str) -> None:
    """And the same text without the sentence says nothing of it."""
    words = re.compile(writing.pattern("uncertainty", "confidence interval", language))
    assert words.search(says.lower())
    assert not words.search(READMES[language].lower())


@pytest.mark.parametrize("language", EMPTY)
def test_words_that_speak_of_no_column_say_nothing(language: str) -> None:
    assert the_writing(EMPTY[language]).covered("monitoring", MONITORING) == ()


def test_the_repository_around_the_code_counts_the_same() -> None:
    """Words, sections and ties to the code are enough for all points in every language."""
    code = {path.relative_to(GOOD).as_posix(): path.read_text("utf-8") for path in Path(GOOD).rglob("*.py")}
    for text in READMES.values():
        submission = a_submission(code | {"README.md": text})
        assert communication.grounded_words(submission) >= 8
        assert communication.sections_with_content(submission) >= 4


@pytest.mark.parametrize(
    ("docstring", "explains"),
    [
        ("Gibt den Wert zurück.", False),
        ("Retourne la valeur de la fonction.", False),
        ("Devuelve el valor de la función.", False),
        ("Restituisce il valore.", False),
        ("Retorna o valor da função.", False),
        ("Der Anteil fehlender Antworten je Kunde und Monat.", True),
        ("La part des réponses manquantes par client.", True),
    ],
)
def test_a_docstring_of_small_words_explains_nothing(docstring: str, explains: bool) -> None:
    node = ast.parse(f'def rate(rows):\n    """{docstring}"""\n').body[0]
    assert isinstance(node, ast.FunctionDef)
    assert naming.is_explained(node) is explains


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("Which customers leave?", True),
        ("How many of them leave?", True),
        ("Notes", False),
        ("Who is missing?", False),
        ("What I would do next?", False),
    ],
)
def test_a_question_at_the_top_is_the_problem(title: str, problem: bool) -> None:
    """Many state the problem as the question that is to be answered."""
    body = (
        "Every month some of them go; `contract` and `region` tell a little of who it will be, and the desk calls them."
    )
    submission = a_submission({"pipeline.py": "x = 1\n", "README.md": f"# {title}\n\n{body}\n"})
    assert bool(writing.read(submission, CHALLENGE, make(3).public).about("problem")) is problem


#: How people head such passages, or begin them; the first of each topic is the brief's own wording.
SAID = {
    "problem": ("## The problem as I see it\n", "## Background\n", "**Goal.** "),
    "approach": ("## What I did and why\n", "**What I did.** ", "## How we solved it\n"),
    "results": ("## What I got\n", "**What came out**\n\n", "## Findings\n"),
    "limits": (
        "## What the data can and cannot say\n",
        "**What the data can't say.** ",
        "## Where it fails\n",
        "The model underrates the risk of these customers. ",
        "This sample does not represent everybody. ",
    ),
    "monitoring": ("## How I would watch the model in use\n", "## Once it is live\n"),
    "next steps": ("## What I would do next\n", "**With another week**\n\n"),
    "collection": (
        "Some rows were never handed over. ",
        "The old desk's rows are mostly missing. ",
        "Most of the returns of that time are missing. ",
    ),
}
BODY = "Here `contract` and `region` of a customer are spoken of, in some more words than a heading has, and plainly."
CASES = [(topic, words) for topic, beginnings in SAID.items() for words in beginnings]


@pytest.mark.parametrize(("topic", "words"), CASES)
def test_a_topic_is_known_by_the_words_of_the_brief_and_of_others(topic: str, words: str) -> None:
    """And the same passage without them is about nothing."""
    assert the_writing(f"# Notes\n\n{words}{BODY}\n").about(topic)
    assert not the_writing(f"# Notes\n\n{BODY}\n").about(topic)


def test_each_brief_asks_for_topics_by_words_that_are_known() -> None:
    """Whoever takes the brief's list for headings is read."""
    for challenge in registry.all_challenges():
        folder = challenge.folder
        for brief, asks in (("BRIEF.md", r"two pages: (.*?)\.\n"), ("BRIEF.fr.md", r"deux pages\s:\s(.*?)\.\n")):
            found = re.search(asks, (folder / brief).read_text("utf-8"), re.DOTALL)
            assert found is not None
            headings = " ".join(found[1].split()).split(", ")
            body = BODY if brief == "BRIEF.md" else f"{BODY} Les clients et le contrat, dans une région qui est du sud."
            text = "\n\n".join(f"# {heading}\n\n{body} ({heading})" for heading in headings)
            topics = ("problem", "approach", "results", "limits", "monitoring", "next steps")
            assert [topic for topic in topics if not the_writing(text).about(topic)] == []


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("Look at the satisfaction of those who said nothing in a model of their own.", True),
        ("Try more learners, tune all of their settings, and look at the errors once more.", False),
    ],
)
def test_what_is_next_may_be_one_thing(plan: str, said: bool) -> None:
    """One column is enough, as one step is mostly of one; elsewhere a passage speaks of two things."""
    assert bool(the_writing(f"# Next steps\n\n{plan}\n").about("next steps")) is said
    assert bool(the_writing(f"# Notes\n\nNext I would do this: {plan}\n").about("next steps")) is said
    assert not the_writing(f"# Limits\n\n{plan}\n").about("limits")


def test_the_same_under_every_heading_is_said_once() -> None:
    """Under the first; a passage of its own under each is read as before."""
    text = "# {0}\n\n{1}\n\n# {2}\n\n{3}\n"
    once, each = (the_writing(text.format("Approach", BODY, "Limits", other)) for other in (BODY, f"{BODY} Twice."))
    assert once.about("approach")
    assert once.has_heading("limits")
    assert not once.about("limits")
    assert each.about("limits")


LISTED = "drift, schema, labels, above .2, retrain, contract, region, gender, outcomes, owner, errors, unknown values"
#: A passage -> whether it says something: words in a row do, with or without lists beside them, and short notes.
IN_A_ROW = {
    LISTED: False,
    LISTED.replace(", ", "; "): False,
    LISTED.replace(", ", "\n- "): False,
    f"{LISTED}: we look at contract and region every Monday morning.": True,
    "- inputs: drift, schema, missing\n- late labels: errors by contract\n- region: above 12\n- owner: retrain": True,
}


@pytest.mark.parametrize(("body", "says"), IN_A_ROW.items())
def test_names_of_topics_one_after_the_other_say_nothing(body: str, says: bool) -> None:
    assert bool(the_writing(f"# Monitoring\n\n{body}\n").about("monitoring")) is says


def test_what_stands_first_is_the_problem() -> None:
    """Whatever its heading is, where it says what is to be predicted."""
    says = "# Churn\n\nWe {what} for each customer and month who leaves, by `contract`, so that the desk can call.\n"
    assert the_writing(says.format(what="predict")).about("problem")
    assert the_writing(says.format(what="give the probability")).about("problem")
    assert not the_writing(says.format(what="write down")).about("problem")


@pytest.mark.parametrize(
    ("says", "named"),
    [("falls below .7", True), ("is .05 above the backtest", True), ("has 5 labels, as the one above", False)],
)
def test_a_threshold_stands_before_its_number_or_behind_it(says: str, named: bool) -> None:
    text = f"# In use\n\nWe retrain once the loss {says}, for each `contract` and region of a customer.\n"
    assert ("a threshold with a number" in the_writing(text).covered("monitoring", writing.MONITORING)) is named


def test_a_result_is_told_by_the_metric_and_its_figure() -> None:
    """No column need be named beside them."""
    says = "On rows of later months, none of whom were seen in training, the {what} is about .79, as before."
    assert the_writing(f"# Results\n\n{says.format(what='AUC')}\n").about("results")
    assert not the_writing(f"# Results\n\n{says.format(what='share')}\n").about("results")


PLAIN = {
    "": """
        # Goal
        We predict how much of each article a shop asks for, so that no shelf runs empty before the next delivery.
        # What I got
        The forecast misses by 6.1 units a day, and always guessing the median misses by some nine of them.
        # What we can't know
        Whenever a shelf was empty the real demand is unknown, and kiosks that opened lately have hardly any past.
        # Watching it
        Each week I would hold the forecast beside sales in every category, with an alert above 7 for two weeks.
        # Next steps
        Prices of the articles nearby, and the weeks around Easter by themselves, with a week of holidays each.
        """,
    "french": """
        # Objectif
        Le but est de prévoir la demande de chaque magasin, pour que les rayons ne soient jamais vides le matin.
        # Résultats
        La prévision se trompe de 6,1 unités par jour, et la médiane de neuf ; les magasins ruraux sont les pires.
        # Ce qu'on ne peut pas savoir
        Quand le rayon est vide, on ne connaît pas la vraie demande, et les magasins ruraux ont été supprimés.
        # Suivi
        Chaque semaine je compare la prévision aux ventes par magasin, avec une alerte si l'erreur dépasse 7 unités.
        # Suite
        Les prix des articles du magasin le plus proche, et les semaines de Pâques pour les rayons qui sont vides.
        """,
}
TOLD = ("problem", "results", "limits", "monitoring", "next steps")


@pytest.mark.parametrize("language", PLAIN)
def test_words_of_the_brief_tie_a_passage_to_its_data(language: str) -> None:
    """Nobody has to write in names of columns; to the data of another brief the same words say nothing."""
    text = dedent(PLAIN[language]).replace("\n#", "\n\n#")
    submission = a_submission({"README.md": text})
    theirs = registry.get("store_demand")
    found = writing.read(submission, theirs, theirs.make(3).public)
    assert found.language == language
    assert [topic for topic in TOLD if not found.about(topic)] == []
    other = the_writing(text)
    assert [topic for topic in TOLD if other.about(topic)] == []
    assert [topic for topic in TOLD if not other.has_heading(topic)] == []


@pytest.mark.parametrize(
    ("says", "spoken"),
    [
        ("MonthlyCharges are left as they are.", True),
        ("We left the monthly charges as they are.", True),
        ("People of Avenida are not judged apart.", False),
        ("We left them as they are, by the month.", False),
    ],
)
def test_a_column_is_spoken_of_by_its_name_in_any_writing(says: str, spoken: bool) -> None:
    found = own_writing(says)
    assert found.speaks_of("MonthlyCharges") is spoken


@pytest.mark.parametrize(("says", "spoken"), [("Of customers over 65 we know little.", True), ("In 65 rows.", False)])
def test_a_number_is_spoken_of_by_its_groups(says: str, spoken: bool) -> None:
    assert the_writing(says).speaks_of("age") is spoken


def test_rows_that_were_lost_are_of_one_group() -> None:
    """It is enough to name the group; where nothing was lost, a passage speaks of two things."""
    text = "Closed accounts of {group} were {done} in that year, so the risk of these will be too low."
    for group, done, told in (("south", "lost", True), ("some kind", "lost", False), ("south", "renamed", False)):
        assert bool(the_writing(text.format(group=group, done=done)).about("collection")) is told


def test_a_column_is_spoken_of_by_its_categories() -> None:
    assert own_writing("In Riverside the model is worse.").speaks_of("District")
    assert not own_writing("In Seaside the model is worse.").speaks_of("District")


def test_columns_in_capital_letters_tie_a_passage_to_the_data() -> None:
    """Names and categories are compared without regard to case."""
    said = "# Limits\n\nWhoever pays by MonthlyCharges in Riverside was hardly ever asked before, so nobody can know.\n"
    assert own_writing(said).about("limits")


def own_writing(text: str) -> writing.Writing:
    columns = (Column("MonthlyCharges", "float", ""), Column("District", "text", ""), Column("Left", "int", ""))
    theirs = replace(CHALLENGE, columns=columns, target="Left", group=None, time=None, subject=frozenset)
    rows = pd.DataFrame({"MonthlyCharges": [1.0, 2.0], "District": ["Riverside", "Hilltop"], "Left": [0, 1]})
    return writing.read(a_submission({"README.md": text}), theirs, rows)

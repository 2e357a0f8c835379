"""What README and notes say about the data and the use of the model: content counts, keywords do not."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from graders.model.challenge import Challenge, Column
from graders.model.later import pd
from graders.model.submission import Location, Submission, as_text
from graders.source import communication

WORD = re.compile(r"[^\W\d_][\w'-]+")
WORD_OR_FIGURE = re.compile(r"\w[\w.'-]*")
FIGURE = re.compile(r"(?<![\w.])\d*\.?\d+(?:\s?%)?")
#: A passage speaks of a topic with at least so many words, and so many things that only these data have.
LEAST_WORDS, LEAST_TIES = 8, 2
#: So far into a paragraph without a heading stands what it is about.
BEGINNING = 30
MOST_PASSAGES = 2000
#: Words in a row make a part of a sentence from so many on; LISTED pieces of fewer words and nothing else are a list of
#: names, as nobody's notes are, however short.
CLAUSE, LEAST_OF_A_CLAUSE = re.compile(r"[,;:.!?]\s|[\n•·]"), 4
LISTED = 12
PARAGRAPH = re.compile(r"\n\s*\n")
SHORTEST_VALUE = 4
#: Where a new word begins in a name like `MonthlyCharges`.
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

#: What a model or its data are said not to do, by a sentence on their limits.
DENIED = (
    r"(?:say|tell|know|see|show|cover|hold|apply|generali[sz]e|trust|trusted|rel(?:y|ied)|represent|learn|"
    r"reliable|valid)"
)
#: Rows that are not in the table, in the words of those who write of it.
GONE = (
    r"(?:not|never) (?:handed over|passed on|moved|migrated|recorded|transferred|stored)|hand-?over|"
    r"(?:mostly|partly|largely) (?:missing|absent|gone)|rows (?:are|were) (?:missing|deleted|absent|gone)|"
    r"(?:most|many|some|half|part|few(?:er)?) of (?:the|these|those|its|their) (?:[\w-]+ ){1,6}"
    r"(?:is|are|was|were) (?:missing|deleted|absent|gone|lost)"
)
#: What a heading, or a paragraph where there are no headings, must name.
TOPICS: Mapping[str, str] = {
    "problem": r"problem|task|goal|objective|aim|question|who will|overview|background|use case|what is asked|"
    r"predict\w* (?:how|if|what|whether|which|who)|"
    r"\A(?:how (?:long|many|much)|which|who(?! is missing))(?=[^.!?\n]*\?)",
    "approach": r"approach|methods?|model(?:ling)?|features?|pipeline|design|decisions?|choices|how it works|solution|"
    r"(?:what|how) (?:i|we|you) (?:did|built|chose|tried|solved)|what (?:was|is) done|preprocessing|clean(?:ing|ed)",
    "results": r"results?|evaluation|performance|validation|scores?|metrics?|findings|"
    r"what (?:i|we|you) (?:got|get|found|measured)|what (?:came|comes) out|how (?:well|good)",
    "limits": r"limit\w*|caveats?|assumptions?|known issues|weak(?:ness\w*| (?:points?|spots?))|risks?|"
    r"not (?:be )?used?|shortcomings?|drawbacks?|trade-?offs?|pitfalls?|blind spots?|go(?:es)? wrong|where it fails|"
    rf"(?:can|could|do|does|should|must|may|will|would|is|are)(?:n['’]t| ?not)(?: be)? {DENIED}|can[’']?t {DENIED}|"
    r"(?:under|over)-?(?:rat|estimat|stat|predict|represent)\w*|unreliable|untested|"
    r"never (?:been )?(?:seen|tested|tried)|not (?:trust\w*|represent\w*|known for|tested)",
    "next steps": r"next|future|todo|improve\w*|more time|(?:one more|another) (?:day|week)|roadmap|"
    r"would (?:do|try|add|like)|follow-?ups?|left to do|still open",
    "monitoring": r"monitor\w*|drift|alert\w*|in production|in use|operations?|watch\w*|once (?:it is )?live|"
    r"after (?:launch|release|deployment)",
    "collection": r"bias\w*|collect\w*|sampl\w*|fair\w*|represent\w*|archiv\w*|ethic\w*|responsib\w*|"
    rf"who is missing|lost|old (?:\w+ )?system|not kept|{GONE}|surviv\w*|censor\w*|truncat\w*|migrat\w*",
}

#: What stands first is the problem, where it says what the work is to do.
OPENS = r"\b(?:predict|forecast|estimat|classif|rank|rout|scor|detect|decid|assign|probabilit)\w*"
#: What a plan for a model in use is made of.
MONITORING: Mapping[str, str] = {
    "inputs": r"drift|schema|distribution|shares?|missing|null|unknown|unseen|range",
    "predictions": r"predictions?|scores?|probabilit\w+",
    "late labels": r"labels?|outcomes?|ground truth|backtest|errors?|actuals?",
    "a threshold with a number": r"(?:more than|below|above|over|under|exceeds?|beyond|outside|[<>])\D{0,25}\d|"
    r"\d\s?%?\s?(?:points? |times )?(?:below|above|over|under|beyond|worse|higher|lower)\b",
    "an action": r"rollback|roll back|retrain\w*|wakes?|alert\w*|page|owner|stop\w*|refus\w*|quarantine",
}
#: What is to be said of how the data came about.
COLLECTION: Mapping[str, str] = {
    "how rows were kept or lost": r"archiv\w*|not kept|were lost|missing (?:rows|accounts)|collect\w*|"
    r"surviv\w*|under-?(?:collected|represented|sampled)|selection|old (?:\w+ )?system|export\w*|migrat\w*|"
    rf"{GONE}|censor\w*|truncat\w*",
    "a consequence with a number": r"\d",
    "what was done": r"left out|leave out|drop\w*|exclud\w*|reweigh\w*|weight\w*|kept|separate|not used|removed|"
    r"per group|each group|by group|audit\w*",
}
#: What the elements above are called in the lists of the other languages.
NAMES: Mapping[str, str] = {
    "a threshold with a number": "threshold",
    "an action": "action",
    "how rows were kept or lost": "kept",
    "what was done": "done",
}
#: How German is written where a keyboard has no umlauts.
SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
#: A shorter word without its accent is another word.
SHORTEST_SPELLED = 3


def spellings(word: str) -> set[str]:
    """A word as it is written with accents, without them, and with umlauts spelled in two letters."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return {word, word.translate(SPELLED), bare} if len(word) >= SHORTEST_SPELLED else {word}


def _read_languages() -> Mapping[str, Mapping[str, list[str]]]:
    lists = tomllib.loads(Path(__file__).with_name("languages.toml").read_text("utf-8"))
    return {
        name: {topic: sorted(set().union(*map(spellings, words))) for topic, words in topics.items()}
        for name, topics in lists.items()
    }


#: By language, the beginnings of words for each topic and element, and the small words the language is known by.
LANGUAGES = _read_languages()
#: So many small words of another language are none by chance.
LEAST_MARKS = 8


def language(prose: str) -> str:
    """The language of a text by its small words: a key of LANGUAGES, or "" for English and all others."""
    counts = Counter(WORD.findall(unicodedata.normalize("NFC", prose).lower()))
    found = {name: sum(counts[mark] for mark in lists["marks"]) for name, lists in LANGUAGES.items()}
    best = max(found, key=lambda name: found[name])
    english = sum(counts[mark] for mark in ("the", "of", "and", "is", "are", "to"))
    return best if found[best] >= LEAST_MARKS and found[best] > english else ""


def pattern(name: str, english: str, spoken: str) -> str:
    """The pattern of a topic or element: that of English, beside the words of the language that is spoken."""
    words = LANGUAGES.get(spoken, {}).get(NAMES.get(name, name), [])
    if not words:
        return english
    begins = "|".join(rf"{re.escape(word)}\w*" for word in words)
    return rf"{english}|\b(?:{begins})" + (r"\D{0,25}\d" if name == "a threshold with a number" else "")


@dataclass(frozen=True)
class Passage:
    title: str
    body: str


@dataclass(frozen=True)
class Writing:
    """README and notes of a submission: `prose` is all of it, `files` its text files by path; `vocabulary` matches
    names of what only these data have, those of each column are its `names`, and `subject` are beginnings of words that
    speak of the data; `language` is one of LANGUAGES or ""."""

    prose: str
    files: Mapping[str, str]
    passages: tuple[Passage, ...]
    vocabulary: re.Pattern[str]
    language: str = ""
    subject: frozenset[str] = frozenset()
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def about(self, topic: str) -> str:
        """Everything the text says on a topic that is tied to these data; empty where it says nothing."""
        named = self._named(topic)
        found = [
            part.body
            for part in self.passages
            if named.search((part.title or part.body).lower())
            and self._says_something(part.body, self._enough(topic, named, part))
        ]
        opens = pattern("opens", OPENS, self.language)
        if topic == "problem" and self.passages and re.search(opens, self.passages[0].body.lower()):
            found += [part.body for part in self.passages[:1] if self._says_something(part.body)]
        return "\n\n".join(dict.fromkeys(found))

    def _enough(self, topic: str, named: re.Pattern[str], part: Passage) -> frozenset[str]:
        """Names of which one ties a passage to these data: a column, of what is next, which is one thing at a time; and
        a group of which it is said that rows were lost."""
        if topic == "next steps" and named.search((part.title or part.body[:BEGINNING]).lower()):
            return frozenset(self.names)
        kept = "how rows were kept or lost"
        lost = pattern(kept, COLLECTION[kept], self.language)
        if topic == "collection" and re.search(lost, part.body.lower()):
            return frozenset().union(*self.names.values())
        return frozenset()

    def has_heading(self, topic: str) -> bool:
        """Whether a heading names a topic, whatever stands below it."""
        named = self._named(topic)
        return any(named.search(part.title.lower()) for part in self.passages)

    def _named(self, topic: str) -> re.Pattern[str]:
        spoken = self.language
        return re.compile(rf"\b(?:{pattern(topic, TOPICS[topic], spoken)})\b")

    def covered(self, topic: str, elements: Mapping[str, str]) -> tuple[str, ...]:
        """Which elements of a topic the text speaks of."""
        said = self.about(topic)
        patterns = {name: pattern(name, english, self.language) for name, english in elements.items()}
        return tuple(name for name, words in patterns.items() if re.search(words, said, re.IGNORECASE))

    def speaks_of(self, column: str) -> bool:
        """Whether the text names a column, or one of its categories."""
        return bool(_any_of(self.names[column]).search(self.prose.lower()))

    def place_of(self, fragment: str) -> Location | None:
        """The first line of a text file that holds a fragment."""
        for path, text in sorted(self.files.items()):
            start = text.find(fragment)
            if start >= 0:
                return Location(path, text.count("\n", 0, start) + 1)
        return None

    def _says_something(self, body: str, enough: frozenset[str] = frozenset()) -> bool:
        """Whether a passage has words of its own, and speaks of things of these data, or of one that is `enough`.
        A figure is one of them."""
        lower = body.lower()
        named = {match.group(1).replace("_", " ") for match in self.vocabulary.finditer(lower)}
        own = self.vocabulary.sub(" ", lower)
        ties = len(named) + len(communication.beginnings(own) & self.subject) + bool(FIGURE.search(body))
        tied = ties >= LEAST_TIES or bool(named & {name.lower().replace("_", " ") for name in enough})
        return len(WORD.findall(own)) >= LEAST_WORDS and tied and not only_lists(lower)


def only_lists(text: str) -> bool:
    """Whether a text of small letters is names of topics, one after the other: that says nothing of any of them."""
    joined = re.sub(r"(?<=[\w,])\n(?=[a-z])", " ", text)
    said = [len(WORD_OR_FIGURE.findall(clause)) for clause in CLAUSE.split(joined)]
    return sum(map(bool, said)) >= LISTED and max(said) < LEAST_OF_A_CLAUSE


def read(submission: Submission, challenge: Challenge, public: pd.DataFrame) -> Writing:
    prose = unicodedata.normalize("NFC", communication.prose(submission))
    files = {
        path: as_text(data[: communication.MOST_CHARACTERS])
        for path, data in submission.files.items()
        if path.lower().endswith(communication.ENDINGS)
    }
    names = {column.name: _names(column, public) for column in challenge.columns}
    known = vocabulary(challenge, names)
    return Writing(prose, files, passages(prose), known, language(prose), challenge.subject(), names)


def passages(text: str) -> tuple[Passage, ...]:
    """What stands under each heading, and every paragraph by itself; of the same under several headings the first."""
    seen: set[str] = set()
    under = []
    for title, body in islice(communication.sections(text), MOST_PASSAGES):
        under.append(Passage(title, "" if body.strip() in seen else body))
        seen.add(body.strip())
    paragraphs = [Passage("", part) for part in PARAGRAPH.split(text)[:MOST_PASSAGES]]
    return (*under, *paragraphs)


def vocabulary(challenge: Challenge, names: Mapping[str, frozenset[str]]) -> re.Pattern[str]:
    """What only these data have: names of columns, their categories, and the metric that was asked for."""
    words = {challenge.metric, challenge.metric.replace("_", " "), challenge.metric.rpartition("_")[2]}
    words |= {challenge.target.removesuffix("ed"), (challenge.group or challenge.target).removesuffix("_id")}
    return _any_of(words.union(*names.values()))


#: How people call those on one side of an edge.
BANDS = (
    *("over {:g}", "above {:g}", "older than {:g}", "under {:g}", "below {:g}", "younger than {:g}", "{:g} and over"),
    *(
        "{:g} and older",
        "{:g} or older",
        "{:g} and above",
        "{:g} ans",
        "über {:g}",
        "unter {:g}",
        "{:g} años",
        "{:g} anos",
    ),
)


def _names(column: Column, public: pd.DataFrame) -> frozenset[str]:
    """What a column is called, as it stands and in words of its own, and some of its categories."""
    words = {column.name, column.name.replace("_", " "), CAMEL.sub(" ", column.name)}
    words |= {band.format(edge) for edge in column.bands for band in BANDS}
    if column.type == "text" and column.name in public:
        values = public[column.name].dropna().astype(str).unique()[:20]
        words |= {value for value in values if len(value) >= SHORTEST_VALUE and value.replace("_", "").isalpha()}
    return frozenset(words)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Matches one of these in a text of small letters, the longest that fits, in the singular or the plural."""
    lower = sorted({word.lower() for word in words}, key=lambda word: (-len(word), word))
    longest = "|".join(map(re.escape, lower))
    return re.compile(rf"\b({longest})s?\b")

"""What the reasons of the criteria say is so, for each kind of sentence that was once untrue."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest

from graders.model.probe import Action, Exit, Run
from graders.probes.names import ProbeName
from graders.readable import CHECKS
from graders.rubric.code import READ
from graders.rubric.scoring_rules import CodeContext, Judged
from graders.source import archive, communication, dead, faults, naming, pins, shape, suite
from graders.source.code import Code
from graders.source.sources import Sources, packages
from testing.builders import a_notebook, a_submission

FLAT = "import pandas as pd\n\nLIMIT = 3\ndf = pd.read_csv('x.csv')\ndf.plot()\n"
GROUP = "import click\n\n\n@click.group()\ndef cli():\n    'Prices of houses, from the shell.'\n"
STUB = "@app.post('/predict')\ndef post_predict(rows):\n    return\n"
SUITE = "from work import half\n\n\ndef test_two():\n    assert half(2) == 1\n\n\ndef test_odd():\n    assert half(3)\n"


def read(text: str, **more: str) -> Sources:
    return Code(a_submission({"work.py": text, **more}), {}).sources


def judged(criterion: str, files: Mapping[str, str], functions: list[dict[str, object]] | None = None) -> Judged:
    """A criterion of files in which ruff finds nothing, and radon what is given."""
    said = {ProbeName.RUFF: {"violations": []}, ProbeName.RADON: {"functions": functions or []}}
    actions = {ProbeName.RUFF: Action.RUFF, ProbeName.RADON: Action.RADON}
    runs = {name: Run(name, actions[name], Exit.OK, output=json.dumps(found)) for name, found in said.items()}
    return READ[criterion](CodeContext(Code(a_submission(dict(files)), runs), {}, CHECKS))


def test_cells_of_a_notebook_are_not_said_to_run_on_import() -> None:
    """Grading takes the functions alone, so nothing of the rest is run."""
    code = Code(a_notebook({1: "def half(a):\n    return a / 2\n", 2: "rows = half(3)\nprint(rows)\n"}), {})
    why = READ["structure"](CodeContext(code, {}, CHECKS)).why
    assert "50% of the code lies in cells and in no function" in why


def test_what_exploration_prints_is_no_log() -> None:
    """Of a notebook the functions are graded; where it defines none of them, all of it is the work."""
    contract = "".join(f"def {name}(a):\n    print(a)\n" for name in ("train", "evaluate", "predict"))
    for cell, calls in ((contract, 3), ("def half(a):\n    print(a)\n", 3)):
        code = Code(a_notebook({1: cell, 2: "print(1)\n", 3: "for a in [1]:\n    print(a)\n"}), {})
        assert len(faults.prints(code.sources)) == calls


def test_headings_may_be_run_into_a_paragraph() -> None:
    """A bold word that is only stressed is none, and one under a heading takes nothing from it."""
    body = "We hold out the last months of some customers and fit on the first months of all the others.\n\n"
    for text, sections in (
        (f"**Method.** {body}**Limits**: none, {body}", 2),
        (f"**We** hold nothing back. {body}", 0),
        (f"## Method\n\n**Note:** {body}", 1),
    ):
        assert communication.sections_with_content(a_submission({"work.py": FLAT, "README.md": text})) == sections


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        ("structure", "50% of the code runs on import"),
        ("hygiene", "there is neither a readme nor notes"),
        ("structure", "no command, service or main guard starts it"),
        ("readability", "there is no public function or class that does something"),
        ("readability", "no function that does something has a parameter or a result"),
        ("tests", "there is no test"),
        ("environment", "no command that runs it is given"),
    ],
)
def test_what_is_not_there_is_called_so(criterion: str, said: str) -> None:
    """Imports and constants lie in no function, and of no function none is unexplained."""
    assert said in judged(criterion, {"work.py": FLAT}).why.lower()


def test_the_function_that_is_named_is_the_one_that_costs() -> None:
    """A function may have few paths and be hard to follow all the same."""
    text = "def plain(a):\n    b = a\n    return b\n\n\ndef nested(a):\n    b = a\n    return b\n"
    plain = {"path": "work.py", "name": "plain", "line": 1, "lines": 9, "complexity": 8, "cognitive": 3}
    nested = {"path": "work.py", "name": "nested", "line": 6, "lines": 9, "complexity": 7, "cognitive": 25}
    found = judged("complexity-duplication", {"work.py": text}, [plain, nested])
    assert "nested, has complexity 7 (cognitive 25)" in found.why
    assert found.parts[0].advice == "Split nested by responsibility."


def test_one_thing_is_spoken_of_in_the_singular() -> None:
    """Numbers agree with their words."""
    text = "def half(a):\n    try:\n        print(a)\n    except:\n        pass\n    raise ValueError('no half')\n"
    why = judged("error-handling", {"work.py": text}).why
    assert "1 handler swallows" in why
    assert "1 call of print" in why
    assert "1 check with" in why


#: What a reader would count, in one text.
COUNTS: list[tuple[str, Callable[[Sources], float], str, float]] = [
    ("arguments read by hand", lambda s: shape.entry(s)[0], "import sys\nprint(sys.argv[1])\n", 1.0),
    ("a task of luigi", lambda s: shape.entry(s)[0], "import luigi\n\n\nclass A(luigi.Task):\n    x = 1\n", 1.0),
    ("a page of streamlit", lambda s: shape.entry(s)[0], "import streamlit as st\nst.title('a')\n", 1.0),
    ("a module of one's own by the name", lambda s: shape.entry(s)[0], "from .click import a\na()\n", 0.0),
    (
        "a name that ends with its line",
        lambda s: len(naming.cryptic(s)),
        "a = [q for q in rows]\nkey = lambda z: z\n",
        1,
    ),
    (
        "a field that the data named",
        lambda s: len(naming.cryptic(s)),
        "class Row(Schema):\n    hr: int\n    yr: int\n",
        0,
    ),
    ("customs of the trade", lambda s: len(naming.cryptic(s)), "TP, FN = 1, 2\ncm = matrix()\nqz = 1\n", 1),
    (
        "nobody types what __init__ gives",
        lambda s: naming.annotated(s) or 0,
        INIT := "class A:\n    def __init__(self, a: int):\n        self.a = a\n",
        1.0,
    ),
    ("an assertion with a message", lambda s: len(faults.checks(s)), "assert rows, 'no rows'\nassert rows\n", 1),
    (
        "a field with limits",
        lambda s: len(faults.checks(s)),
        "class A(BaseModel):\n    a: int = Field(ge=0)\n    b: int = Field(0)\n",
        1,
    ),
    (
        "a rule for a field",
        lambda s: len(faults.checks(s)),
        "class A(BaseModel):\n    @field_validator('a')\n    def f(cls, a):\n        return a\n",
        1,
    ),
    ("a parser refuses", lambda s: len(faults.checks(s)), "parser.error('no such file')\nlog.error('none')\n", 1),
    (
        "a program ends with an error",
        lambda s: len(faults.checks(s)),
        "sys.exit('no file')\nsys.exit(1)\nsys.exit(0)\n",
        2,
    ),
    (
        "an error that says what is wrong",
        lambda s: len(faults.checks(s)),
        "raise ValueError('bad')\nraise NotImplementedError('todo')\nraise ValueError(f'{a} is bad')\n",
        1,
    ),
    ("a group of commands", dead.hollow_lines, GROUP, 0),
    ("a route that is to be written", dead.hollow_lines, STUB, 2),
]


@pytest.mark.parametrize(("count", "text", "expected"), [row[1:] for row in COUNTS], ids=[row[0] for row in COUNTS])
def test_counts_are_those_of_a_reader(count: Callable[[Sources], float], text: str, expected: float) -> None:
    """Each with its neighbour that does not count."""
    assert count(read(text)) == expected


@pytest.mark.parametrize(
    ("path", "text", "tests"),
    [
        ("churn_script_logging_and_tests.py", SUITE, 2),
        ("tests.py", SUITE, 2),
        ("ab_testing.py", "def split(rows):\n    return rows\n\n\ndef test_rate(rows):\n    return rows\n", 0),
        ("helpers.py", SUITE, 0),
    ],
)
def test_a_script_of_tests_holds_tests(path: str, text: str, tests: int) -> None:
    """By its name and by what it defines, though pytest would look for another name."""
    found = read("def half(a):\n    return a / 2\n", **{path: text})
    assert len(suite.effective(found)) == tests
    assert (path in {module.path for module in found.product}) is not bool(tests)


@pytest.mark.parametrize(("folder", "foreign"), [("{{ cookiecutter.repo }}", False), ("nicelib", True)])
def test_a_template_hands_on_its_licence(folder: str, foreign: bool) -> None:
    """It is the work of who made the template; another folder with a licence is somebody else's."""
    files = {f"{folder}/LICENSE": "MIT", f"{folder}/rates.py": "def rate(a):\n    return a\n", "main.py": "x = 1\n"}
    code = Code(a_submission(files), {})
    assert (f"{folder}/rates.py" in code.everything.borrowed) is foreign


@pytest.mark.parametrize(("readme", "advice"), [("", "Write a README."), ("# Work\n\nHalves.\n", "a section each.")])
def test_whoever_wrote_a_readme_is_not_told_to_write_one(readme: str, advice: str) -> None:
    files = {"work.py": FLAT, "Makefile": "test:\n\tpytest\n"} | ({"README.md": readme} if readme else {})
    assert judged("hygiene", files).next.endswith(advice)


@pytest.mark.parametrize(
    ("path", "stated"),
    [("requeriments.txt", True), ("requirments-dev.txt", True), ("experiments.txt", False), ("retained.txt", False)],
)
def test_requirements_are_known_however_they_are_spelled(path: str, stated: bool) -> None:
    """A slip in a name of a file is no lack of requirements."""
    assert (pins.requirements(a_submission({path: "numpy==1.26\n", "work.py": "x = 1\n"})) is not None) is stated


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("requirements.txt", "scikit-learn==1.9.0\n", True),
        ("requirements.txt", "six==1.16.0\n", False),
        ("uv.lock", '[[package]]\nname = "pandas"\n', True),
        ("uv.lock", "version = 1\n", False),
    ],
)
def test_requirements_name_what_the_code_imports(path: str, text: str, named: bool) -> None:
    """Pins of what nobody imports state nothing that the code needs."""
    code = "import json\nimport pandas as pd\nfrom sklearn.svm import SVC\nfrom work import own\n"
    handed_in = a_submission({path: text, "work.py": code})
    imported = packages(Code(handed_in, {}).sources)
    assert imported == {"pandas", "sklearn"}
    assert pins.names_any(handed_in, imported) is named


@pytest.mark.parametrize(
    ("path", "text", "runs"),
    [
        ("README.md", "```bash\npython train.py\n```", True),
        ("README.md", "1. `python3 -m churn.train --rows 10`", True),
        ("README.md", "$ uv run churn", True),
        ("README.md", "    docker compose up -d", True),
        ("README.md", "sh step.sh", True),
        ("README.md", """python -c "import rows, work; print(work.evaluate(rows.read('a.csv')))\"""", True),
        ("README.md", 'python -c "import work; print(work.__version__)"', False),
        ("README.md", "```python\nimport work\n```", False),
        ("README.md", "pip install -r requirements.txt", False),
        ("README.md", "python -m venv .venv\nuv sync\npytest", False),
        ("README.md", "python is a language, and make does much", False),
        ("run_docker_image_locally.sh", "docker run x", True),
        ("deploy/api.Dockerfile", "CMD uvicorn", True),
        ("Makefile", "all:\n\tpython work.py", True),
        ("Makefile", "all: ; python work.py", True),
        ("Makefile", "all:\n\t@echo python work.py", False),
        ("Makefile", "run: all\n\t. .venv/bin/activate && python work.py", True),
        ("Makefile", "all:\n\tpip install x\ntest:\n\t$(PY) -m pytest \\\n\t\t-q\nlint: ; ruff check .", False),
        ("Dockerfile", "FROM scratch", False),
        ("README.md", "python run_everything.py", False),
        (".pre-commit-config.yaml", "repos: []", False),
        (".github/workflows/tests.yml", "run: pytest", False),
        ("scripts/setup_env.sh", "pip install x", False),
        ("data_analysis/update_post.sh", "git push", False),
    ],
)
def test_a_command_is_one_that_runs_the_work(path: str, text: str, runs: bool) -> None:
    """To install, to test or to look at the style is not to run."""
    handed_in = a_submission({path: text, "src/work.py": "x = 1\n", "train.py": "", "step.sh": ""})
    assert bool(archive.recipes(handed_in) or communication.has_command(handed_in)) is runs


def test_a_workflow_may_run_a_script_of_tests() -> None:
    """A test need not be run by pytest; a workflow that only deploys runs none."""
    workflow = ".github/workflows/main.yml"
    assert archive.checked(a_submission({workflow: "run: python scripts/test_client.py"})) == [workflow]
    assert archive.checked(a_submission({workflow: "run: python scripts/deploy.py"})) == []

"""What intake accepts, and the submission that comes out."""

from __future__ import annotations

import io
import json
import stat
import symtable
import tarfile
import zipfile
from pathlib import Path

import pytest

from app.intake import from_path
from graders.model.submission import Form, Location
from tests.app.intake.make import PACKAGES, PIPELINE, accepted, notebook, tarred, with_large_end, zip_member, zipped


def from_windows(name: str) -> bytes:
    """As Compress-Archive of PowerShell makes it."""
    info = zipfile.ZipInfo(name)
    info.create_system = 0
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, PIPELINE)
    return buffer.getvalue()


HELPED = "from helper import x\n" + PIPELINE
FORMS = [
    ("zip", zipped({"pipeline.py": PIPELINE}), "w.zip"),
    ("stored zip", zipped({"pipeline.py": PIPELINE}, zipfile.ZIP_STORED), "w.zip"),
    ("zip with a top-level folder", zipped({"work/pipeline.py": PIPELINE}), "w.zip"),
    ("zip with dotted names", zipped({"./pipeline.py": PIPELINE}), "w.zip"),
    ("zip behind other bytes", b"#!/bin/sh" + zipped({"pipeline.py": PIPELINE}), "w.zip"),
    ("tgz", tarred([("pipeline.py", PIPELINE)]), "w.tgz"),
    ("tar.gz made of the current folder", tarred([("./pipeline.py", PIPELINE)]), "w.tar.gz"),
    ("tar.gz with a top-level folder", tarred([("a b/pipeline.py", PIPELINE)]), "w.tar.gz"),
    ("GNU tar", tarred([("pipeline.py", PIPELINE)], tarfile.GNU_FORMAT), "w.tar.gz"),
    ("old tar", tarred([("pipeline.py", PIPELINE)], tarfile.USTAR_FORMAT), "w.tar.gz"),
    ("zip under another name", zipped({"pipeline.py": PIPELINE}), "w.tar.gz"),
    ("zip of PowerShell", from_windows("pipeline.py"), "w.zip"),
    ("zip of PowerShell with a folder", from_windows("my work\\pipeline.py"), "w.zip"),
    ("zip with the end of large ones", with_large_end(zipped({"pipeline.py": PIPELINE})), "w.zip"),
    ("upper-case name", zipped({"pipeline.py": PIPELINE}), "WORK.ZIP"),
    ("zip with junk", zipped({"work/pipeline.py": PIPELINE, "__MACOSX/._x": "", "Icon\r": ""}), "w.zip"),
]


@pytest.mark.parametrize(("data", "name"), [f[1:] for f in FORMS], ids=[f[0] for f in FORMS])
def test_every_way_to_pack_gives_the_same_submission(data: bytes, name: str) -> None:
    """The same work packed in another way has the same files, identity and form."""
    submission = accepted(data, name)
    reference = accepted(zipped({"pipeline.py": PIPELINE}))
    assert submission.files == {"pipeline.py": PIPELINE.encode()}
    assert (submission.id, submission.sha256) == (reference.id, reference.sha256)
    assert (submission.form, submission.entry) == (Form.PACKAGE, "pipeline.py")


def test_a_script_and_a_folder(tmp_path: Path) -> None:
    """A script is its own root under any name; a folder reads as its archive would."""
    script = accepted(PIPELINE.encode(), "my model.py")
    assert (script.form, script.entry, list(script.runnable)) == (Form.SCRIPT, "pipeline.py", ["pipeline.py"])
    for name in ("pipeline.py", "pkg/__init__.py", "pkg/sub/deep.py", ".git/HEAD", "myenv/pyvenv.cfg", "myenv/x.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(PIPELINE if name == "pipeline.py" else "")
    (tmp_path / "myenv" / "python").symlink_to("/usr/bin/python3")
    folder = from_path(tmp_path, PACKAGES)
    assert sorted(folder.files) == ["pipeline.py", "pkg/__init__.py", "pkg/sub/deep.py"]
    assert sorted(s.where.path for s in folder.set_aside) == [".git", "myenv"]


JUNK = [
    ("__pycache__/a.pyc", "__pycache__"),
    ("src/.ipynb_checkpoints/a.ipynb", "src/.ipynb_checkpoints"),
    (".git/objects/ab/cd", ".git"),
    (".venv/bin/python", ".venv"),
    ("env/bin/python", "env"),
    ("mine/pyvenv.cfg", "mine"),
    ("x/lib/python3.11/site-packages/numpy/a.py", "x/lib/python3.11/site-packages"),
    (".DS_Store", ".DS_Store"),
    ("._pipeline.py", "._pipeline.py"),
    ("src/a.pyc", "src/a.pyc"),
]


@pytest.mark.parametrize(("name", "aside"), JUNK)
def test_junk_is_set_aside_and_named(name: str, aside: str) -> None:
    """Caches and environments are not judged and not run, and the report says so."""
    submission = accepted(zipped({"pipeline.py": PIPELINE, name: "x"}))
    assert list(submission.files) == ["pipeline.py"]
    assert [thing.where for thing in submission.set_aside] == [Location(aside)]


def test_junk_counts_towards_no_limit_and_no_rule() -> None:
    """A .git of thousands of files, deep names and links does not stand in the way."""
    link = zip_member(".venv/bin/python", stat.S_IFLNK | 0o777)
    files = {f".git/{i}": "" for i in range(2000)} | {".venv/" + "a/" * 40 + "b\\c": ""}
    data = zipped({"pipeline.py": PIPELINE, **files})
    assert list(accepted(data).files) == ["pipeline.py"]
    assert list(accepted(zipped({"pipeline.py": PIPELINE, link.filename: ""})).files) == ["pipeline.py"]


@pytest.mark.parametrize("name", ["env/__init__.py", "environment.py", "git/x.py", "vendor/DS_Store", "a.b/c.py"])
def test_what_only_resembles_junk_is_kept(name: str) -> None:
    """A package called env is the candidate's work."""
    assert name in accepted(zipped({"pipeline.py": PIPELINE, name: ""})).files


def test_a_virtual_environment_in_a_tar_is_set_aside_with_its_links() -> None:
    """Links matter only where they are part of the work."""
    link = tarfile.TarInfo(".venv/bin/python")
    link.type, link.linkname = tarfile.SYMTYPE, "/usr/bin/python3"
    assert list(accepted(tarred([link, ("pipeline.py", PIPELINE)]), "w.tgz").files) == ["pipeline.py"]


SOUND = [
    ("own module", HELPED, {"helper.py": "x = 1"}),
    ("own package", "from pkg.sub import x\n" + PIPELINE, {"pkg/sub.py": "x = 1"}),
    ("own package under src", "import churn.a\n" + PIPELINE,
     {"src/churn/a.py": "from churn.b import x", "src/churn/b.py": ""}),
    ("own module of a project that can be installed", HELPED, {"lib/helper.py": "x = 1", "pyproject.toml": ""}),
    ("own module on a search path", "import sys\nsys.path.append('src')\n" + HELPED, {"src/helper.py": "x = 1"}),
    ("own module on a path that a module sets", "import paths\n" + HELPED,
     {"paths.py": "from sys import path\npath.append('src')", "src/helper.py": "x = 1"}),
    ("own module by importlib", "from importlib import import_module\n" + HELPED, {"src/helper.py": "x = 1"}),
    ("a module of the same name that nothing imports", HELPED,
     {"helper.py": "x = 1", "tests/helper.py": "import other", "tests/other.py": ""}),
    ("own module of a folder without __init__", "import pkg.deep.er\n" + PIPELINE, {"pkg/deep/er.py": "x = 1"}),
    ("relative import inside a package", "import pkg\n" + PIPELINE,
     {"pkg/__init__.py": "from .a import x", "pkg/a.py": "x=1"}),
    ("offered package", "import sklearn.linear_model, lightgbm as lgb\n" + PIPELINE, {}),
    ("standard library", "import tomllib, os.path\n" + PIPELINE, {}),
    ("guarded import", "try:\n    import torch\nexcept ImportError:\n    torch = None\n" + PIPELINE, {}),
    ("guarded by a tuple", "try:\n    import torch\nexcept (OSError, ModuleNotFoundError):\n    pass\n" + PIPELINE, {}),
    ("guarded by any", "try:\n    import torch\nexcept:\n    pass\n" + PIPELINE, {}),
    ("suppressed", "import contextlib\nwith contextlib.suppress(ImportError):\n    import torch\n" + PIPELINE, {}),
    ("for type checkers", "import typing\nif typing.TYPE_CHECKING:\n    import torch\n" + PIPELINE, {}),
    ("in the main guard", PIPELINE + "if __name__ == '__main__':\n    import matplotlib\n", {}),
    ("in a function nothing calls", PIPELINE + "def plot():\n    import matplotlib\n", {}),
    ("in a test", PIPELINE, {"tests/test_x.py": "import hypothesis"}),
    ("in a file nothing imports", PIPELINE, {"explore.py": "import seaborn"}),
    ("broken file nothing imports", PIPELINE, {"old.py": "print 'x'"}),
    ("imported functions", "from model import train, evaluate, predict", {"model.py": PIPELINE}),
    ("imported under another name", "from model import t as train, e as evaluate, p as predict",
     {"model.py": "t = e = p = print"}),
    ("star import", "from model import *", {"model.py": PIPELINE}),
    ("assigned", "m = object()\ntrain = evaluate = predict = print", {}),
    ("unpacked", "train, evaluate, predict = print, print, print", {}),
    ("bound in a condition", "if True:\n" + PIPELINE.replace("def ", " def ").replace("\n    ", "\n      "), {}),
    ("set dynamically", "globals().update(train=1, evaluate=1, predict=1)", {}),
    ("more parameters with defaults", PIPELINE + "def train(data, model_dir, depth=3, *, lr=.1): pass", {}),
    ("variable parameters", PIPELINE + "def predict(*args, **kw): pass\ndef evaluate(*a): pass", {}),
    ("positional-only", PIPELINE + "def predict(a, b, /): pass", {}),
    ("other names", PIPELINE + "def predict(rows, folder): pass", {}),
    ("decorated", PIPELINE + "import functools\n@functools.cache\ndef train(cfg, data, model_dir): pass", {}),
    ("wrong one replaced by a right one", "def train(): pass\n" + PIPELINE, {}),
    ("byte order mark", "\ufeff" + PIPELINE, {}),
    ("windows line ends", PIPELINE.replace("\n", "\r\n"), {}),
]  # fmt: skip


@pytest.mark.parametrize(("source", "others"), [s[1:] for s in SOUND], ids=[s[0] for s in SOUND])
def test_what_would_run_is_accepted(source: str, others: dict[str, str]) -> None:
    """A false refusal harms a person: what may work is left to the run."""
    files = {"pipeline.py": source.encode()} | {name: text.encode() for name, text in others.items()}
    submission = accepted(zipped(files))
    assert submission.runnable == submission.files == files


def test_another_encoding_is_read_as_python_reads_it() -> None:
    """A coding cookie counts."""
    source = "# -*- coding: latin-1 -*-\nx = 'ä'\n".encode("latin-1") + PIPELINE.encode()
    assert accepted(source, "work.py").files == {"pipeline.py": source}


MAGICS = [
    ("line magic", "%matplotlib inline\nK = 1", [1]),
    ("indented magic", "if 1:\n    !pip install x\nK = 1", [2]),
    ("shell line", "!pip install x \\\n  y\nK = 1", [1, 2]),
    ("assigned shell line", "files = !ls\nK = 1", [1]),
    ("assigned magic", "t = %timeit -o f()\nK = 1", [1]),
    ("help", "pd.read_csv?\n?len\nK = 1", [1, 2]),
    ("bare command", "ls data/\nK = 1", [1]),
    ("timed line", "%time K = 1", [1]),
    ("timed cell", "%%time\nK = 1", [1]),
    ("captured cell", "%%capture out --no-stderr\nK = 1", [1]),
    ("modulo in brackets", "%matplotlib inline\nK = (5\n%\n4)", [1]),
    ("modulo before a name", "%matplotlib inline\nm = 4\nK = (5\n%m)", [1]),
    ("comments", "%matplotlib inline\n# copy of it\n# !ls\n# %run x \\\nK = 1  # what?", [1]),
    ("comment in a block", "!ls\nif 1:\n    K = 1\n# %time x\nelse:\n    K = 2", [1]),
    ("question in a comment", "%time\ntry:\n    K = 1\n    # Missing?\nexcept OSError:\n    K = 2", [1]),
    ("names of commands", "%time\nls = [1]\ncat = []\ncat += ls\nK = cat[0]", [1]),
    ("a command's name in a text", '%time\ns = """\nls data\n"""\nK = 1', [1]),
    ("bracket in a text", '"""see\nthe (README"""\n%matplotlib inline\nK = 1', [3]),
    ("comment under a decorator", "%time\nimport functools\n@functools.cache\n# %x\ndef k(): return 1\nK = k()", [1]),
    ("indented cell", "    !ls\n    K = 1", [1]),
    ("pasted prompts", ">>> K = 1\n>>> !ls", [2]),
    ("two cell magics", "%%time\n%%capture out\nK = 1", [1, 2]),
    ("magic in a timed cell", "%%time\n!ls\nK = 1", [1, 2]),
    ("timed run of its own", "K = 1\n%timeit K = 2", [2]),
    ("empty lines before a cell magic", "\n\n%%time\nK = 1", [3]),
    ("semicolon", "%matplotlib inline;\nK = 1", [1]),
    ("options of a shell line", "!pip install -q 'a>=1' > /dev/null 2>&1\nK = 1", [1]),
    ("variable of the shell", "%env A=1\nK = 1", [1]),
    ("magic in a function", "def f():\n    %time x = 1\n    return x\nK = f()", [2]),
    ("where the notebook runs", "K = 1 if 'google.colab' not in str('x') else 2\n%cd ..", [2]),
    ("inside a text", '%matplotlib inline\ns = """\n!ls\n"""\nK = 1', [1]),
]


@pytest.mark.parametrize(("cell", "lines"), [m[1:] for m in MAGICS], ids=[m[0] for m in MAGICS])
def test_magics_are_set_aside_with_their_lines(cell: str, lines: list[int]) -> None:
    """Magics and shell lines leave the Python around them as it is."""
    submission = accepted(notebook(cell, PIPELINE + "def train(d, m): return K"), "nb.ipynb")
    space: dict[str, object] = {}
    exec(submission.runnable["pipeline.py"], space)  # noqa: S102 - the cells above
    assert space["K"] == 1
    assert [thing.where for thing in submission.set_aside] == [Location("nb.ipynb", n, 1) for n in lines]


@pytest.mark.parametrize(
    "magic", ["%%bash", "%%writefile x.py", "%%html", "%%javascript", "%%sql a b", "%%R -i df", "%%file x.py", "%%perl"]
)
def test_cells_of_another_language_are_set_aside_whole(magic: str) -> None:
    """What follows such a magic is no Python of the notebook."""
    submission = accepted(notebook(f"{magic}\nimport torch\ndef train(", PIPELINE), "nb.ipynb")
    assert [thing.where for thing in submission.set_aside] == [Location("nb.ipynb", 1, 1)]


def heavy(megabytes: int) -> bytes:
    """A sound notebook with so much of outputs."""
    book = json.loads(notebook("import math", PIPELINE))
    book["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * (megabytes << 20)}]
    return json.dumps(book).encode()


@pytest.mark.parametrize("form", ["notebook", "archive", "folder"])
def test_outputs_do_not_count_against_the_size(form: str, tmp_path: Path) -> None:
    """They are left behind, and whoever handed them in is told."""
    if form == "notebook":
        submission = accepted(heavy(12), "pipeline.ipynb")
    elif form == "archive":
        submission = accepted(zipped({"pipeline.ipynb": heavy(22), "explore.ipynb": heavy(22)}))
    else:
        (tmp_path / "pipeline.ipynb").write_bytes(heavy(22))
        submission = from_path(tmp_path, PACKAGES)
    assert "clear them" in submission.set_aside[0].what
    assert submission.set_aside[0].where == Location("pipeline.ipynb")
    assert sum(map(len, submission.files.values())) < 10_000
    assert b"def train" in submission.runnable["pipeline.py"]


def test_the_outputs_of_a_usual_notebook_stay() -> None:
    """Its file is what was handed in."""
    assert accepted(notebook(PIPELINE), "a.ipynb").files == {"a.ipynb": notebook(PIPELINE)}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_notebook_with_a_mark_before_it_is_read(encoding: str) -> None:
    assert accepted(notebook(PIPELINE).decode().encode(encoding), "a.ipynb").form is Form.NOTEBOOK


def test_a_timed_cell_binds_nothing() -> None:
    """`%%timeit` runs its body in a function of its own."""
    program = accepted(notebook("K = 1", "%%timeit\nK = 2", PIPELINE + "def train(d, m): return K"), "nb.ipynb")
    assert b"K = 2" not in program.runnable["pipeline.py"]


EXPLORED = [
    "display(1); print(Out[1], _, _12)",
    "%%capture out\nprint(1)\n",
    "out.show()",
    "files = !ls\nprint(files[0])",
    "size = %timeit -o print(1)\nprint(size)",
    "%%bash --out text\nls",
    "print(text)",
    "spark.table('t')\ndbutils.fs.ls('/')",
    "%run ./setup.py\nplot_rates(1)",
    "%%bigquery rates\nselect 1",
    "rates.head()",
    "%sql counts << select 1",
    "counts.head()",
]


def test_names_that_jupyter_gives_are_known_where_a_notebook_explores() -> None:
    """What is read of a notebook binds every name that it uses, each at its own cell and line."""
    (whole,) = accepted(notebook(*EXPLORED, PIPELINE), "nb.ipynb").notebooks
    table = symtable.symtable(whole.text.decode(), "nb", "exec")
    unbound = {s.get_name() for s in table.get_symbols() if s.is_referenced() and not s.is_assigned()}
    assert unbound == {"print"}
    lines = whole.text.decode().splitlines()
    assert [whole.locate(n) for n, line in enumerate(lines, 1) if "plot_rates(1)" in line] == [
        Location("nb.ipynb", 2, 9)
    ]


def test_a_guarded_name_of_jupyter_is_no_reason_to_refuse() -> None:
    """What may never run is left to the run."""
    guarded = "def train(d, m):\n    try:\n        display(d)\n    except NameError:\n        pass"
    accepted(notebook(PIPELINE, guarded), "nb.ipynb")


def test_a_broken_cell_that_nothing_needs_is_set_aside() -> None:
    """A scratch cell left unfinished is no reason to refuse."""
    submission = accepted(notebook("for x in", PIPELINE), "nb.ipynb")
    assert [thing.where.cell for thing in submission.set_aside] == [1]


@pytest.mark.parametrize("fmt", [3, 4])
def test_lines_of_the_program_lead_back_to_their_cells(fmt: int) -> None:
    """Every line of the cut program is the line of the cell that it is said to be."""
    cells = ("#md title", "import math\n\nx = 1", "# note\n" + PIPELINE + "\ndef train(d, m):\n    return math.pi")
    submission = accepted(notebook(*cells, fmt=fmt), "work.ipynb")
    program = submission.runnable["pipeline.py"].decode().splitlines()
    assert len(program) == len(submission.lines)
    for n, line in enumerate(program, 1):
        where = submission.locate("pipeline.py", n)
        assert where.cell is not None
        assert submission.quote(where, 0) == ((where.line, line),)
    assert dict(submission.cells) == {2: cells[1], 3: cells[2]}
    assert (submission.form, submission.entry) == (Form.NOTEBOOK, "work.ipynb")


def test_a_notebook_in_a_package_imports_its_helpers() -> None:
    """The cut program stands in the place of the notebook, the helpers beside it."""
    book = notebook("from helper import x\nimport seaborn", PIPELINE, "def train(d, m): return x")
    submission = accepted(zipped({"pipeline.ipynb": book, "helper.py": "x = 1"}))
    assert set(submission.runnable) == {"pipeline.py", "helper.py"}
    assert set(submission.files) == {"pipeline.ipynb", "helper.py"}
    assert b"seaborn" not in submission.runnable["pipeline.py"]


FILES_AT_IMPORT = [
    ("own file", "import json\nC = json.load(open('conf/c.json'))"),
    ("own file through a function", "def load(p): return open(p).read()\nC = load('c.json')"),
    ("only where there is one", "import os\nC = 0\nif os.path.exists('x'):\n    C = open('x').read()"),
    ("caught", "try:\n    C = open('x').read()\nexcept OSError:\n    C = 0"),
    ("written", "C = open('log.txt', 'w')"),
    ("text of its own", "import io, pandas as pd\nC = pd.read_csv(io.StringIO('a'))"),
    ("function handed on", "def load(): return open('x').read()\nC = [load]"),
]


@pytest.mark.parametrize("cell", [f[1] for f in FILES_AT_IMPORT], ids=[f[0] for f in FILES_AT_IMPORT])
def test_reading_what_is_there_at_import_is_no_reason_to_refuse(cell: str) -> None:
    """Only data that is surely missing at import is refused."""
    book = notebook(cell, PIPELINE, "def train(d, m): return C")
    submission = accepted(zipped({"pipeline.ipynb": book, "conf/c.json": "{}"}))
    assert cell.splitlines()[-1].encode() in submission.runnable["pipeline.py"]

"""Every refusal: what was handed in, and the code and place that come back."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import app.intake
from app.adapters import packages
from app.intake import Rejected, from_path
from app.intake.problems import HINTS, placed
from app.submissions import git
from app.words import reading_in
from graders.model.submission import Location
from tests.app.intake.make import PACKAGES, PIPELINE, notebook, refusal, tarred, with_large_end, zip_member, zipped

MB = 2**20


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def with_flag(data: bytes, flag: int) -> bytes:
    """The zip with a flag bit set in its local and central headers."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[data.index(signature) + offset] |= flag
    return bytes(changed)


def with_mode(name: str, mode: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("pipeline.py", PIPELINE)
        archive.writestr(zip_member(name, mode), "target")
    return buffer.getvalue()


def lying_about_size(data: bytes) -> bytes:
    """The zip with its first member's size halved, in the central directory as in the local header."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        struct.pack_into("<I", changed, at, struct.unpack_from("<I", data, at)[0] // 2)
    return bytes(changed)


def overlapping() -> bytes:
    """Two central entries that point at the same local member."""
    data = zipped({"a.py": "x = 1\n" * 50})
    central = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[central:end]
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, 2 * len(entry), central, 0)
    return data[:central] + entry + entry + tail


def claiming(count: int) -> bytes:
    return struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, 0, 0, 0)


def duplicate() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("pipeline.py", PIPELINE)
        archive.writestr("pipeline_py", "x = 1")
    return buffer.getvalue().replace(b"pipeline_py", b"pipeline.py")


def nul_name() -> bytes:
    return zipped({"a_b.py": "", "pipeline.py": PIPELINE}).replace(b"a_b.py", b"a\0b.py")


def also(name: str, content: str = "") -> bytes:
    return zipped({"pipeline.py": PIPELINE, name: content})


def from_windows(*names: str) -> bytes:
    """As Compress-Archive of PowerShell makes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("pipeline.py", *names):
            info = zipfile.ZipInfo(name)
            info.create_system = 0
            archive.writestr(info, PIPELINE)
    return buffer.getvalue()


def sparse() -> bytes:
    info = tarfile.TarInfo("big.py")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    return tarred([info])


TAR, ZIP, PY, NB = "work.tar.gz", "work.zip", "work.py", "work.ipynb"
LINK = stat.S_IFLNK | 0o777
#: What is large is made when it is handed in: each process that shares the tests collects them all.
ARCHIVES: list[tuple[str, bytes | Callable[[], bytes], str, str]] = [
    ("nothing", b"", ZIP, "UPLOAD_EMPTY"),
    ("too big an upload", lambda: b"PK" + bytes(10 * MB), ZIP, "UPLOAD_TOO_BIG"),
    ("unknown kind", b"Rar!\x1a\x07", "work.rar", "FORMAT_UNKNOWN"),
    ("plain tar", gzip.decompress(tarred([("pipeline.py", PIPELINE)])), "work.tar", "FORMAT_UNKNOWN"),
    ("garbage called zip", b"no zip at all", ZIP, "ARCHIVE_BROKEN"),
    ("garbage after PK", b"PK\x03\x04" + bytes(100), ZIP, "ARCHIVE_BROKEN"),
    ("cut off zip", zipped({"pipeline.py": PIPELINE})[:-30], ZIP, "ARCHIVE_BROKEN"),
    ("garbage called tgz", b"no gzip", "work.tgz", "ARCHIVE_BROKEN"),
    ("cut off gzip", tarred([("pipeline.py", PIPELINE)])[:-20], TAR, "ARCHIVE_BROKEN"),
    ("gzip of no tar", gzip.compress(b"a" * 2000), TAR, "ARCHIVE_BROKEN"),
    ("cut off tar", gzip.compress(gzip.decompress(tarred([("pipeline.py", PIPELINE)]))[:600]), TAR, "ARCHIVE_BROKEN"),
    ("damaged member", lying_about_size(zipped({"pipeline.py": PIPELINE})), ZIP, "ARCHIVE_BROKEN"),
    ("overlapping members", overlapping(), ZIP, "ARCHIVE_BROKEN"),
    ("empty zip", zipped({}), ZIP, "ARCHIVE_EMPTY"),
    ("zip of junk", zipped({".git/HEAD": "x", "__pycache__/a.pyc": "x"}), ZIP, "ARCHIVE_EMPTY"),
    ("empty tar", tarred([]), TAR, "ARCHIVE_EMPTY"),
    ("encrypted", with_flag(zipped({"pipeline.py": PIPELINE}), 1), ZIP, "ARCHIVE_ENCRYPTED"),
    ("bzip2 in zip", zipped({"pipeline.py": PIPELINE}, zipfile.ZIP_BZIP2), ZIP, "ARCHIVE_COMPRESSION"),
    ("lzma in zip", zipped({"pipeline.py": PIPELINE}, zipfile.ZIP_LZMA), ZIP, "ARCHIVE_COMPRESSION"),
    ("a notebook that is large without outputs", lambda: notebook("'" + "x" * 11 * MB + "'"), NB, "NOTEBOOK_TOO_BIG"),
    ("no notebook of that name", lambda: zipped({"pipeline.py": PIPELINE, "a.ipynb": bytes(30 * MB)}), ZIP,
     "NOTEBOOK_TOO_BIG"),
    ("zip bomb", lambda: zipped({"pipeline.py": PIPELINE, "zeros": bytes(30 * MB)}), ZIP, "ARCHIVE_TOO_BIG"),
    ("zip bomb in parts", lambda: zipped({f"z{i}": bytes(5 * MB) for i in range(5)}), ZIP, "ARCHIVE_TOO_BIG"),
    ("tar bomb", lambda: tarred([("zeros", "0" * (21 * MB))]), TAR, "ARCHIVE_TOO_BIG"),
    ("gzip bomb", lambda: tarred([(f".git/{i}", "0" * (30 * MB)) for i in range(7)]), TAR, "ARCHIVE_TOO_BIG"),
    ("too many files", lambda: zipped({f"f{i}": "" for i in range(501)}), ZIP, "ARCHIVE_TOO_MANY"),
    ("too many files in a tar", lambda: tarred([(f"f{i}", "") for i in range(501)]), TAR, "ARCHIVE_TOO_MANY"),
    ("claims 65535 entries", b"PK" + claiming(65_535), ZIP, "ARCHIVE_TOO_MANY"),
    ("claims 70000 as large ones do", lambda: with_large_end(zipped({"pipeline.py": PIPELINE}), 70_000), ZIP,
     "ARCHIVE_TOO_MANY"),
    ("too many entries of junk", lambda: tarred([(f".git/{i}", "") for i in range(20_001)]), TAR, "ARCHIVE_TOO_MANY"),
    ("backslashes that step out", from_windows("..\\evil.py"), ZIP, "NAME_UNSAFE"),
    ("backslash and slash are one", from_windows("a\\b.py", "a/b.py"), ZIP, "NAME_DUPLICATE"),
    ("package of the pipeline's name", also("pipeline/__init__.py"), ZIP, "PIPELINE_HIDDEN"),
    ("compiled module of the pipeline's name", also("pipeline.cpython-311.so"), ZIP, "PIPELINE_HIDDEN"),
    ("step out", also("../evil.py"), ZIP, "NAME_UNSAFE"),
    ("step out inside", also("a/../../evil.py"), ZIP, "NAME_UNSAFE"),
    ("absolute", also("/etc/passwd"), ZIP, "NAME_UNSAFE"),
    ("absolute in tar", tarred([("/etc/passwd", "")]), TAR, "NAME_UNSAFE"),
    ("drive", also("C:evil.py"), ZIP, "NAME_UNSAFE"),
    ("backslash", also("a\\b.py"), ZIP, "NAME_UNSAFE"),
    ("empty part", also("a//b.py"), ZIP, "NAME_UNSAFE"),
    ("nul", nul_name(), ZIP, "NAME_UNSAFE"),
    ("control character", also("a\x1b[2Jb.py"), ZIP, "NAME_UNSAFE"),
    ("bidi override", also("a\u202eyp.b"), ZIP, "NAME_UNSAFE"),
    ("zero width", also("pipe\u200bline.py"), ZIP, "NAME_UNSAFE"),
    ("not utf-8 in tar", tarred([("a\udcff.py", "")], tarfile.GNU_FORMAT), TAR, "NAME_UNSAFE"),
    ("folder steps out", also("../", ""), ZIP, "NAME_UNSAFE"),
    ("long name", also("a" * 300), ZIP, "NAME_TOO_LONG"),
    ("long path in pax header", tarred([("/".join(["b" * 90] * 7), "")]), TAR, "NAME_TOO_LONG"),
    ("long path in GNU header", tarred([("/".join(["b" * 90] * 7), "")], tarfile.GNU_FORMAT), TAR, "NAME_TOO_LONG"),
    ("huge extended header", lambda: tarred([("b" * (2 * MB), "")]), TAR, "NAME_TOO_LONG"),
    ("deep", also("a/" * 30 + "b.py"), ZIP, "NAME_TOO_LONG"),
    ("same name twice", duplicate(), ZIP, "NAME_DUPLICATE"),
    ("same name twice in tar", tarred([("a", ""), ("a", "")]), TAR, "NAME_DUPLICATE"),
    ("case", also("Pipeline.PY"), ZIP, "NAME_COLLISION"),
    ("unicode form", zipped({"e\u0301.py": "", "\u00e9.py": ""}), ZIP, "NAME_COLLISION"),
    ("compatibility form", also("ｐipeline.py"), ZIP, "NAME_COLLISION"),
    ("file and folder", zipped({"a": "", "a/b": ""}), ZIP, "NAME_COLLISION"),
    ("symlink in zip", with_mode("link.py", LINK), ZIP, "FILE_SPECIAL"),
    ("fifo in zip", with_mode("pipe", stat.S_IFIFO | 0o644), ZIP, "FILE_SPECIAL"),
    ("symlink in tar", tarred([special("a", tarfile.SYMTYPE, "/etc/passwd")]), TAR, "FILE_SPECIAL"),
    ("hardlink in tar", tarred([("b", ""), special("a", tarfile.LNKTYPE, "b")]), TAR, "FILE_SPECIAL"),
    ("device in tar", tarred([special("a", tarfile.CHRTYPE)]), TAR, "FILE_SPECIAL"),
    ("fifo in tar", tarred([special("a", tarfile.FIFOTYPE)]), TAR, "FILE_SPECIAL"),
    ("sparse in tar", tarred([special("a", tarfile.GNUTYPE_SPARSE)]), TAR, "FILE_SPECIAL"),
    ("sparse by pax header", sparse(), TAR, "FILE_SPECIAL"),
    ("no pipeline", zipped({"model.py": PIPELINE}), ZIP, "NO_PIPELINE"),
    ("pipeline too deep", zipped({"a/b/pipeline.py": PIPELINE}), ZIP, "NO_PIPELINE"),
    ("two top-level folders", zipped({"a/pipeline.py": PIPELINE, "b/x.py": ""}), ZIP, "NO_PIPELINE"),
    ("notebook is no json", b"import pandas", NB, "NOTEBOOK_BROKEN"),
    ("notebook is a list", b"[]", NB, "NOTEBOOK_BROKEN"),
    ("notebook nests without end", b"[" * 200_000, NB, "NOTEBOOK_BROKEN"),
    ("notebook without cells", b'{"nbformat": 4, "nbformat_minor": 5}', NB, "NOTEBOOK_BROKEN"),
    ("notebook with a number for source", notebook("x").replace(b'"x"', b"7"), NB, "NOTEBOOK_BROKEN"),
    ("notebook of the future", notebook("x").replace(b'"nbformat": 4', b'"nbformat": 99'), NB, "NOTEBOOK_BROKEN"),
    ("notebook in R", notebook("x", language="R"), NB, "NOTEBOOK_LANGUAGE"),
    ("notebook with an unsafe name", notebook(PIPELINE), "../work.ipynb", "NAME_UNSAFE"),
    ("too much code", b"x = 1\n" * 200_000, PY, "CODE_TOO_BIG"),
    ("too deep", b"-" * 100_000 + b"1", PY, "CODE_TOO_COMPLEX"),
    ("too long a chain", b"x" + b".a" * 100_000, PY, "CODE_TOO_COMPLEX"),
    ("too many statements", notebook("a = 1\n" * 4000, PIPELINE), NB, "CODE_TOO_COMPLEX"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "name", "code"), [c[1:] for c in ARCHIVES], ids=[c[0] for c in ARCHIVES])
def test_bad_containers_are_refused_by_code(data: bytes | Callable[[], bytes], name: str, code: str) -> None:
    """Whatever is wrong with a container has one stable code, a sentence and a hint."""
    problem = refusal(data if isinstance(data, bytes) else data(), name).problem
    assert problem.code == code
    assert problem.message.isprintable()
    assert problem.message.endswith(".")
    assert problem.hint == HINTS[code]


@pytest.mark.parametrize(
    ("files", "seen"),
    [
        ({"work/a/pipeline.py": PIPELINE, "work/b.py": ""}, "`work/a/pipeline.py`"),
        ({"model.py": "", "notes.txt": ""}, "`model.py`"),
        ({"submission.zip": b"PK"}, "`submission.zip`"),
        ({"solution.R": "x <- 1"}, "`solution.R`"),
    ],
)
def test_what_is_there_instead_of_a_pipeline_is_named(files: dict[str, str | bytes], seen: str) -> None:
    assert refusal(zipped(files), ZIP).problem.message.endswith(f"We see {seen}.")


def at(line: int | None, cell: int | None = None, path: str = "pipeline.py") -> Location:
    return Location(path, line, cell)


LATIN = b"x = '\xe4'\n" + PIPELINE.encode()
CODE = [
    ("syntax", "x = (\n" + PIPELINE, "SYNTAX_ERROR", at(1)),
    ("UTF-16", PIPELINE.encode("utf-16"), "SYNTAX_ERROR", at(None)),
    ("UTF-16 without a mark", PIPELINE.encode("utf-16-le"), "SYNTAX_ERROR", at(None)),
    ("f-string of 3.12", PIPELINE + """K = f"{d["a"]}"\n""", "SYNTAX_ERROR", at(9)),
    ("backslash in an f-string", PIPELINE + r"""K = f"{'\n'.join(a)}" """, "SYNTAX_ERROR", at(9)),
    ("type statement", "type F = int\n" + PIPELINE, "SYNTAX_ERROR", at(1)),
    ("nul", PIPELINE + "\0", "SYNTAX_ERROR", at(None)),
    ("encoding", LATIN, "SYNTAX_ERROR", at(1)),
    ("return outside a function", PIPELINE + "return 1\n", "SYNTAX_ERROR", at(9)),
    ("missing function", "def train(a, b): pass\ndef predict(a, b): pass", "FUNCTION_MISSING", at(None)),
    ("functions in a class", "class A:\n def train(a, b): pass", "FUNCTION_MISSING", at(None)),
    ("functions in a function", "def f():\n def train(a, b): pass", "FUNCTION_MISSING", at(None)),
    ("async", PIPELINE + "async def train(data, model_dir): pass", "FUNCTION_SIGNATURE", at(9)),
    ("too few parameters", PIPELINE + "def train(data): pass", "FUNCTION_SIGNATURE", at(9)),
    ("too many parameters", PIPELINE + "\ndef evaluate(data, model_dir): pass", "FUNCTION_SIGNATURE", at(10)),
    ("keyword-only parameter", PIPELINE + "def predict(d, m, *, k): pass", "FUNCTION_SIGNATURE", at(9)),
    ("unknown package", "import torch\n" + PIPELINE, "IMPORT_UNAVAILABLE", at(1)),
    ("unknown submodule", "import torch.nn as nn\n" + PIPELINE, "IMPORT_UNAVAILABLE", at(1)),
    ("star from unknown", "from torch import *\n" + PIPELINE, "IMPORT_UNAVAILABLE", at(1)),
    ("lazy import", PIPELINE + "    import torch", "IMPORT_UNAVAILABLE", at(9)),
    ("import in a method", "class A:\n def f(self):\n  import torch\nA().f()\n" + PIPELINE,
     "IMPORT_UNAVAILABLE", at(3)),
    ("try that does not catch", "try:\n import torch\nfinally:\n pass\n" + PIPELINE, "IMPORT_UNAVAILABLE", at(2)),
    ("relative import", "from .model import x\n" + PIPELINE, "IMPORT_RELATIVE", at(1)),
]  # fmt: skip


@pytest.mark.parametrize(("source", "code", "where"), [c[1:] for c in CODE], ids=[c[0] for c in CODE])
def test_broken_contracts_are_refused_with_their_place(source: str | bytes, code: str, where: Location) -> None:
    """A pipeline whose import or calls are sure to fail is refused before anything runs, at its line."""
    data = source if isinstance(source, bytes) else source.encode()
    problem = refusal(data, "work.py").problem
    assert (problem.code, problem.where) == (code, where)


NOT_FOUND = [
    ("import churn.a\n" + PIPELINE, {"code/churn/a.py": ""}, "code/", at(1)),
    ("import churn.a\n" + PIPELINE, {"src/churn/a.py": "", "src/__init__.py": ""}, "src/", at(1)),
    ("import os.path\nos.path.join('a')\nimport helper\n" + PIPELINE, {"lib/helper.py": ""}, "lib/", at(3)),
    ("import pkg.a\n" + PIPELINE, {"pkg/a.py": "import b", "pkg/b.py": ""}, "pkg/", Location("pkg/a.py", 1)),
]


@pytest.mark.parametrize(("source", "others", "folder", "where"), NOT_FOUND)
def test_what_plain_python_does_not_find_is_refused(
    source: str, others: dict[str, str], folder: str, where: Location
) -> None:
    """Before an attempt is spent, with the folder where it lies and what to do."""
    problem = refusal(zipped({"pipeline.py": source, **others}), "work.zip").problem
    assert (problem.code, problem.where) == ("IMPORT_NOT_FOUND", where)
    assert f"not in `{folder}`" in problem.message
    assert "sys.path" in problem.hint


NOTEBOOKS = [
    ("syntax in a needed cell", ["#md text", "def train(data, model_dir:\n  pass"], "SYNTAX_ERROR", at(1, 2)),
    ("broken helper", ["K = 1", "x = 1\ndef helper(:\n  pass", "def train(d, m): helper()"], "SYNTAX_ERROR", at(2, 2)),
    ("missing", ["x = 1"], "FUNCTION_MISSING", at(None)),
    ("signature", [PIPELINE, "#md", "\ndef train(data): pass"], "FUNCTION_SIGNATURE", at(2, 3)),
    ("import", [PIPELINE, "\nimport torch", "def train(d, m): torch.x()"], "IMPORT_UNAVAILABLE", at(2, 2)),
    ("data", ["import pandas as pd", "a = 1\ndf = pd.read_csv('x.csv')", PIPELINE, "def train(d, m): return df"],
     "DATA_AT_IMPORT", at(2, 2)),
    ("data behind names", ["import pandas as pd", "df = pd.read_csv('x.csv')", "F = list(df)", PIPELINE,
     "def train(d, m): return F"], "DATA_AT_IMPORT", at(1, 2)),
    ("data behind a function", ["def load():\n  with open('x') as f: return f.read()", "D = load()", PIPELINE,
     "def train(d, m): return D"], "DATA_AT_IMPORT", at(1, 2)),
    ("display", [PIPELINE, "\ndef train(d, m):\n  display(d)"], "NAME_UNAVAILABLE", at(3, 2)),
    ("result of an earlier cell", [PIPELINE, "K = _12", "def train(d, m): return K"], "NAME_UNAVAILABLE", at(1, 2)),
    ("shell line", [PIPELINE, "x = 1\nfiles = !ls", "def train(d, m): return files"], "NAME_UNAVAILABLE", at(2, 2)),
    ("captured", [PIPELINE, "%%capture out\nprint(1)", "def train(d, m): return out"], "NAME_UNAVAILABLE", at(1, 2)),
    ("captured by bash", [PIPELINE, "%%bash --out n\nls", "def train(d, m): return n"], "NAME_UNAVAILABLE", at(1, 2)),
    ("spark", [PIPELINE, "def train(d, m): return spark.table('t')"], "NAME_UNAVAILABLE", at(1, 2)),
    ("from another file", ["%run ./setup.py", PIPELINE, "def train(d, m): return LIMIT"],
     "NAME_UNAVAILABLE", at(1, 3)),
    ("table of a query", ["%%bigquery rates\nselect 1", PIPELINE, "def train(d, m): return rates"],
     "NAME_UNAVAILABLE", at(1, 3)),
    ("pylab", ["%pylab inline", PIPELINE, "def train(d, m): return arange(3)"], "NAME_UNAVAILABLE", at(1, 3)),
    ("too many cells", [*["x"] * 3001, PIPELINE], "CODE_TOO_COMPLEX", None),
    ("too many magics", ["!ls\n" * 300, PIPELINE], "CODE_TOO_COMPLEX", None),
    ("data put into needed state", ["import pandas as pd\nS = {}", "S['n'] = len(pd.read_csv('x.csv'))", PIPELINE,
     "def train(d, m): return S"], "DATA_AT_IMPORT", at(1, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "code", "where"), [c[1:] for c in NOTEBOOKS], ids=[c[0] for c in NOTEBOOKS])
def test_notebooks_are_refused_by_cell(cells: list[str], code: str, where: Location | None) -> None:
    """Every message about a notebook names the cell, counted from 1 over all cells, and its line."""
    problem = refusal(notebook(*cells), "pipeline.ipynb").problem
    expected = where and Location("pipeline.ipynb", where.line, where.cell)
    assert (problem.code, problem.where) == (code, expected)


def test_all_missing_imports_are_named_at_once() -> None:
    """One upload tells all packages to replace, with their places."""
    files = {"pipeline.py": "import helper, torch\n" + PIPELINE, "helper.py": "\nfrom shap import x"}
    message = refusal(zipped(files)).problem.message
    assert "`torch` (pipeline.py, line 1)" in message
    assert "`shap` (helper.py, line 2)" in message


def test_a_place_is_told_in_the_readers_language() -> None:
    with reading_in("fr"):
        assert placed(Location("pipeline.ipynb", 2, 7)) == "pipeline.ipynb, cellule 7, ligne 2"


def test_a_misplaced_pipeline_is_pointed_out() -> None:
    """The commonest mistake is told apart from an empty archive."""
    assert "`a/b/pipeline.py`" in refusal(zipped({"a/b/pipeline.py": PIPELINE})).problem.message


def test_a_hostile_name_is_shown_harmless() -> None:
    """A message holds no control character of the upload."""
    message = refusal(also("\x1b]0;x\x07`" + "y" * 500)).problem.message
    assert message.isprintable()
    assert len(message) < 250


@pytest.mark.parametrize("make", ["link", "fifo", "missing", "long"])
def test_a_folder_is_refused_as_its_archive_would_be(tmp_path: Path, make: str) -> None:
    """On the command line links are not followed and pipes not opened."""
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    if make == "link":
        (tmp_path / "data.csv").symlink_to("/etc/passwd")
    elif make == "fifo":
        os.mkfifo(tmp_path / "pipe")
    elif make == "long":
        (tmp_path / ("x" * 250)).write_text("")
    codes = {"link": "FILE_SPECIAL", "fifo": "FILE_SPECIAL", "missing": "PATH_UNREADABLE", "long": None}
    path = tmp_path / "nowhere" if make == "missing" else tmp_path
    try:
        from_path(path, PACKAGES)
        code = None
    except Rejected as refused:
        code = refused.problem.code
    assert code == codes[make]


def test_every_code_is_in_the_table_and_has_a_case_here() -> None:
    """The table of refusals holds exactly the codes that intake raises, each tried above."""
    folder = Path(app.intake.__file__).parent
    beside = Path(packages.__file__)  # what a lock may be refused for once it is looked for
    spoken = Path(git.__file__)  # what a repository may be refused for
    sources = "".join(path.read_text() for path in (*folder.rglob("*.py"), beside, spoken))
    raised = set(re.findall(r'rejected\(\s*"([A-Z_]+)"', sources)) | {"ARCHIVE_TOO_MANY", *packages.SENTENCES}
    tried = {c[3] for c in ARCHIVES} | {c[2] for c in CODE} | {c[2] for c in NOTEBOOKS} | {"PATH_UNREADABLE"}
    tried |= {code for code in HINTS if code.startswith("REPOSITORY")}  # in tests/app/submissions
    tried |= {"READING_LIMIT", "IMPORT_NOT_FOUND"}  # in test_bounded.py, and above
    tried |= {code for code in HINTS if code.startswith("PACKAGE")}  # in test_locks.py, and with the adapter
    assert raised == set(HINTS) == tried
    assert [hint for hint in HINTS.values() if not hint.endswith(".")] == []

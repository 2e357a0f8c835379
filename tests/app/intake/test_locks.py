"""Own locks: what they ask for as names and versions, and by line what no grader fetches."""

from __future__ import annotations

import pytest

from app.intake import Rejected, unpack
from app.intake.locks import wanted
from tests.app.intake.make import PACKAGES, PIPELINE, refusal, zipped

DIGEST = "a" * 64
LIST = f"""\
# made by a tool
--index-url https://index.invalid/simple
skrub==0.11.0 \\
    --hash=sha256:{DIGEST} \\
    --hash=sha256:{"B" * 64}
    # via -r requirements.in
Small_Help[fast]==1.0  # what for
pandas>=2
colorama==0.4 ; sys_platform == "win32"
tomli==2.0 ; python_version < "3.12"
"""
UV = f"""\
version = 1
requires-python = ">=3.11"

[[package]]
name = "work"
version = "0.1.0"
source = {{ virtual = "." }}
dependencies = [
    {{ name = "skrub", extra = ["more"] }},
    {{ name = "colorama", marker = "sys_platform == 'win32'" }},
    {{ name = "pandas" }},
]
[package.dev-dependencies]
dev = [{{ name = "mypy" }}]
[package.metadata]
requires-dist = [{{ name = "skrub", specifier = "==0.11.0" }}, {{ name = "pandas", specifier = ">=2" }}]

[[package]]
name = "skrub"
version = "0.11.0"
source = {{ registry = "https://index.invalid/simple" }}
dependencies = [{{ name = "numpy" }}]
wheels = [{{ url = "https://index.invalid/skrub-0.11.0-py3-none-any.whl", hash = "sha256:{DIGEST}", size = 1 }}]
[package.optional-dependencies]
more = [{{ name = "requests" }}]

[[package]]
name = "pandas"
version = "2.2.3"
source = {{ registry = "https://index.invalid/simple" }}

[[package]]
name = "numpy"
version = "1.26.4"
source = {{ registry = "https://index.invalid/simple" }}

[[package]]
name = "requests"
version = "2.32.0"
source = {{ registry = "https://index.invalid/simple" }}

[[package]]
name = "colorama"
version = "0.4"
source = {{ registry = "https://index.invalid/simple" }}

[[package]]
name = "mypy"
version = "1.0"
source = {{ git = "https://index.invalid/mypy" }}
"""


def test_a_list_is_read_as_pip_reads_it() -> None:
    found = {item.name: item for item in wanted({"requirements.txt": LIST.encode()})}
    assert {name: item.requirement for name, item in found.items()} == {
        "skrub": "skrub==0.11.0",
        "small-help": "small-help[fast]==1.0",
        "pandas": "pandas>=2",
        "tomli": "tomli==2.0",
    }
    assert found["skrub"].hashes == {DIGEST, "b" * 64}
    assert found["skrub"].line == 3
    assert found["small-help"].line == 7


def test_of_a_lock_of_uv_only_what_runs_the_work_counts() -> None:
    found = {item.name: item for item in wanted({"uv.lock": UV.encode(), "requirements.txt": b"other==1"})}
    assert {name: (item.requirement, item.accepts) for name, item in found.items()} == {
        "skrub": ("skrub==0.11.0", "==0.11.0"),
        "pandas": ("pandas==2.2.3", ">=2"),
        "numpy": ("numpy==1.26.4", ""),
        "requests": ("requests==2.32.0", ""),
    }
    assert found["skrub"].hashes == {DIGEST}


@pytest.mark.parametrize(
    "line",
    [
        "evil @ https://index.invalid/evil-1.0-py3-none-any.whl",
        "evil @ file:///etc/passwd",
        "git+https://index.invalid/evil.git",
        "./wheels/evil-1.0-py3-none-any.whl",
        "/etc/passwd",
        "-e .",
        "-r more.txt",
        "--requirement=more.txt",
        "-c constraints.txt",
        "--no-binary :all:",
        "--config-settings x=y",
        "skrub==",
        "skrub==1.0; nonsense",
        "a" * 5000,
        "$(touch x)==1",
    ],
)
def test_what_is_no_name_and_version_is_refused_by_its_line(line: str) -> None:
    with pytest.raises(Rejected) as refused:
        wanted({"requirements.txt": f"numpy\n\n{line}\n".encode()})
    assert refused.value.problem.code == "PACKAGE_UNREADABLE"
    assert refused.value.problem.where is not None
    assert refused.value.problem.where.line == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version = 1",
        "x = [",
        "[" * 9000,
        "package = 3",
        "[[package]]\nname = 3",
        UV.replace('{ registry = "https://index.invalid/simple" }', '{ git = "https://index.invalid/skrub" }', 1),
        UV.replace('name = "skrub", extra', 'name = "not-there", extra'),
        UV.replace("sys_platform == 'win32'", "sys_platform ="),
    ],
)
def test_a_lock_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        wanted({"uv.lock": text.encode()})
    assert refused.value.problem.code == "PACKAGE_UNREADABLE"


def test_hundreds_of_packages_are_refused() -> None:
    with pytest.raises(Rejected) as refused:
        wanted({"requirements.txt": "".join(f"p{n}==1\n" for n in range(400)).encode()})
    assert refused.value.problem.code == "PACKAGES_TOO_MANY"


def test_a_lock_in_a_folder_or_beside_a_challenge_that_takes_none_says_nothing() -> None:
    assert wanted({"docs/requirements.txt": b"-e ."}) == ()
    files = {"pipeline.py": PIPELINE, "requirements.txt": "-e ."}
    assert unpack(zipped(files), "work.zip", PACKAGES).wanted == ()


def test_imports_are_not_judged_before_it_is_known_what_a_lock_brings() -> None:
    files = {"pipeline.py": f"import skrub\n{PIPELINE}", "requirements.txt": "skrub==0.11.0"}
    assert refusal(zipped(files)).problem.code == "IMPORT_UNAVAILABLE"
    assert [item.name for item in unpack(zipped(files), "work.zip", PACKAGES, own=True).wanted] == ["skrub"]
    del files["requirements.txt"]
    with pytest.raises(Rejected, match="IMPORT_UNAVAILABLE"):
        unpack(zipped(files), "work.zip", PACKAGES, own=True)

"""The starter kit is one set of bytes and works on a machine that has nothing else of ours."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import venv
import zipfile
from dataclasses import replace
from importlib import metadata, util
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from uv import find_uv_bin

from challenges import kit
from challenges.ml_pipeline.challenge import CHALLENGE
from graders.model.challenge import Dataset
from graders.tasks.asked import contract_of
from sandbox.image.packages import PYTHON
from testing.waiting import SECONDS
from testing.wheels import wheel
from tests.app.intake.make import notebook, zipped

NEEDED = {
    "BRIEF.md",
    "RUBRIC.md",
    "README.md",
    "check.py",
    "packages.txt",
    "pyproject.toml",
    ".devcontainer/devcontainer.json",
    ".vscode/tasks.json",
    "data/public.csv",
    "submission/pipeline.py",
    "_assay/challenge.json",
    "_assay/starter_kit/check.py",
    "_assay/app/intake/__init__.py",
    "_assay/graders/model/submission.py",
    "_assay/graders/measure/problems.py",
    "_assay/sandbox/host/local.py",
    "_assay/sandbox/harness/__init__.py",
}


@pytest.fixture(scope="module")
def unpacked(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    with zipfile.ZipFile(BytesIO(kit.build(CHALLENGE, dataset))) as archive:
        archive.extractall(folder)
    return folder / CHALLENGE.id


def test_the_same_input_gives_the_same_bytes(dataset: Dataset) -> None:
    assert kit.build(CHALLENGE, dataset) == kit.build(CHALLENGE, dataset)


def test_all_that_is_needed_is_there(unpacked: Path) -> None:
    found = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert found >= NEEDED


def test_no_hidden_row_and_no_other_module_is_in_the_kit(unpacked: Path, dataset: Dataset) -> None:
    names = {path.name for path in unpacked.rglob("*")}
    assert not names & {"make_data.py", "process.py", "vault.py", "docker.py", "reference"}
    public = pd.read_csv(unpacked / "data" / "public.csv")
    assert not set(public["customer_id"]) & set(dataset.hidden["customer_id"])
    assert [path.name for path in unpacked.rglob("*.csv")] == ["public.csv"]


def test_the_data_are_the_public_rows(unpacked: Path, dataset: Dataset) -> None:
    pd.testing.assert_frame_equal(pd.read_csv(unpacked / "data" / "public.csv"), dataset.public)


def test_the_facts_are_those_of_the_challenge(unpacked: Path) -> None:
    facts = json.loads((unpacked / "_assay" / "challenge.json").read_text())
    grader = facts.pop("grader")
    assert facts == {
        "target": CHALLENGE.target,
        "group": CHALLENGE.group,
        "packages": sorted(CHALLENGE.packages),
        "text": [column.name for column in CHALLENGE.columns if column.type in {"text", "date text"}],
        "contract": contract_of(CHALLENGE).header(),
    }
    known = json.loads(kit.facts(replace(CHALLENGE, hidden_units="known")))
    assert known["later"] == CHALLENGE.time
    pins = dict(line.split("==") for line in (unpacked / "packages.txt").read_text().splitlines())
    assert grader["versions"] == pins
    assert grader["python"] == PYTHON


LOCK = "# made by a tool\nscipy==1.0 \\\n    --hash=sha256:00\nnumpy==2.1 ; python_version > '3'\n    # via scipy\n"


def test_packages_are_the_pins_of_the_lock() -> None:
    assert kit.packages(LOCK) == "numpy==2.1\nscipy==1.0\n"


@pytest.mark.parametrize("package", ["numpy", "pandas", "scikit-learn", "lightgbm", "xgboost-cpu", "pyarrow"])
def test_the_image_offers(unpacked: Path, package: str) -> None:
    assert f"\n{package}==" in f"\n{(unpacked / 'packages.txt').read_text()}"


def test_every_package_of_the_list_can_be_imported(unpacked: Path) -> None:
    """By the name that its distribution has on this machine, as far as it is here."""
    ours = metadata.packages_distributions()
    for name in (line.partition("==")[0] for line in (unpacked / "packages.txt").read_text().splitlines()):
        imported = {key for key, values in ours.items() if name in {v.lower().replace("_", "-") for v in values}}
        assert not imported or imported & CHALLENGE.packages, name
    assert {"dateutil", "pytest", "six", "sklearn_compat", "tzdata"} <= CHALLENGE.packages


def check(unpacked: Path, what: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(unpacked / "check.py"), what]
    return subprocess.run(command, cwd=unpacked, capture_output=True, text=True, timeout=SECONDS, check=False)


def test_the_starter_passes_the_check_of_the_kit(unpacked: Path) -> None:
    found = check(unpacked, "submission")
    assert (found.returncode, found.stderr) == (0, "")
    assert "All is well" in found.stdout or "not the grader's" in found.stdout


def test_the_check_of_the_kit_refuses_what_the_server_refuses(unpacked: Path, tmp_path: Path) -> None:
    source = (unpacked / "submission" / "pipeline.py").read_text()
    (tmp_path / "pipeline.py").write_text(source.replace("def evaluate(", "def estimate("))
    found = check(unpacked, str(tmp_path))
    assert found.returncode == 2
    assert "FUNCTION_MISSING" in found.stdout


MAGICS = "%matplotlib inline\nfiles = !ls\n# copy of it\nSIZE = 3"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a virtual environment that holds the packages of the list, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for name in sorted(CHALLENGE.packages):
        spec = util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (site / source.name).symlink_to(source)
        for beside in source.parent.glob(f"{source.stem}.libs"):
            (site / beside.name).symlink_to(beside)
    return folder / "bin" / "python"


@pytest.mark.parametrize("form", ["script", "notebook", "archive"])
def test_the_check_runs_where_its_readme_says(unpacked: Path, bare: Path, tmp_path: Path, form: str) -> None:
    """A bare virtual environment with the packages of the list: whatever is handed in, the three functions run."""
    source = (unpacked / "submission" / "pipeline.py").read_text()
    if form == "script":
        what = tmp_path / "my_work.py"
        what.write_text(source)
    elif form == "archive":
        what = tmp_path / "work.zip"
        what.write_bytes(zipped({"work/pipeline.py": source}))
    else:
        what = tmp_path / "work.ipynb"
        what.write_bytes(notebook(MAGICS, source))
    command = [str(bare), "-I", str(unpacked / "check.py"), str(what)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    found = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False, env=environment
    )
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    assert "predict   ok" in found.stdout


def test_the_task_of_the_editor_runs_the_check(unpacked: Path, bare: Path) -> None:
    """As an editor starts it: the folder `submission` of the one that is open, with the Python that comes first."""
    (task,) = json.loads((unpacked / ".vscode" / "tasks.json").read_text())["tasks"]
    assert (task["type"], task["options"]["cwd"]) == ("process", "${workspaceFolder}")
    environment = {"PATH": f"{bare.parent}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/")}
    command = [task["command"], *task["args"]]
    found = subprocess.run(
        command, cwd=unpacked, capture_output=True, text=True, timeout=SECONDS, check=False, env=environment
    )
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    assert "predict   ok" in found.stdout


def test_uv_and_the_container_install_the_packages_of_the_list(unpacked: Path, tmp_path: Path) -> None:
    """Both into an environment that has nothing, from wheels of these very versions, without a network."""
    pins = dict(line.split("==") for line in (unpacked / "packages.txt").read_text().splitlines())
    for name, version in pins.items():
        wheel(tmp_path / "wheels", name, version)
    offline = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "UV_OFFLINE": "1",
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(tmp_path / "wheels"),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_PYTHON": sys.executable,
        "UV_PROJECT_ENVIRONMENT": str(tmp_path / "uv"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path / "wheels"),
        "PIP_CONFIG_FILE": os.devnull,
    }
    project = tmp_path / "kit"
    project.mkdir()
    for name in ("pyproject.toml", "packages.txt"):
        (project / name).write_bytes((unpacked / name).read_bytes())
    subprocess.run([find_uv_bin(), "sync", "--quiet"], cwd=project, env=offline, check=True, timeout=SECONDS)
    assert _installed(tmp_path / "uv") == pins
    container = json.loads((unpacked / ".devcontainer" / "devcontainer.json").read_text())
    assert container["image"] == f"python:{PYTHON}"
    venv.create(tmp_path / "pip", with_pip=True, symlinks=True)
    python, *arguments = shlex.split(container["postCreateCommand"])
    command = [str(tmp_path / "pip" / "bin" / python), *arguments, "--quiet", "--disable-pip-version-check"]
    subprocess.run(command, cwd=project, env=offline, check=True, timeout=SECONDS)
    assert _installed(tmp_path / "pip").items() >= pins.items()


def _installed(environment: Path) -> dict[str, str]:
    (site,) = environment.glob("lib/python*/site-packages")
    return {found.name.lower().replace("_", "-"): found.version for found in metadata.distributions(path=[str(site)])}


def test_without_any_package_it_says_what_is_missing(unpacked: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "empty", with_pip=False, symlinks=True)
    command = [str(tmp_path / "empty" / "bin" / "python"), "-I", str(unpacked / "check.py"), "submission"]
    found = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert found.returncode == 1
    assert "pip install -r packages.txt" in found.stderr
    assert "Traceback" not in found.stderr

"""Whatever plain pytest finds is found, by the project's own settings and in its own layout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.harness.pytest_settings import arguments
from sandbox.protocol.roots import roots_under

RATES = "def rate(a, b):\n    return a / b\n"
TEST = "from churn.rates import rate\n\n\ndef test_rate():\n    assert rate(1, 2) == 0.5\n"
PATH_SET = "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent.parent / 'lib'))\n"
BOTH = {"churn/rates.py": RATES, "a/test_it.py": TEST, "b/test_it.py": TEST}


def laid_out(folder: Path, files: dict[str, str]) -> str:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return str(folder)


def ended(folder: str) -> dict[str, object]:
    """What our run of the tests says, in a process of its own."""
    code = "import json, sys; from sandbox.harness.own_tests import run_tests; r = run_tests(sys.argv[1], {})"
    command = [sys.executable, "-c", f"{code}; print('\\n' + json.dumps(r))", folder]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(Path.cwd())})
    found: dict[str, object] = json.loads(said.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    "files",
    [
        {"churn/rates.py": RATES, "tests/test_rates.py": TEST},
        {"src/churn/rates.py": RATES, "tests/test_rates.py": TEST},
        {"lib/churn/rates.py": RATES, "tests/test_rates.py": TEST, "tests/conftest.py": PATH_SET},
        {"lib/churn/rates.py": RATES, "tests/test_rates.py": TEST, "pytest.ini": "[pytest]\npythonpath = lib\n"},
        {"lib/churn/rates.py": RATES, "tests/test_rates.py": TEST, "setup.cfg": "[tool:pytest]\npythonpath = lib\n"},
        {"lib/churn/rates.py": RATES, "tests/test_rates.py": TEST, "tox.ini": "[pytest]\npythonpath =\n    lib\n"},
        {"lib/churn/rates.py": RATES, "tests/test_rates.py": TEST, "setup.py": "setup(package_dir={'': 'lib'})"},
        {
            "lib/churn/rates.py": RATES,
            "checks/rates_spec.py": TEST.replace("test_rate", "should_rate"),
            "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["lib"]\npython_files = ["*_spec.py"]\n'
            'python_functions = "should_*"\ntestpaths = ["checks"]\naddopts = "-m slow --cov=lib"\n',
        },
        BOTH | {"pytest.ini": "[pytest]\naddopts = --import-mode importlib\n"},
        {"churn/rates.py": 'def rate(a, b):\n    """\n    >>> rate(1, 2)\n    0.5\n    """\n    return a / b\n'}
        | {"churn/__init__.py": "", "pytest.ini": "[pytest]\naddopts = --doctest-modules\n"},
    ],
    ids=[
        "flat",
        "src",
        "conftest",
        "pytest.ini",
        "setup.cfg",
        "tox.ini",
        "package_dir",
        "names",
        "import mode",
        "doctest",
    ],
)
def test_what_plain_pytest_finds_is_found(files: dict[str, str], tmp_path: Path) -> None:
    """Tests are found by their own names and modules by their own layout; nothing else is taken from the settings."""
    found = ended(laid_out(tmp_path, files))
    assert (found["passed"], found["errors"]) == (2 if files.get("b/test_it.py") else 1, 0), found


@pytest.mark.parametrize(
    ("conftest", "said"),
    [
        ("import absent_package\n", "ModuleNotFoundError"),
        ("def f(:\n", "SyntaxError"),
        ("raise SystemExit(3)\n", "SystemExit"),
        ("pytest_plugins = ['absent_plugin']\n", "absent_plugin"),
        ("def pytest_collection_modifyitems(items):\n    raise ValueError('order')\n", "ValueError: order"),
        ("import pytest\npytest.exit('not today')\n", "not today"),
    ],
)
def test_a_conftest_that_fails_is_an_error_of_the_tests(conftest: str, said: str, tmp_path: Path) -> None:
    """There are tests, and they cannot be run: this is not the same as none."""
    files = {"churn/rates.py": RATES, "tests/test_rates.py": TEST, "tests/conftest.py": conftest}
    found = ended(laid_out(tmp_path, files))
    assert found["passed"] == 0
    assert found["total"] == found["errors"] == 1
    (error,) = found["collection_errors"]  # type: ignore[misc]
    assert error["id"].endswith("conftest.py")
    assert said in error["message"]


@pytest.mark.parametrize(
    "files",
    [
        {"pytest.ini": "[pytest]\naddopts = -k nothing --strict-markers -p absent\nfilterwarnings = error\n"},
        {"pyproject.toml": "[tool.pytest.ini_options]\nrequired_plugins = ['absent']\nminversion = '99'\n"},
        {"pyproject.toml": "[tool.pytest\n"},
        {"setup.cfg": "no section\n"},
        {"pytest.ini": "[pytest]\ntestpaths = /etc absent\n"},
        {"pytest.ini": "", "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['a']\n"},
    ],
)
def test_no_other_setting_counts(files: dict[str, str], tmp_path: Path) -> None:
    """Marks, plugins, warnings and broken files leave the arguments as they are without settings."""
    folder = laid_out(tmp_path, files)
    assert arguments(folder) == [folder]


def test_roots_of_an_installation_are_folders_without_an_init(tmp_path: Path) -> None:
    """`src` always, others where the project can be installed; a package is none."""
    folder = laid_out(tmp_path, {"src/a/b.py": "", "lib/c.py": "", "own/__init__.py": ""})
    assert roots_under(folder) == [str(tmp_path / "src")]
    (tmp_path / "setup.py").write_text("")
    assert roots_under(folder) == [str(tmp_path / "lib"), str(tmp_path / "src")]

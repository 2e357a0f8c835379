"""What the service does when it starts, apart from what its pages show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STARTED = """
import gc, sys
from pathlib import Path
from app.opening import production_ports
from app.platform.settings import Settings
with production_ports(Settings(home=Path(sys.argv[1]))):
    print(len(gc.get_objects()), gc.get_freeze_count())
"""


def test_no_collection_looks_at_what_was_loaded(tmp_path: Path) -> None:
    """It would hold up every answer, /healthz among them, for the time it takes to look at all libraries."""
    command = [sys.executable, "-c", STARTED, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    looked_at, left_alone = map(int, said.split())
    assert looked_at * 20 < left_alone


def test_a_server_starts_without_libraries_that_it_rarely_needs() -> None:
    """Those of tables take seconds and 140 MB, those of Docker, of git over SSH and of single sign-on 20 MB.

    What only answers requests asks for none of them, nor for what reads and grades.
    """
    script = (
        "import sys, app.main, app.adapters.production\n"
        "libraries = {'pandas', 'pyarrow', 'scipy', 'sklearn', 'docker', 'paramiko', 'dulwich', 'authlib', 'joserfc'}\n"
        "ours = {'app.adapters.grading', 'app.intake.receive', 'graders.grade', 'starter_kit.check'}\n"
        "print((libraries | ours) & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_worker_loads_nothing_that_answers_requests() -> None:
    script = "import sys, app.worker.process, app.adapters.live, app.adapters.production; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"fastapi", "uvicorn", "app.api", "app.pages", "app.web"} & set(done.stdout.split())


def test_a_server_that_makes_a_kit_loads_no_libraries_of_tables(tmp_path: Path) -> None:
    """They would stay with it, some 200 MB."""
    script = (
        "import sys; from app.adapters.production import ports; from app.platform.settings import Settings\n"
        "with ports(Settings(home=sys.argv[1])) as made: made.kit(made.challenge('ml_pipeline'))\n"
        "print({'pandas', 'pyarrow', 'scipy', 'sklearn'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_server_that_compares_works_loads_no_libraries_of_tables() -> None:
    """They would stay with it, some 130 MB."""
    script = (
        "import sys; from app.shared_code.service import _kit; from challenges import registry\n"
        "from graders.similarity.pairs import pool\n"
        "(prints,) = _kit(registry.get('ml_pipeline'))\n"
        "pool({'a': prints, 'b': prints}).pairs()\n"
        "print(len(prints.hashes) > 0, {'pandas', 'pyarrow', 'scipy', 'sklearn'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True set()"

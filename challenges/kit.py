"""The starter kit: everything a candidate needs, in one zip that is the same bytes for the same input."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from challenges.fingerprint import csv_bytes
from challenges.offered import LOCK, PYTHON, imports, versions
from challenges.tables import definition
from challenges.tables.folder import briefs
from graders.archive import packed
from graders.model.challenge import Challenge, Dataset
from graders.model.packages import Wheel
from graders.tasks.asked import contract_of

ROOT = Path(__file__).resolve().parent.parent
#: The check, whole, and modules that are started by path, in a process of their own, and so are imported by nothing.
WHOLE = ("starter_kit", "app/intake", "sandbox/harness", "sandbox/protocol")
#: What candidates start.  It imports intake, which lies above `starter_kit`, and so it lies in no package.
SHIPPED = ROOT / "starter_kit/shipped"
CHECK = SHIPPED / "check.py"
#: As app/intake/notebook/ipython.py needs them.
IPYTHON = ("IPython/core/inputtransformer2.py", "IPython/utils/tokenutil.py")


def build(challenge: Challenge, dataset: Dataset, lock: Path = LOCK) -> bytes:
    """The kit of a challenge as a zip with one top folder; `lock` is the requirements lock of the image."""
    starter = challenge.folder / "starter"
    texts = sorted(path for name in ("BRIEF", "RUBRIC") for path in challenge.folder.glob(f"{name}*.md"))
    files = {path.name: path.read_bytes() for path in texts}
    if challenge.lot and (challenge.folder / definition.FILE).is_file():  # its dictionary tells of the rows
        own = definition.read(challenge.folder)
        made = briefs(own, dataset.public, len(dataset.hidden), challenge.extra)
        files |= {name: text.encode() for name, text in made.items()}
    files |= {
        "README.md": (starter / "README.md").read_bytes(),
        "check.py": CHECK.read_bytes(),
        "submission/pipeline.py": (starter / "pipeline.py").read_bytes(),
        "data/public.csv": csv_bytes(dataset.public),
        "packages.txt": packages(lock.read_text(), challenge.extra).encode(),
        "pyproject.toml": project(challenge.id, lock.read_text(), challenge.extra).encode(),
        ".devcontainer/devcontainer.json": (SHIPPED / "devcontainer.json").read_bytes(),
        ".vscode/tasks.json": (SHIPPED / "tasks.json").read_bytes(),
        "_assay/challenge.json": facts(challenge, lock).encode(),
    }
    files |= {f"_assay/{path}": (ROOT / path).read_bytes() for path in check_modules()}
    files |= {f"_assay/{path}": data for path, data in ipython().items()}
    return packed({f"{challenge.id}/{name}": data for name, data in files.items()})


def on_offer(lock: str, extra: Iterable[Wheel]) -> dict[str, str]:
    """The version of each package that submissions find, by its name: the image's, and what the challenge adds."""
    return versions(lock) | {wheel.name: wheel.version for wheel in extra}


def packages(lock: str, extra: Iterable[Wheel] = ()) -> str:
    """`name==version` of each package on offer, one a line."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(on_offer(lock, extra).items()))


def project(name: str, lock: str, extra: Iterable[Wheel] = ()) -> str:
    """The packages on offer as a project of uv, which installs nothing else: every one is named with its version."""
    pins = "".join(f'    "{pin}",\n' for pin in packages(lock, extra).splitlines())
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return (
        f'[project]\nname = "assay-{plain}"\nversion = "1"\nrequires-python = "=={PYTHON}.*"\n'
        f"dependencies = [\n{pins}]\n\n[tool.uv]\npackage = false\n"
    )


def facts(challenge: Challenge, lock: Path = LOCK) -> str:
    """What `starter_kit/check.py` has to know of the challenge and of what grades it, as JSON."""
    provides = {name: wheel.name for wheel in challenge.extra for name in wheel.imports} | dict(imports())
    found: dict[str, Any] = {
        "target": challenge.target,
        "group": challenge.group,
        "packages": sorted(challenge.packages),
        "contract": contract_of(challenge).header(),
        "text": [column.name for column in challenge.columns if column.type in ("text", "date text")],
        "grader": {"python": PYTHON, "versions": on_offer(lock.read_text(), challenge.extra), "provides": provides},
    }
    if challenge.own_packages:
        found["own"] = True
    if challenge.hidden_units == "known":
        found["later"] = challenge.time
    return json.dumps(found, indent=1) + "\n"


def ipython() -> dict[str, bytes]:
    """The modules of IPython that tell magics from Python, with its licence: most candidates have no IPython."""
    package = metadata.distribution("ipython")
    wanted = [file for file in package.files or () if str(file) in IPYTHON or file.name in {"LICENSE", "COPYING.rst"}]
    return {f"IPython/{str(file).removeprefix('IPython/')}": file.read_binary() for file in wanted}


def check_modules(root: Path = ROOT) -> tuple[str, ...]:
    """Paths under `root` of our own modules that the check needs: whatever it imports, and what that imports."""
    found: set[str] = set()
    waiting = [path.relative_to(root).as_posix() for folder in WHOLE for path in (root / folder).rglob("*.py")]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _packages_of(path, root)
            waiting += _imports(path, root)
    return tuple(sorted(found))


def _packages_of(path: str, root: Path) -> Iterator[str]:
    """The `__init__.py` of every package that a module lies in."""
    for parent in Path(path).parents:
        if (root / parent / "__init__.py").is_file() and parent != Path():
            yield (parent / "__init__.py").as_posix()


def _imports(path: str, root: Path) -> Iterator[str]:
    """Our own modules that a module imports, by path; relative imports stay in their folder."""
    for node in ast.walk(ast.parse((root / path).read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        stems = [name.replace(".", "/") for name in names]
        files = [f"{stem}{end}" for stem in stems for end in (".py", "/__init__.py")]
        yield from (file for file in files if (root / file).is_file())

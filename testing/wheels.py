"""Small wheels to try packages with: sound ones, and any other by their entries."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from graders.model.packages import Wheel
from sandbox.packages.fetch import WheelCache
from sandbox.packages.index import Index, resolve

#: Of a wheel `evil`: all by which a package can try to be run unasked, or to stand in for another.
RAN = "import os, sys; sys.ran = True; os.environ['RAN'] = '1'\n"
HOOKS = {
    "evil.py": "VALUE = 42\n",
    "evil.pth": RAN,
    "sitecustomize.py": RAN,
    "usercustomize.py": RAN,
    "numpy/__init__.py": "raise SystemExit('not numpy')\n",
    "pandas.py": "raise SystemExit('not pandas')\n",
    "sklearn/__init__.py": "raise SystemExit('not sklearn')\n",
    "json.py": "raise SystemExit('not json')\n",
    "assay_harness/__init__.py": "raise SystemExit('not the harness')\n",
    "pipeline.py": "raise SystemExit('not the pipeline')\n",
    "_pytest/__init__.py": "raise SystemExit('not pytest')\n",
    "evil-1.0.data/scripts/python": "#!/bin/sh\nexit 1\n",
    "evil-1.0.dist-info/entry_points.txt": "[pytest11]\nevil = evil_plugin\n[console_scripts]\npytest = evil:VALUE\n",
    "evil_plugin.py": RAN,
}


def wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    files: Mapping[str, str | bytes] | None = None,
    requires: Iterable[str] = (),
    tag: str = "py3-none-any",
    entries: Iterable[tuple[zipfile.ZipInfo, bytes]] = (),
) -> Path:
    """A wheel of these files beside a plain METADATA; without any, a module of its name that knows its version."""
    plain = name.replace("-", "_")
    info = f"{plain}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {line}\n" for line in requires)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{plain}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in (files if files is not None else {f"{plain}.py": f"VERSION = {version!r}\n"}).items():
            archive.writestr(zipfile.ZipInfo(place), content, zipfile.ZIP_DEFLATED)
        for entry, data in entries:
            archive.writestr(entry, data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def sources(folder: Path, name: str, version: str = "1.0") -> Path:
    """A package of which only the source is on offer; building it would leave a mark."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}.tar.gz"
    path.write_bytes(b"never opened")
    return path


def laid(folder: Path, home: Path, *names: str) -> tuple[Wheel, ...]:
    """The wheels of these packages of a folder, fetched into a home's cache."""
    index = Index(folder=folder)
    found = resolve([f"{name}==1.0" for name in names], {}, index)
    WheelCache(home / "wheels", index).files(found)
    return found

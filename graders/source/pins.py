"""What the code needs, and whether it is named to the version."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

from graders.model.submission import Location, Submission, as_text
from graders.source.syntax import parsed

MOST_CHARACTERS = 200_000
#: One version, as pip or as conda's own list of packages states it.
PINNED = re.compile(r"^[A-Za-z0-9._\[\],:-]+\s*(?:===?\s*\d[^\s*,]*|=\d[^\s*,=]*=[^\s*,=]+|@\s*\S+)\s*$")
#: A file of one package, as `conda list --explicit` and pip name it.
BUILT = re.compile(r"https?://\S+\.(?:conda|bz2|whl|gz)(?:#\S+)?$")
#: A state of a repository.
OF_GIT = re.compile(r"git\+\S{1,300}@[\w.-]+(?:#\S+)?$")
LOCKS = frozenset(
    {"uv.lock", "poetry.lock", "pdm.lock", "pixi.lock", "pipfile.lock", "requirements.lock", "pylock.toml"}
)
LISTED = (".txt", ".in", ".lock", ".pip")
LISTS = frozenset({"reqs", "req", "deps", "dependencies", "constraints", "spec-file", "spec_file", "explicit"})
#: `requeriments` is meant as `requirements`; longer names are none.
SPELLED_ALIKE, MOST_NAMED = 0.8, 60
INSTALL = re.compile(r"\b(?:pip3?|uv|conda|mamba|micromamba|poetry|pdm)[ \t]+(?:install|add)[ \t]+([^&|;\n]+)")
#: The same in a cell of a notebook, as its JSON has it.
IN_CELL = re.compile(r"[!%]pip3?[ \t]+install[ \t]+([^\"\\&|;\n]{1,400})")
#: What installs the others, and files that list them.
INSTALLERS = frozenset(
    {"pip", "setuptools", "wheel", "uv", "poetry", "pdm", "pipenv", "virtualenv", "hatch", "tox", "nox"}
)
SCRIPT = "# /// script\n"
DEVELOPMENT = ("dev", "test", "lint", "doc")


def requirements(submission: Submission) -> list[str] | None:
    """The stated requirements, one a line; None where none are stated."""
    return _nearest(submission)[1] or None


def _nearest(submission: Submission) -> tuple[str, list[str]]:
    """The file that states requirements, and what it states; nothing where none does."""
    for path in sorted(submission.files, key=_nearness):
        stated = _stated(path, submission)
        if stated:
            return path, stated
    return "", []


def _nearness(path: str) -> tuple[int, bool, bool, str]:
    """What the work itself needs comes before what its development needs, a list before a container."""
    name = path.rpartition("/")[2].lower()
    return path.count("/"), any(word in name for word in DEVELOPMENT), name != "requirements.txt", path


def _stated(path: str, submission: Submission) -> list[str]:
    reader = _reader(path.lower())
    if reader is None:
        return []
    return list(reader(as_text(submission.files[path][:MOST_CHARACTERS])))


def _reader(path: str) -> Callable[[str], Iterable[str]] | None:
    """What reads the requirements of a file, by its lower-case path; in all spellings people use."""
    folder, _, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if dot + ending in LISTED and (_is_list(stem) or "requirement" in folder.rpartition("/")[2]):
        return _listed
    if ending in ("yml", "yaml") and (stem.startswith(("environment", "conda", "env")) or stem.endswith("environment")):
        return _conda
    if "dockerfile" in name or name in {"makefile", "justfile"} or ending == "sh":
        return _installed
    if ending == "ipynb":
        return lambda text: _words(IN_CELL.finditer(text))
    named = {"pyproject.toml": _from_toml, "pixi.toml": _from_toml, "pipfile": _from_toml, "setup.cfg": _from_setup_cfg}
    return named.get(name) or (_from_setup_py if name == "setup.py" else _from_script if ending == "py" else None)


def _is_list(stem: str) -> bool:
    """Whether a file is named after requirements, however that is spelled."""
    parts = re.split(r"[._ -]", stem[:MOST_NAMED])
    alike = (SequenceMatcher(None, part, "requirements").ratio() for part in parts)
    return "requirement" in stem or stem in LISTS or any(ratio >= SPELLED_ALIKE for ratio in alike)


def _listed(text: str) -> Iterator[str]:
    """Lines of a requirements file without comments, markers, options and hashes."""
    for line in text.splitlines():
        stated = re.split(r"(?:^|\s)#|;|\s--|\\", line, maxsplit=1)[0].strip()
        if stated and not stated.startswith("-") and re.match(r"[A-Za-z0-9]", stated):
            yield stated


def _conda(text: str) -> Iterator[str]:
    """The items under `dependencies:`, those for pip among them; neither channels nor Python itself."""
    before, key, after = text.partition("dependencies:")
    if after.lstrip().startswith("["):  # all in one line
        after = "".join(f"\n- {item.strip()}" for item in after.lstrip()[1:].partition("]")[0].split(","))
    inside = False
    for line in (before + key + after).splitlines():
        if re.match(r"\w", line):
            inside = line.startswith("dependencies")
        item = re.match(r"\s*-\s*[\"']?([^\s#\"'][^#\"']*)", line) if inside else None
        stated = item.group(1).strip() if item else ""
        if stated and not stated.endswith(":") and not re.match(r"(python|pip)\b(?![-.\w])", stated):
            name, sign, version = re.sub(r"^[\w.-]+::", "", stated).partition("=")
            exact = (
                sign
                and re.fullmatch(r"[\w.-]+", name.strip())
                and re.match(r"=?\s*\d[^*,<>\s]*$", version.split("=")[0] or version)
            )
            yield f"{name.strip()}=={version.strip('= ').split('=')[0]}" if exact else stated


def _from_toml(text: str) -> list[str]:
    """Dependencies of pyproject.toml, as the standard or a tool writes them, of a Pipfile or a pixi.toml."""
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    plain = _at(found, "project", "dependencies")
    if isinstance(plain, list) and plain:
        return [str(line) for line in plain]
    listed = [
        _at(found, "tool", "flit", "metadata", "requires"),
        *_groups(_at(found, "project", "optional-dependencies")),
    ]
    listed += [*_groups(found.get("dependency-groups")), *_groups(_at(found, "tool", "hatch", "envs"))]
    tools = [_at(found, "tool", tool, "dependencies") for tool in ("poetry", "pixi")]
    tools += [_at(found, "tool", "pixi", "pypi-dependencies"), found.get("packages"), found.get("dependencies")]
    tools += [found.get("pypi-dependencies")]
    tools += _groups(_at(found, "tool", "poetry", "group"))
    items = [item for named in tools if isinstance(named, dict) for item in named.items()]
    stated = [_pinned_name(str(name), version) for name, version in items if name != "python"]
    return stated or next(([str(line) for line in lines] for lines in listed if isinstance(lines, list) and lines), [])


def _groups(table: Any) -> list[Any]:
    """Lists or tables of requirements by group, those for development left out."""
    named = table.items() if isinstance(table, dict) else ()
    groups = (group for name, group in named if not str(name).lower().startswith(DEVELOPMENT))
    return [group.get("dependencies") if isinstance(group, dict) else group for group in groups]


def _at(table: Any, *names: str) -> Any:
    for name in names:
        table = table.get(name) if isinstance(table, dict) else None
    return table


def _pinned_name(name: str, version: object) -> str:
    version = version.get("version") if isinstance(version, dict) else version
    exact = isinstance(version, str) and re.fullmatch(r"={0,3}\s*\d[\w.]*", version)
    return f"{name}=={str(version).lstrip('= ')}" if exact else name


def _from_setup_cfg(text: str) -> list[str]:
    reader = configparser.RawConfigParser()
    with suppress(configparser.Error, ValueError):
        reader.read_string(text)
    return list(_listed(reader.get("options", "install_requires", fallback="")))


def _from_setup_py(text: str) -> list[str]:
    """The texts in `install_requires`, or in the list of that name or of requirements."""
    tree = parsed(text)
    nodes = list(ast.walk(tree)) if tree else []
    named = {t.id: n.value for n in nodes if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            value = named.get(node.value.id, node.value) if isinstance(node.value, ast.Name) else node.value
            texts = (inner.value for inner in ast.walk(value) if isinstance(inner, ast.Constant))
            return list(_listed("\n".join(text for text in texts if isinstance(text, str))))
    return []


def _from_script(text: str) -> list[str]:
    """What a script names in its own head, as PEP 723 writes it."""
    lines = text.partition(SCRIPT)[2].splitlines()
    block = list(takewhile(lambda line: line.startswith("#") and line != "# ///", lines))
    with suppress(tomllib.TOMLDecodeError, RecursionError):
        stated = tomllib.loads("\n".join(line[1:].removeprefix(" ") for line in block)).get("dependencies")
        return [str(line) for line in stated] if isinstance(stated, list) else []
    return []


def _installed(text: str) -> list[str]:
    """What the commands of a container's recipe install by name."""
    return _words(INSTALL.finditer(text.replace("\\\n", " ")))


def _words(commands: Iterable[re.Match[str]]) -> list[str]:
    """The packages that commands name; neither files nor what only installs."""
    words = [word.strip("\"'") for command in commands for word in command.group(1).split()]
    named = (word for word in words if re.match(r"[A-Za-z][\w.\[\]-]*(?:[=<>~!]|$)", word) and "/" not in word)
    return [word for word in named if _name(word) not in INSTALLERS and not word.endswith((*LISTED, ".toml", ".yml"))]


@dataclass(frozen=True)
class Pins:
    """The stated requirements that name one version, those that do not, and where the first of these stands."""

    pinned: tuple[str, ...]
    loose: tuple[str, ...]
    where: Location | None


def pinned_share(submission: Submission) -> float | None:
    """The share of stated requirements that name one version; None where none are stated."""
    found = read(submission)
    return len(found.pinned) / (len(found.pinned) + len(found.loose)) if found else None


#: What is imported under another name than it is installed by, of what most works import.
INSTALLED_AS = {"sklearn": "scikit"}
MOST_OF_A_LOCK = 4_000_000


def names_any(submission: Submission, imported: Iterable[str]) -> bool:
    """Whether the file that states requirements, or a lock, names any of the packages that are imported."""
    path = next(iter(_locks(submission)), "") or _nearest(submission)[0]
    text = as_text(submission.files.get(path, b"")[:MOST_OF_A_LOCK]).lower()
    names = {INSTALLED_AS.get(name, name).lower() for name in imported}
    return any(name in text or name.replace("_", "-") in text for name in names)


def _locks(submission: Submission) -> list[str]:
    return [path for path in submission.files if _is_lock(path.rpartition("/")[2].lower())]


def read(submission: Submission) -> Pins | None:
    """How the requirements are stated, a lock file as one that is pinned; None where none are."""
    locks = _locks(submission)
    if locks:
        return Pins((locks[0],), (), None)
    path, stated = _nearest(submission)
    if not stated:
        return None
    lines = (line for path in submission.files if _constrains(path) for line in _stated(path, submission))
    fixed = {_name(line) for line in lines if _is_pinned(line)}
    loose = tuple(line for line in stated if not _is_pinned(line) and _name(line) not in fixed)
    pinned = tuple(line for line in stated if line not in loose)
    return Pins(pinned, loose, _place(submission, path, loose[0]) if loose else None)


def _place(submission: Submission, path: str, stated: str) -> Location:
    """The first line of a file that names a package."""
    lines = as_text(submission.files[path][:MOST_CHARACTERS]).lower().splitlines()
    name = _written_name(stated)
    return Location(path, next((number for number, line in enumerate(lines, 1) if name in line), 1))


def _constrains(path: str) -> bool:
    """Whether a file names versions for what another one lists: pip's `-c constraints.txt`."""
    return path.rpartition("/")[2].lower().startswith("constraint")


def _name(line: str) -> str:
    """The package that a requirement names, in the form in which pip compares names."""
    return _written_name(line).replace("_", "-")


def _written_name(line: str) -> str:
    """The package that a requirement names, as it stands there but in small letters."""
    return re.split(r"[^\w.-]", line.strip(), maxsplit=1)[0].lower()


def _is_lock(name: str) -> bool:
    return name in LOCKS or "conda-lock" in name or (name.startswith("pylock.") and name.endswith(".toml"))


def _is_pinned(line: str) -> bool:
    stated = line.split(";", maxsplit=1)[0].strip()
    return bool(PINNED.match(stated) or BUILT.match(stated) or OF_GIT.match(stated))

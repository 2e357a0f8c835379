"""Files: what is saved under a name is what is loaded under it again."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from graders.checks.leakage.static.machine import Arguments, Machine, Site
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Const,
    Estimator,
    File,
    Instance,
    Mapping,
    Sequence,
    Unknown,
    Value,
)


def _path(arguments: Arguments, site: Site[ast.Call]) -> Value | None:
    """Path(folder, name), os.path.join(folder, name): a file, where its last part is known."""
    last = arguments.positional[-1] if arguments.positional else UNKNOWN
    return _file(last) if isinstance(last, File) or _named(last) else None


def _open(arguments: Arguments, site: Site[ast.Call]) -> Value | None:
    """open(path, "rb"): what holds bytes may hold a model, what holds text has rows."""
    mode = arguments.get(1, "mode")
    return _file(arguments.get(0, "file")) if isinstance(mode, Const) and "b" in str(mode.value) else None


def _buffer(arguments: Arguments, site: Site[ast.Call]) -> Value | None:
    """BytesIO(): a file known by where it was made; BytesIO(content) stands for its content."""
    return arguments.positional[0] if arguments.positional else File(str(site.place))


def _dump(arguments: Arguments, site: Site[ast.Call]) -> Value | None:
    save(site.machine, arguments.get(1, "filename", "file", "fp"), arguments.get(0, "value", "obj"))
    return UNKNOWN


def _dumps(arguments: Arguments, site: Site[ast.Call]) -> Value | None:
    return _copied(arguments.get(0, "value", "obj"))


def _load(arguments: Arguments, site: Site[ast.Call]) -> Value | None:
    """Of bytes in memory what they were made of."""
    source = arguments.get(0, "filename", "file", "data", "model_file")
    if isinstance(source, Estimator | Mapping | Sequence | Instance):
        return _copied(source)
    found = saved(site.machine, source)
    return None if isinstance(found, Unknown) else found


#: Functions of libraries by name; None where it is no file that a program of its own wrote.
FILES: dict[str, Callable[[Arguments, Site[ast.Call]], Value | None]] = {
    "Path": _path, "join": _path, "open": _open, "BytesIO": _buffer, "dump": _dump, "dumps": _dumps,
    "load": _load, "loads": _load, "load_model": _load, "Booster": _load,
}  # fmt: skip


def method(file: File, name: str, arguments: Arguments, machine: Machine) -> Value:
    """A method of a path, or of an open file: it stands for its content, too."""
    if name in {"open", "read", "read_bytes", "getvalue", "getbuffer", "resolve", "absolute", "expanduser"}:
        return file
    if name == "joinpath":
        return _file(arguments.get(0))
    if name in {"write", "write_bytes"}:
        save(machine, file, arguments.get(0))
    return UNKNOWN


def save(machine: Machine, file: Value, value: Value) -> None:
    machine.files[_file(file).name] = _copied(value)


def saved(machine: Machine, file: Value) -> Value:
    """What was saved in the file; where one of the names is not known, the only thing that was saved."""
    name = _file(file).name
    if name in machine.files:
        return _copied(machine.files[name])
    only = len(machine.files) == 1 and (not name or "" in machine.files)
    return _copied(next(iter(machine.files.values()))) if only else UNKNOWN


def _named(value: Value) -> bool:
    return isinstance(value, Const) and isinstance(value.value, str)


def _file(value: Value) -> File:
    if isinstance(value, Const) and isinstance(value.value, str):
        return File(value.value.rstrip("/").rpartition("/")[2])
    return value if isinstance(value, File) else File()


def _copied(value: Value, depth: int = 4) -> Value:
    """The value as it is now, whatever is fitted anew later."""
    if isinstance(value, Estimator):
        return replace(value)
    if isinstance(value, Sequence) and depth:
        return Sequence([_copied(item, depth - 1) for item in value.items], value.open)
    if isinstance(value, Mapping) and depth:
        return Mapping({key: _copied(item, depth - 1) for key, item in value.items.items()}, value.rest)
    if isinstance(value, Instance) and depth:
        return Instance(value.cls, {name: _copied(held, depth - 1) for name, held in value.attributes.items()})
    return value

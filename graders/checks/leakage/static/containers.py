"""Lists, tuples, dictionaries: taking them apart and what their methods do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from graders.checks.leakage.static.machine import Arguments
from graders.checks.leakage.static.rows import Atom, Cut, How, Place
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Const,
    Data,
    Estimator,
    Instance,
    Mapping,
    Sequence,
    Value,
    both,
    data_of,
    everything,
    join,
)

MOST_ITEMS = 60


def elements(value: Value) -> list[Value]:
    """What a loop over the value meets."""
    if isinstance(value, Sequence):
        return list(value.items[:MOST_ITEMS]) or [UNKNOWN]
    if isinstance(value, Mapping):
        return [Const(key) for key in list(value.items)[:MOST_ITEMS]] or [UNKNOWN]
    if isinstance(value, Instance) and value.parts is not None:
        return value.parts
    if isinstance(value, Data) and value.by:
        return [Sequence([UNKNOWN, replace(value, by="")])]
    if isinstance(value, Data) and not value.empty:
        return [value]
    return [UNKNOWN]


def item_at(value: Value, index: int, labels: list[str], nested: bool = False) -> Value:
    """Part `index` of a value that is unpacked into the names `labels`."""
    if isinstance(value, Instance) and value.parts is not None:
        value = Sequence(value.parts)
    if isinstance(value, Sequence):
        if value.open and value.items:
            return _entry(any_of(value.items[:MOST_ITEMS]), Const(index))
        return value.items[index] if index < len(value.items) else UNKNOWN
    if isinstance(value, Mapping):
        keys = list(value.items)
        return Const(keys[index]) if index < len(keys) else UNKNOWN
    if isinstance(value, Data):
        return _part(value, index, labels, nested)
    return UNKNOWN


def any_of(values: Iterable[Value]) -> Value:
    """One value that stands for whichever of them it is."""
    found: Value = UNKNOWN
    for value in values:
        found = join(value, found)
    return found


def _part(value: Data, index: int, labels: list[str], nested: bool) -> Data:
    """Part of what some unknown function gave: told from the names the author chose for it."""
    if not value.opaque:
        return value
    label = labels[index].lower()
    whole = replace(value, opaque=value.opaque if nested else "")
    if nested:
        return _side(whole, value.opaque, index)
    if not any("test" in name.lower() or "val" in name.lower() for name in labels):
        return _side(whole, value.opaque, index, several=True) if value.opaque.endswith("split") else whole
    return _side(whole, value.opaque, int("test" in label) or 2 * int("val" in label))


def _side(value: Data, key: str, side: int, several: bool = False) -> Data:
    """One of two parts, which together are the whole, or of several."""
    cut = Cut(f"unknown {key}", How.OTHER, key, Place("", 0), vague=several)
    return replace(value, rows=frozenset(Atom(a.origin, a.sides | {(cut, side)}) for a in value.rows))


def sequence_method(sequence: Sequence, name: str, arguments: Arguments) -> Value:
    value = arguments.get(0)
    if name in {"append", "add", "appendleft"} and len(sequence.items) < MOST_ITEMS:
        sequence.items.append(value)
    elif name in {"extend", "update"} and len(sequence.items) < MOST_ITEMS:
        sequence.items.extend(elements(value)[: MOST_ITEMS - len(sequence.items)])
        sequence.open = sequence.open or not isinstance(value, Sequence)
    elif name == "insert" and len(sequence.items) < MOST_ITEMS:
        sequence.items.insert(0, arguments.get(1))
    elif name == "pop":
        return sequence.items[-1] if sequence.items else UNKNOWN
    elif name == "copy":
        return Sequence(list(sequence.items), sequence.open)
    return UNKNOWN


def mapping_method(mapping: Mapping, name: str, arguments: Arguments) -> Value:
    key = arguments.get(0)
    if name == "items":
        pairs: list[Value] = [Sequence([Const(k), v]) for k, v in mapping.items.items()]
        return Sequence(pairs + ([Sequence([UNKNOWN, mapping.rest])] if mapping.rest is not None else []))
    if name == "values":
        return Sequence([*mapping.items.values(), *([mapping.rest] if mapping.rest is not None else [])])
    if name in {"get", "pop", "setdefault"}:
        if name == "setdefault" and isinstance(key, Const):
            mapping.items.setdefault(key.value, arguments.get(1))
        return item_of(mapping, key)
    if name == "update":
        return _update(mapping, arguments)
    if name == "copy":
        return Mapping(dict(mapping.items), mapping.rest)
    return UNKNOWN


def _update(mapping: Mapping, arguments: Arguments) -> Value:
    mapping.items.update(arguments.keywords)
    for other in arguments.positional:
        if isinstance(other, Mapping):
            mapping.items.update(other.items)
    return UNKNOWN


def item_of(container: Sequence | Mapping, key: Value) -> Value:
    """`container[key]`."""
    if isinstance(container, Mapping):
        rest = UNKNOWN if container.rest is None else container.rest
        if not isinstance(key, Const):
            return any_of([*container.items.values(), rest][:MOST_ITEMS])
        return container.items[key.value] if key.value in container.items else _entry(rest, key)
    if isinstance(key, Const) and isinstance(key.value, int) and not container.open:
        in_range = -len(container.items) <= key.value < len(container.items)
        return container.items[key.value] if in_range else UNKNOWN
    return any_of(container.items[:MOST_ITEMS])


def _entry(each: Value, key: Const) -> Value:
    """One of several entries that were filled alike: how it relates to those under other names is not known."""
    if not isinstance(each, Data) or not each.rows:
        return each
    cut = Cut(f"entry {key.value!r}"[:200], How.OTHER, repr(key.value), Place("", 0))
    return replace(each, rows=frozenset(Atom(a.origin, a.sides | {(cut, 0)}) for a in each.rows))


def estimators_in(value: Value, depth: int = 4) -> list[Estimator]:
    """Every estimator inside nested lists and tuples, such as the steps of a pipeline."""
    if isinstance(value, Estimator):
        return [value]
    if depth and isinstance(value, Sequence):
        return [found for item in value.items for found in estimators_in(item, depth - 1)]
    if depth and isinstance(value, Mapping):
        return [found for item in value.items.values() for found in estimators_in(item, depth - 1)]
    return []


def blend(values: list[Value]) -> Data:
    """Several values as one: rows of the first that has rows, and what all of them rest on."""
    datas = [everything(data_of(value)) for value in values]
    rows = next((d.rows for d in datas if d.rows), frozenset())
    result = Data()
    for data in datas:
        result = both(result, data)
    return replace(result, rows=rows)

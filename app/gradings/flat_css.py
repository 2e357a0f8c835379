"""CSS without nesting, for what lays out pages and knows none: `.a{.b{...}}` becomes `.a .b{...}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

import tinycss2  # type: ignore[import-untyped]  # it comes with WeasyPrint


def flat(sheet: str) -> str:
    """The same rules in the same order, none inside another but those inside @media."""
    return "".join(_flattened(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), []))


def _flattened(rules: Iterable[Any], parents: list[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            yield from _unnested(rule.content, _selectors(rule.prelude, parents))
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = "".join(_inside(rule.content, parents))
            yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        elif rule.type == "at-rule":
            yield rule.serialize()


def _inside(content: list[Any], parents: list[str]) -> Iterator[str]:
    """What stands in an at-rule: rules at the top, declarations as well where it is nested itself."""
    if parents:
        return _unnested(content, parents)
    return _flattened(tinycss2.parse_rule_list(content, skip_comments=True, skip_whitespace=True), [])


def _unnested(content: list[Any], selectors: list[str]) -> Iterator[str]:
    """The declarations of a block under its selectors, then the rules it holds."""
    parts = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    own = "".join(f"{part.serialize()};" for part in parts if part.type == "declaration")
    if own:
        yield f"{','.join(selectors)}{{{own}}}"
    yield from _flattened((part for part in parts if part.type != "declaration"), selectors)


def _selectors(prelude: list[Any], parents: list[str]) -> list[str]:
    """Every selector of a list below every parent."""
    own: list[list[Any]] = [[]]
    for part in prelude:
        if part == ",":
            own.append([])
        else:
            own[-1].append(part)
    texts = [tinycss2.serialize(tokens).strip() for tokens in own]
    if not parents:
        return texts
    return [text.replace("&", above) if "&" in text else f"{above} {text}" for above, text in product(parents, texts)]

"""Expressions of polars: written without a table, and of its rows once a table is asked for them."""

from __future__ import annotations

import ast
from dataclasses import replace

from graders.checks.leakage.static.containers import blend
from graders.checks.leakage.static.machine import Arguments, Site, text
from graders.checks.leakage.static.rows import Cut, How, Rows, origin
from graders.checks.leakage.static.subscripts import choose_columns, names_in, narrowed
from graders.checks.leakage.static.values import Const, Data, Fit, Value, data_of, everything

#: The rows of an expression, before it is known of which table.
ANY = origin("an expression of polars")
SEMI = {"semi": 1, "anti": 0}


def column(arguments: Arguments, site: Site[ast.Call]) -> Data:
    """`pl.col("x")`, `pl.col(names)`."""
    names = [name for given in arguments.positional for name in names_in(given)]
    machine = site.machine
    return choose_columns(Data(rows=ANY), names, machine) if names else Data(rows=ANY)


def asked(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """`with_columns`, `select`: the table with what its rows give in these expressions."""
    del site
    made = [(value.column, value) for value in arguments.positional if isinstance(value, Data)]
    made += [(name, value) for name, value in arguments.keywords.items() if isinstance(value, Data)]
    own = frozenset() if data.rows else data.fits  # of a table of statistics, which lines there are
    clocks = {name: Data(data.rows, own, column=name, when=value.when) for name, value in made if name and value.when}
    columns = (*((name, held) for name, held in data.columns if name not in clocks), *clocks.items())
    return replace(data, fits=data.fits | fits_of(arguments, data.rows), columns=columns)


def named(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """`expression.alias("name")`."""
    del site
    return replace(data, column=next(iter(names_in(arguments.get(0, "name"))), data.column))


def fits_of(arguments: Arguments, rows: Rows) -> frozenset[Fit]:
    """What expressions learn from the rows of a table, and what they were given that was learned before."""
    learnt = everything(blend(arguments.all)).fits
    return frozenset(replace(fit, rows=rows) if fit.rows == ANY else fit for fit in learnt)


def filtered(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """The rows that meet each condition.  In pandas `filter` chooses columns by name, and there is no condition."""
    del site
    result = data
    for condition in arguments.positional:
        result = narrowed(result, data_of(condition).picks)
    return result if result.rows else everything(result)  # which lines of a table of statistics stay, these decide


def looked_up(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Data | None:
    """A join that adds no columns: the rows whose key the other table has, or those whose key it has not."""
    how = arguments.get(-1, "how")
    side = SEMI.get(how.value) if isinstance(how, Const) and isinstance(how.value, str) else None
    if side is None:
        return None
    by_unit = site.machine.columns.group in names_in(arguments.get(1, "on"))
    cut = Cut(f"in {text(site.node.args[0], 200)}", How.GROUP if by_unit else How.OTHER, text(site.node), site.place)
    return narrowed(data, frozenset({(cut, side)}))

"""How a question names any number of students or keys: one list in one parameter.

A parameter for each value ends at 32,766 on SQLite and at 65,535 on PostgreSQL.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Integer,
    String,
    bindparam,
    cast,
    column,
    literal,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from jetkiz.storage.metadata import Key

_SMALL: Final = 2**31


class _Values(FunctionElement[Any]):
    """The values of a JSON list, a row each."""

    name = "list_values"
    inherit_cache = True


@compiles(_Values, "sqlite")
def _on_sqlite(element: _Values, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Values, "postgresql")
def _on_postgresql(element: _Values, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS JSON))"


def among(tested: ColumnClause[Any], values: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column has one of the values, however many there are.

    A number too big for the column is one that is not there, and no error.
    """
    wanted: list[int | str] = list(values)
    if len(wanted) == 1 and (isinstance(wanted[0], str) or abs(wanted[0]) < _SMALL):
        # The most common question, and the list is what takes longest to write.
        return tested == wanted[0]
    return _is_in(tested, literal(as_list(wanted), String))


def among_named(tested: ColumnClause[Any], name: str) -> ColumnElement[bool]:
    """Return the same for a question that is put into words once and asked often.

    The parameter of this name is given as ``as_list`` writes it.
    """
    return _is_in(tested, bindparam(name, type_=String))


def as_list(values: Iterable[int | str]) -> str:
    """Write any number of values as the one parameter of ``among_named``."""
    return json.dumps(list(values))


def _is_in(tested: ColumnClause[Any], values: ColumnElement[str]) -> ColumnElement[bool]:
    listed = _Values(values).table_valued(column("value"))
    kind = Key if isinstance(tested.type, Integer) else tested.type
    return tested.in_(select(cast(listed.c.value, kind)))

"""Everything that beanquery knows stands in one of two lists; what a later version adds is closed.

A failure here says that the installed beanquery has something new: look at what it does, and list
it in ``ledger/audit/query_rules.py``, open or closed.
"""

from __future__ import annotations

from beanquery import query_env, types
from beanquery.parser import ast
from beanquery.query_compile import FUNCTIONS
from beanquery.sources import beancount as source

from ledger.audit import query_rules as rules


def test_every_function_is_listed() -> None:
    assert query_env.Function  # what registers them
    assert {*FUNCTIONS, "coalesce", "row"} == rules.OPEN_FUNCTIONS | rules.CLOSED_FUNCTIONS
    assert not rules.OPEN_FUNCTIONS & rules.CLOSED_FUNCTIONS


def test_every_kind_of_node_is_listed() -> None:
    kinds = {
        name
        for name, kind in vars(ast).items()
        if isinstance(kind, type) and (issubclass(kind, ast.Node) or kind is ast.Node)
    }
    assert kinds == rules.OPEN_NODES | rules.CLOSED_NODES
    assert not rules.OPEN_NODES & rules.CLOSED_NODES


def test_every_table_is_listed() -> None:
    names = {table.name for table in source._TABLES}
    assert names == rules.OPEN_TABLES | rules.CLOSED_TABLES
    assert not rules.OPEN_TABLES & rules.CLOSED_TABLES


def test_every_column_of_an_open_table_is_listed() -> None:
    names = {
        column
        for table in source._TABLES
        if table.name in rules.OPEN_TABLES
        for column in table.columns
    }
    assert names == rules.OPEN_COLUMNS | rules.CLOSED_COLUMNS
    assert not set(rules.OWN_COLUMNS) & names


def test_every_attribute_is_listed() -> None:
    names = {name for kind in types.TYPES.values() for name in kind.columns}
    assert names == rules.OPEN_ATTRIBUTES


def test_an_unlisted_function_is_closed_until_it_is_listed() -> None:
    """As if a later beanquery had a function that reads files."""
    from ledger.audit.query_child import parsed

    FUNCTIONS["readfile"].extend(FUNCTIONS["upper"])
    try:
        try:
            parsed("SELECT readfile(narration)")
            fault = None
        except rules.NotAnswered as refused:
            fault = refused.fault
    finally:
        del FUNCTIONS["readfile"]
    assert fault is not None
    assert fault.rule == "query-not-allowed"
    assert "readfile" in fault.what.en

"""What a query may say: written lists of all that beanquery knows, and nothing that is in none.

Each statement, table, column, function and attribute of beanquery stands in an open or a closed
list here; one that a later version adds is in neither and therefore closed, and a test asks for it
to be listed. The check looks at beanquery's own tree of the query, before anything is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from ledger.errors import Words
from ledger.patterns import is_plain_pattern

#: Kinds of nodes of a query's tree, by class name.
OPEN_NODES: Final = frozenset(
    {
        "Add", "All", "And", "Any", "Asterisk", "Attribute", "Balances", "Between", "Column",
        "Constant", "Div", "Equal", "From", "Function", "Greater", "GreaterEq", "GroupBy", "In",
        "IsNotNull", "IsNull", "Journal", "Less", "LessEq", "Match", "Matches", "Mod", "Mul", "Neg",
        "Not", "NotEqual", "NotIn", "NotMatch", "Or", "OrderBy", "PivotBy", "Select", "Sub",
        "Subscript", "Table", "Target",
    }
)  # fmt: skip
#: A statement that writes, prints files or waits for values; and beanquery's abstract kinds.
CLOSED_NODES: Final = frozenset(
    {"BinaryOp", "BoolOp", "CreateTable", "Insert", "Node", "Placeholder", "Print", "UnaryOp"}
)

OPEN_TABLES: Final = frozenset({"accounts", "balances", "entries", "postings", "transactions"})
CLOSED_TABLES: Final = frozenset({"commodities", "documents", "events", "notes", "prices"})

OPEN_COLUMNS: Final = frozenset(
    {
        "account", "accounts", "amount", "balance", "close", "cost_currency", "cost_date",
        "cost_label", "cost_number", "currency", "date", "day", "description", "discrepancy",
        "entry", "flag", "id", "links", "meta", "month", "narration", "number", "open",
        "other_accounts", "payee", "position", "posting_flag", "price", "tags", "tolerance", "type",
        "weight", "year",
    }
)  # fmt: skip
#: Paths on the server.
CLOSED_COLUMNS: Final = frozenset({"filename", "lineno", "location"})
#: Ours beside them, out of the metadata that every voucher and posting has.
OWN_COLUMNS: Final = ("voucher", "fund", "papers")

OPEN_FUNCTIONS: Final = frozenset(
    {
        "abs", "account_sortkey", "any_meta", "bool", "close_date", "coalesce", "commodity", "cost",
        "count", "currency", "date", "date_add", "date_diff", "date_part", "date_trunc", "day",
        "decimal", "empty", "entry_meta", "filter_currency", "findfirst", "first", "grep",
        "has_account", "int", "joinstr", "last", "leaf", "length", "lower", "max", "maxwidth",
        "meta", "min", "month", "neg", "number", "only", "open_date", "open_meta", "parent",
        "possign", "quarter", "root", "round", "safediv", "splitcomp", "str", "substr", "sum",
        "units", "upper", "weekday", "year", "yearmonth",
    }
)  # fmt: skip
#: Prices, which a book has none of; today, so that a query answers the same tomorrow; guesses at
#: dates; patterns with groups; loops without a bound; and what shows how Python holds a value.
CLOSED_FUNCTIONS: Final = frozenset(
    {
        "commodity_meta", "convert", "currency_meta", "date_bin", "getitem", "getprice", "grepn",
        "interval", "parse_date", "repr", "row", "subst", "today", "value",
    }
)  # fmt: skip

OPEN_ATTRIBUTES: Final = frozenset(
    {
        "account", "accounts", "booking", "cost", "currencies", "currency", "date", "day", "flag",
        "label", "links", "meta", "month", "narration", "number", "payee", "tags", "units", "year",
    }
)  # fmt: skip

#: Rows of an answer, and characters of one of its cells; what is more is cut, and it is said.
MOST_ROWS: Final = 10_000
LONGEST_CELL: Final = 500
#: Characters of a query.
LONGEST_QUERY: Final = 4_000
#: Seconds of computing that running a query may take, its book read already; and all of it.
RUN_SECONDS: Final = 20
CPU_SECONDS: Final = 90

SUMMARIES: Final = (None, "units", "cost")
#: Which operand of a function is a pattern.
_PATTERNS: Final = {"findfirst": 0, "grep": 0, "has_account": 0}
_PLACE_KEYS: Final = frozenset({"filename", "lineno"})
_LONGEST_PATTERN: Final = 200
_LONGEST_NAME: Final = 60
_MOST_DIGITS: Final = 30
_MOST_LIMIT: Final = 10**9
_MOST_NODES: Final = 600
_DEEPEST: Final = 40
_MOST_SELECTS: Final = 4
_OWN_NAMES: Final = OPEN_COLUMNS | CLOSED_COLUMNS | frozenset(OWN_COLUMNS)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a query is not run. ``at`` is the offset in its text, None where no place is known."""

    rule: str
    what: Words
    remedy: Words
    at: int | None = None


class NotAnswered(Exception):
    """A query that is not run, or that came to nothing."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.rule)
        self.fault = fault


def check(tree: object) -> None:
    """Raise :class:`NotAnswered` unless every part of a parsed query stands in an open list."""
    selects = 0
    for counted, (node, depth) in enumerate(_walk(tree)):
        name = type(node).__name__
        selects += name == "Select"
        if depth > _DEEPEST or counted > _MOST_NODES or selects > _MOST_SELECTS:
            raise NotAnswered(too_large(_at(node)))
        if name not in OPEN_NODES:
            raise _closed(node, Words("这种语句", "this kind of statement"), name.upper())
        look = _LOOKS.get(name)
        if look is not None:
            look(node)


def too_large(at: int | None = None) -> Fault:
    return Fault(
        "query-too-large",
        Words("查询太长或嵌套太深", "the query is too long, or nested too deeply"),
        Words("拆成几个较小的查询", "split it into smaller ones"),
        at,
    )


TOO_COSTLY: Final = Fault(
    "query-too-costly",
    Words(
        f"查询用完了 {RUN_SECONDS} 秒或 2 GB 内存，已中止",
        f"the query used up {RUN_SECONDS} seconds or 2 GB of memory, and was ended",
    ),
    Words("缩短期间，或加条件再查", "ask of a shorter period, or with more conditions"),
)


def _walk(tree: object) -> Iterator[tuple[Any, int]]:
    """Every node with its depth; lists and tuples are looked into."""
    waiting: list[tuple[object, int]] = [(tree, 0)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, (list, tuple)):
            waiting += [(one, depth) for one in reversed(value)]
        elif is_dataclass(value):
            yield value, depth
            waiting += [
                (getattr(value, field.name), depth + 1)
                for field in reversed(fields(value))
                if field.name != "parseinfo"
            ]
        elif not isinstance(value, _LEAVES):
            raise NotAnswered(too_large())


_LEAVES: Final = (type(None), bool, int, str, Decimal, date, Enum)


def _at(node: Any) -> int | None:
    info = getattr(node, "parseinfo", None)
    place = getattr(info, "pos", None)
    return place if isinstance(place, int) else None


def _closed(node: Any, what: Words, name: object, remedy: Words | None = None) -> NotAnswered:
    shown = "".join(c if c.isprintable() else "?" for c in str(name))[:_LONGEST_NAME]
    return NotAnswered(
        Fault(
            "query-not-allowed",
            Words(f"查询中不能用{what.zh} {shown}", f"a query may not use {what.en} {shown}"),
            remedy
            or Words(
                "只能用 SELECT、BALANCES、JOURNAL；能用的表、列和函数见说明",
                "use SELECT, BALANCES or JOURNAL, with the tables, columns and functions listed",
            ),
            _at(node),
        )
    )


# ---- single kinds of nodes ---------------------------------------------------------------------


def _look_at_table(node: Any) -> None:
    if node.name is not None and node.name not in OPEN_TABLES:
        raise _closed(node, Words("表", "the table"), node.name, _list_of(OPEN_TABLES))


def _look_at_from(node: Any) -> None:
    """``FROM documents`` is read as a column first, then as a table."""
    expression = node.expression
    if type(expression).__name__ != "Column":
        return
    if expression.name in CLOSED_TABLES:
        raise _closed(expression, Words("表", "the table"), expression.name, _list_of(OPEN_TABLES))
    if expression.name in OPEN_TABLES & OPEN_COLUMNS:
        raise _closed(
            expression, Words("条件", "the condition"), expression.name,
            Words(f"表写作 FROM #{expression.name}", f"the table is FROM #{expression.name}"),
        )  # fmt: skip


def _look_at_column(node: Any) -> None:
    if node.name in CLOSED_COLUMNS:
        raise _closed(node, Words("列", "the column"), node.name, _NO_PLACES)


def _look_at_function(node: Any) -> None:
    if node.fname not in OPEN_FUNCTIONS:
        raise _closed(node, Words("函数", "the function"), node.fname, _list_of(OPEN_FUNCTIONS))
    place = _PATTERNS.get(node.fname)
    if place is not None and node.operands:
        _demand_pattern(node.operands[place])
    if node.fname in ("meta", "entry_meta", "any_meta", "open_meta"):
        for operand in node.operands:
            _refuse_place_key(operand, getattr(operand, "value", None))


def _look_at_attribute(node: Any) -> None:
    if node.name not in OPEN_ATTRIBUTES:
        raise _closed(node, Words("属性", "the attribute"), node.name, _list_of(OPEN_ATTRIBUTES))


def _look_at_subscript(node: Any) -> None:
    _refuse_place_key(node, node.key)


def _refuse_place_key(node: Any, key: object) -> None:
    if isinstance(key, str) and (key in _PLACE_KEYS or key.startswith("__")):
        raise _closed(node, Words("附注", "the metadata"), key, _NO_PLACES)


def _look_at_right_pattern(node: Any) -> None:
    _demand_pattern(node.right)


def _look_at_left_pattern(node: Any) -> None:
    _demand_pattern(node.left)


def _look_at_quantified(node: Any) -> None:
    """``'text' ~ ANY(list)`` would run what stands in the book as a pattern."""
    if node.op in ("~", "!~"):
        raise _closed(
            node, Words("运算", "the operator"), f"{node.op} ANY/ALL",
            Words("写作 '文字' ?~ ANY(…)", "write 'text' ?~ ANY(…)"),
        )  # fmt: skip
    if node.op == "?~":
        _demand_pattern(node.left)


def _demand_pattern(node: Any) -> None:
    """A pattern is a plain one, and written in the query itself."""
    text = getattr(node, "value", None)
    # What stands in double quotes and is called like a column means the column.
    is_column = text in _OWN_NAMES and (getattr(node, "text", "") or "").startswith('"')
    is_text = type(node).__name__ == "Constant" and isinstance(text, str) and not is_column
    if not is_text or len(str(text)) > _LONGEST_PATTERN or not is_plain_pattern(str(text)):
        raise NotAnswered(
            Fault(
                "query-pattern",
                Words(
                    "匹配的文字须直接写出，不能用 * + ? ( ) [ ] { } 等通配写法",
                    "what is matched is plain text in the query, without * + ? ( ) [ ] { }",
                ),
                Words(
                    "写出要找的文字；^ 为开头，$ 为结尾，| 为或者",
                    "write the text itself; ^ is its beginning, $ its end, | means or",
                ),
                _at(node),
            )
        )


def _look_at_constant(node: Any) -> None:
    values = node.value if isinstance(node.value, list) else [node.value]
    for value in values:
        if isinstance(value, (int, Decimal)) and not _is_small(value):
            raise NotAnswered(too_large(_at(node)))
        is_quoted = isinstance(value, str) and (node.text or "").startswith('"')
        if is_quoted and value in CLOSED_COLUMNS:
            raise _closed(node, Words("列", "the column"), value, _NO_PLACES)


def _is_small(value: int | Decimal) -> bool:
    number = Decimal(value)
    return number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS


def _look_at_select(node: Any) -> None:
    if node.limit is not None and not 0 <= node.limit <= _MOST_LIMIT:
        raise NotAnswered(too_large(_at(node)))


def _look_at_summary(node: Any) -> None:
    if node.summary_func not in SUMMARIES:
        raise _closed(node, Words("", "the summary"), f"AT {node.summary_func}")
    account = getattr(node, "account", None) or ""
    if len(account) > _LONGEST_PATTERN or not is_plain_pattern(account):
        _demand_pattern(node)


_NO_PLACES: Final = Words(
    "凭证号用 voucher 列；服务器上的位置不予显示",
    "the column voucher says which voucher it is; places on the server are not shown",
)


def _list_of(names: frozenset[str]) -> Words:
    told = ", ".join(sorted(names))
    return Words(f"可用：{told}", f"there are: {told}")


_LOOKS: Final = {
    "Table": _look_at_table,
    "From": _look_at_from,
    "Column": _look_at_column,
    "Function": _look_at_function,
    "Attribute": _look_at_attribute,
    "Subscript": _look_at_subscript,
    "Match": _look_at_right_pattern,
    "NotMatch": _look_at_right_pattern,
    "Matches": _look_at_left_pattern,
    "Any": _look_at_quantified,
    "All": _look_at_quantified,
    "Constant": _look_at_constant,
    "Select": _look_at_select,
    "Balances": _look_at_summary,
    "Journal": _look_at_summary,
}

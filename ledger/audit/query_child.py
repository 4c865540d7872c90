"""The query's child process: one query of one book, then it ends.

It is told the text of a book and a query, and nothing else: no folder, no registry, no name of a
file on this machine. It bounds itself before it looks at either, and from then on opens no file.
The query is parsed by beanquery's own parser, and every part of it looked up in the written lists
(``query_rules``) before the book is read. What comes out is plain JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import datetime
from typing import Any, Final

import beanquery
from beanquery import compiler, parser
from beanquery.parser import ast

from ledger import child
from ledger.audit.query_book import Loaded, Unbooked, load
from ledger.audit.query_cells import answer_of
from ledger.audit.query_rules import (
    CPU_SECONDS,
    RUN_SECONDS,
    TOO_COSTLY,
    Fault,
    NotAnswered,
    check,
    too_large,
)
from ledger.audit.query_tables import connection_to
from ledger.canonical_reader import NotCanonical
from ledger.errors import Words
from ledger.period import Month

_MEMORY: Final = 2 * 1024**3
_PARSE_SECONDS: Final = 5
_LIMITS: Final = (
    (resource.RLIMIT_AS, _MEMORY),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 0),
)
_LONGEST_MESSAGE: Final = 160
_WRITE_SO: Final = Words(
    "写作 SELECT …、BALANCES … 或 JOURNAL '科目'；可参照示例",
    "write SELECT …, BALANCES … or JOURNAL 'account'; the examples show how",
)


def main() -> None:
    """Print what the query on standard input gives, or ``{"fault": …}``."""
    datetime.strptime("2026-01-01", "%Y-%m-%d")  # date() needs what this imports
    child.bound(_LIMITS)
    _allow(_PARSE_SECONDS)
    head = json.loads(sys.stdin.buffer.readline())
    files = [(name, sys.stdin.buffer.read(size)) for name, size in head["files"]]
    try:
        answer = _answer(head["query"], files, head["since"], head["seconds"])
    except NotAnswered as refused:
        answer = {"fault": _told(refused.fault)}
    except RecursionError:
        answer = {"fault": _told(too_large())}
    except MemoryError:
        answer = {"fault": _told(TOO_COSTLY)}
    json.dump(answer, sys.stdout, ensure_ascii=False)


def _allow(seconds: int) -> None:
    """From now on this many seconds of computing; all together never more than are allowed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(until, CPU_SECONDS), CPU_SECONDS))


def _told(fault: Fault) -> dict[str, object]:
    return {"rule": fault.rule, "what": fault.what, "remedy": fault.remedy, "at": fault.at}


def _answer(
    text: str, files: list[tuple[str, bytes]], since: str | None, seconds: int
) -> dict[str, object]:
    tree = parsed(text)
    _compiled(connection_to(Loaded([], _no_options(), 0, None)), tree)
    _allow(CPU_SECONDS)
    try:
        book = load(files, Month.parse(since) if since else None)
    except (NotCanonical, Unbooked) as fault:
        raise NotAnswered(_UNREADABLE) from fault
    _allow(min(seconds, RUN_SECONDS))
    query = _compiled(connection_to(book), tree)
    try:
        columns, rows = query()
        found = answer_of(columns, rows)
    except (MemoryError, RecursionError):
        raise
    except Exception as fault:
        raise NotAnswered(_not_reckoned(fault)) from fault
    opened = book.opened.isoformat() if book.opened else None
    return {**found, "vouchers": book.vouchers, "opened": opened}


_UNREADABLE: Final = Fault(
    "query-book",
    Words("账簿文字读不出来", "the text of the book cannot be read"),
    Words("先运行 mingbai check", "run mingbai check first"),
)


def _no_options() -> dict[str, Any]:
    from beancount.parser import parser as book_parser

    options: dict[str, Any] = book_parser.parse_string("")[2]
    return options


# ---- the query ---------------------------------------------------------------------------------


def parsed(text: str) -> Any:
    """The tree of a query, of which every part is allowed; BALANCES and JOURNAL as SELECT.

    Raises: NotAnswered; RecursionError for what is nested too deeply.
    """
    try:
        tree = parser.parse(text)
    except beanquery.ParseError as fault:
        raise NotAnswered(_syntax(getattr(fault.parseinfo, "pos", None))) from fault
    except (MemoryError, RecursionError):
        raise
    except Exception as fault:  # the parser's own troubles, such as with the 31st of February
        raise NotAnswered(_syntax(None)) from fault
    check(tree)
    if isinstance(tree, ast.Balances):
        tree = _balances(tree)
    elif isinstance(tree, ast.Journal):
        tree = _journal(tree)
    check(tree)
    return tree


def _syntax(at: int | None) -> Fault:
    words = Words("查询写法有误", "the query is not written right")
    return Fault("query-syntax", words, _WRITE_SO, at)


def _balances(tree: Any) -> Any:
    """As beanquery means it; here what was typed never becomes part of a text that is parsed."""
    base = parser.parse(
        f"SELECT account, sum({_summed(tree, 'position')}) AS position "
        "GROUP BY account, account_sortkey(account) ORDER BY account_sortkey(account)"
    )
    base.from_clause, base.where_clause = tree.from_clause, tree.where_clause
    return base


def _journal(tree: Any) -> Any:
    """As beanquery means it, with voucher and fund beside each posting."""
    base = parser.parse(
        "SELECT date, voucher, payee, narration, account, fund, "
        f"{_summed(tree, 'position')} AS position, {_summed(tree, 'balance')} AS balance"
    )
    base.from_clause = tree.from_clause
    if tree.account:
        base.where_clause = ast.Match(ast.Column("account"), ast.Constant(tree.account))
    return base


def _summed(tree: Any, column: str) -> str:
    return f"{tree.summary_func}({column})" if tree.summary_func else column


def _compiled(connection: Any, tree: Any) -> Any:
    try:
        return compiler.compile(connection, tree)
    except beanquery.ProgrammingError as fault:
        place = getattr(getattr(fault, "parseinfo", None), "pos", None)
        what = "".join(c if c.isprintable() else "?" for c in str(fault))[:_LONGEST_MESSAGE]
        raise NotAnswered(
            Fault(
                "query-meaning",
                Words(f"查询的意思不成立：{what}", f"the query has no meaning: {what}"),
                Words(
                    "核对列名、函数与类型；可参照示例",
                    "check columns, functions and their types; the examples show how",
                ),
                place,
            )
        ) from fault
    except (MemoryError, RecursionError):
        raise
    except Exception as fault:
        raise NotAnswered(_not_reckoned(fault)) from fault


def _not_reckoned(fault: Exception) -> Fault:
    """What went wrong is told by its kind alone: its words are the library's, about its insides."""
    kind = type(fault).__name__
    return Fault(
        "query-value",
        Words(f"查询算不出结果（{kind}）", f"the query comes to no result ({kind})"),
        Words(
            "核对函数的参数、数字与日期的范围，以及比较的两边是否同类",
            "check what functions are given, ranges of numbers and days, and what is compared",
        ),
    )


if __name__ == "__main__":
    main()

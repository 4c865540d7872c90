"""mingbai audit query: a question of a unit's book, in beanquery's language, in a safe subset."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.cli.files import write
from ledger.errors import CannotRun, Words, finding

if TYPE_CHECKING:
    from ledger.audit.query import Answer
    from ledger.registry import Registry

_FORMS = {".csv": "csv", ".xlsx": "xlsx"}


def add_parts(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    query = parts.add_parser(
        "query", help="查询账簿（SELECT、BALANCES、JOURNAL）ask the book, in a safe subset"
    )
    acting.add_folder(query)
    acting.add_unit(query)
    query.add_argument("query", metavar="QUERY", nargs="*", help="查询 the query, in quotes")
    query.add_argument("--example", metavar="NAME", help="用示例查询 ask an example by its name")
    query.add_argument("--examples", action="store_true", help="列出示例 list examples of queries")
    query.add_argument(
        "--period", type=acting.period, metavar="P",
        help="只读此期间的凭证，此前并为期初余额 the vouchers of a year, quarter or month, "
        "and opening balances",
    )  # fmt: skip
    query.add_argument(
        "-o", "--output", type=Path, metavar="F", help="写入 .csv 或 .xlsx write to a file"
    )
    acting.add_json(query)
    acting.add_user(query)
    query.set_defaults(run=run_query, rest="query")


def run_query(options: argparse.Namespace) -> int:
    from ledger.audit.query import ask, note

    if options.examples:
        return _tell_examples(as_json=options.json)
    query = _query_of(options)
    form = _form_of(options.output)
    with acting.looking(options, options.unit) as (registry, user, now):
        if user is not None:
            note(registry, options.unit, query, user, now)
        answer = ask(registry, options.unit, query, options.period)
        if form:
            from reports.querying import query_statement
            from reports.render import render

            statement = query_statement(
                answer, query, options.unit, _name_of(registry, options.unit), now.date()
            )
            write(options.output, render(statement, form))
    _tell(answer, as_json=options.json, is_written=bool(form))
    return 0


def _tell(answer: Answer, *, as_json: bool, is_written: bool) -> None:
    from reports.querying import query_text

    if as_json:
        print(json.dumps(answer.as_json(), ensure_ascii=False))
    elif is_written:
        print(f"{answer.found:,} 行 rows，{answer.seconds:.1f} 秒 seconds")
        for told in answer.told:
            print(f"{told.zh} {told.en}")
    else:
        print(query_text(answer))


def _query_of(options: argparse.Namespace) -> str:
    from ledger.audit.query_examples import named

    typed = acting.one_word(options.query)
    if (typed is None) == (options.example is None):
        raise _usage("须写一个查询，或用 --example 选一个", "write one query, or name an --example")
    if typed is not None:
        return typed
    found = named(options.example)
    if found is None:
        raise _usage("没有这个示例", "there is no such example")
    return found.query


def _form_of(path: Path | None) -> str:
    if path is None:
        return ""
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise _usage("文件名以 .csv 或 .xlsx 结尾", "a file's name ends with .csv or .xlsx")
    return form


def _usage(zh: str, en: str) -> CannotRun:
    return CannotRun(
        finding(
            "usage", zh, en, "示例见 mingbai audit query DIR --unit U --examples",
            "for examples: mingbai audit query DIR --unit U --examples",
        )
    )  # fmt: skip


def _tell_examples(*, as_json: bool) -> int:
    from ledger.audit.query_examples import EXAMPLES

    if as_json:
        rows = [
            {"name": one.name, "title": one.title.zh, "title_en": one.title.en, "query": one.query}
            for one in EXAMPLES
        ]
        print(json.dumps({"examples": rows}, ensure_ascii=False))
        return 0
    for one in EXAMPLES:
        print(f"{one.name}：{one.title.zh} {one.title.en}\n  {one.query}")
    return 0


def _name_of(registry: Registry, unit: str) -> Words:
    from ledger.registry import units

    with registry.read() as conn:
        row = units.find(conn, unit)
    return Words(row.name, row.name_en or row.name)

"""The sums of a consolidation, in SQL that DuckDB and Spark read alike.

Both engines see two tables: ``cells`` (unit, month, account, fund, fund_name, restriction,
currency, carried, debit, credit, n) and ``between`` (unit, counter, reference, account, fund,
currency, month, fen). Months are whole numbers, ``yyyymm``; ``yyyy00`` holds everything before the
year. Numbers are put into the text as numbers; of text only what our own data name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledger.errors import CannotRun, finding

CELLS: Final = "cells"
BETWEEN: Final = "between_units"
#: The columns of both tables, in types that both engines know.
COLUMNS: Final = {
    CELLS: {
        "unit": "STRING", "month": "INT", "account": "STRING", "fund": "STRING",
        "fund_name": "STRING", "restriction": "STRING", "currency": "STRING", "carried": "INT",
        "debit": "BIGINT", "credit": "BIGINT", "n": "BIGINT",
    },
    BETWEEN: {
        "unit": "STRING", "counter": "STRING", "reference": "STRING", "account": "STRING",
        "fund": "STRING", "currency": "STRING", "month": "INT", "fen": "BIGINT",
    },
}  # fmt: skip


class Unreadable(CannotRun):
    """An engine cannot read the Parquet files."""

    def __init__(self) -> None:
        super().__init__(
            finding(
                "cache-unreadable",
                "汇总缓存的 Parquet 文件读不出来",
                "the Parquet files of the consolidation cannot be read",
                "删除联合会目录中的 .cache/consolidation 后重试",
                "delete .cache/consolidation in the federation folder and try again",
            )
        )


def sums(last: int) -> str:
    """By account, fund and month, over all units, from the year's opening to ``last``."""
    return (
        "SELECT account, fund, fund_name, restriction, currency, carried, month,"  # noqa: S608
        " CAST(SUM(debit) AS BIGINT) AS debit, CAST(SUM(credit) AS BIGINT) AS credit,"
        " CAST(SUM(n) AS BIGINT) AS n"
        f" FROM {CELLS} WHERE month <= {int(last)}"
        " GROUP BY account, fund, fund_name, restriction, currency, carried, month"
        " ORDER BY account, fund, fund_name, restriction, currency, carried, month"
    )


def by_unit(first: int, last: int) -> str:
    """By unit and account: what was held at the end of ``last``, and what moved since ``first``.

    What carries income and spending over is no movement.
    """
    inside = f"month >= {int(first)} AND carried = 0"
    return (
        "SELECT unit, account, currency, CAST(SUM(debit - credit) AS BIGINT) AS held,"  # noqa: S608
        f" CAST(SUM(CASE WHEN {inside} THEN debit - credit ELSE 0 END) AS BIGINT) AS moved"
        f" FROM {CELLS} WHERE month <= {int(last)}"
        " GROUP BY unit, account, currency ORDER BY unit, account, currency"
    )


def by_fund(first: int, last: int, components: Sequence[str]) -> str:
    """By unit, account and fund with its restriction: what moved in yuan on some accounts.

    ``components`` are first components of accounts, which the data of ``lines.toml`` name.
    """
    if any("'" in component for component in components):
        raise ValueError("a component with a quote is none of lines.toml")
    named = ", ".join(f"'{component}'" for component in components)
    return (
        "SELECT unit, account, fund, restriction, CAST(SUM(debit - credit) AS BIGINT) AS moved"  # noqa: S608
        f" FROM {CELLS} WHERE month BETWEEN {int(first)} AND {int(last)} AND carried = 0"
        f" AND currency = 'CNY' AND split_part(account, ':', 2) IN ({named})"
        " GROUP BY unit, account, fund, restriction ORDER BY unit, account, fund, restriction"
    )


def between(last: int) -> str:
    """What units entered towards each other up to ``last``."""
    return (
        "SELECT unit, counter, reference, account, fund, currency, month,"  # noqa: S608
        " CAST(SUM(fen) AS BIGINT) AS fen"
        f" FROM {BETWEEN} WHERE month <= {int(last)}"
        " GROUP BY unit, counter, reference, account, fund, currency, month"
        " ORDER BY unit, counter, reference, account, fund, currency, month"
    )

"""What of Fava a browser may reach: two written lists, and nothing that is in neither.

Fava knows no roles, embeds server paths, reads its source and queries at will. So each of its
endpoints stands in :data:`OPEN` or :data:`CLOSED`; one that a later version adds is in neither and
therefore closed, and a test asks for it to be listed. Filters are regular expressions that Python
would run on the server, so only plain ones pass (:func:`faults_in`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from fava.util.date import parse_date

from ledger.errors import Words
from ledger.patterns import is_plain_pattern

#: The reports of Fava's own frame that may be shown (endpoint ``report``).
OPEN_REPORTS: Final = frozenset({"income_statement", "balance_sheet", "trial_balance", "journal"})
CLOSED_REPORTS: Final = frozenset(
    {
        "commodities",
        "documents",
        "editor",
        "errors",
        "events",
        "holdings",
        "import",
        "options",
        "query",
        "statistics",
    }
)

#: Our own extension pages (endpoint ``extension_report``), by class name.
OPEN_EXTENSIONS: Final = frozenset(
    {"Allocations", "Assets", "Audit", "Budget", "Dues", "Federation", "Funds", "Gifts"}
)

#: Endpoints that answer. ``report`` and ``extension_report`` answer for the names above only.
OPEN: Final = frozenset(
    {
        "account",
        "report",
        "extension_report",
        "json_api.get_account_report",
        "json_api.get_balance_sheet",
        "json_api.get_changed",
        "json_api.get_errors",  # answered by us: always an empty list
        "json_api.get_income_statement",
        "json_api.get_journal_page",
        "json_api.get_ledger_data",  # answered by us: without paths, payees and links
        "json_api.get_trial_balance",
    }
)

CLOSED: Final = frozenset(
    {
        "document",
        "download_journal",
        "download_query",
        "extension_endpoint",
        "extension_js_module",
        "help_page",
        "holdings_by",
        "index",  # we answer: it leads to the funds page
        "jump",  # redirects to whatever the Referer says
        "statement",
        "static",  # we serve Fava's static files, without source maps
        "json_api.delete_document",
        "json_api.delete_source_slice",
        "json_api.get_commodities",
        "json_api.get_context",  # the entry's file and line on the server
        "json_api.get_documents",
        "json_api.get_events",
        "json_api.get_extract",
        "json_api.get_help",
        "json_api.get_imports",
        "json_api.get_journal",  # every entry at once
        "json_api.get_narration_transaction",
        "json_api.get_narrations",
        "json_api.get_options",
        "json_api.get_payee_accounts",
        "json_api.get_payee_transaction",
        "json_api.get_query",
        "json_api.get_source",
        "json_api.get_source_slice",
        "json_api.get_statistics",
        "json_api.put_add_document",
        "json_api.put_add_entries",
        "json_api.put_attach_document",
        "json_api.put_format_source",
        "json_api.put_move",
        "json_api.put_source",
        "json_api.put_source_slice",
        "json_api.put_upload_import_file",
    }
)

#: What a request may say; every other parameter is dropped before Fava sees the request.
PARAMETERS: Final = frozenset(
    {
        "a",
        "account",
        "charts",
        "conversion",
        "filter",
        "interval",
        "order",
        "page",
        "partial",
        "r",
        "time",
    }
)
_LONGEST: Final = {"account": 120, "filter": 200, "a": 150}
_LONGEST_OTHER: Final = 60
_INTERVALS: Final = frozenset({"", "year", "quarter", "month"})

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_PLACE_KEYS = re.compile(r"\b(filename|lineno)\b")


def is_open(
    endpoint: str | None,
    arguments: Mapping[str, object],
    extensions: frozenset[str] = OPEN_EXTENSIONS,
) -> bool:
    """May this endpoint of Fava answer, with these parts of its path?

    ``extensions`` are those of our own pages that are there.

    >>> is_open("report", {"report_name": "journal"})
    True
    >>> is_open("report", {"report_name": "editor"})
    False
    """
    if endpoint not in OPEN:
        return False
    if endpoint == "report":
        return arguments.get("report_name") in OPEN_REPORTS
    if endpoint == "extension_report":
        return arguments.get("extension_name") in extensions
    return True


def known_parameters(arguments: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parameters that Fava may see, the first of each name."""
    kept: dict[str, str] = {}
    for name, value in arguments:
        if name in PARAMETERS and value:
            kept.setdefault(name, value)
    return kept


def faults_in(parameters: Mapping[str, str]) -> list[Words]:
    """Why these parameters cannot be used, in words for the person who typed them."""
    faults = []
    for name, value in parameters.items():
        if len(value) > _LONGEST.get(name, _LONGEST_OTHER) or not value.isprintable():
            faults.append(
                Words(f"筛选条件 {name} 太长或含有不可见字符", f"the filter {name} is too long")
            )
    if parameters.get("interval", "") not in _INTERVALS:
        faults.append(Words("图表按月、季或年显示", "charts are drawn by month, quarter or year"))
    if "page" in parameters and not re.fullmatch(r"[1-9][0-9]{0,5}", parameters["page"]):
        faults.append(Words("页码是一个正整数", "a page is a positive whole number"))
    if not _is_span(parameters.get("time", "")):
        faults.append(
            Words("期间在 1949 年到 2199 年之间", "a period lies between the years 1949 and 2199")
        )
    if not (is_plain_pattern(parameters.get("account", "")) and _is_plain_filter(parameters)):
        faults.append(
            Words(
                "筛选条件只能是文字，不能用 * + ? ( ) [ ] { } 等通配写法",
                "filters are plain text here, without * + ? ( ) [ ] { }",
            )
        )
    return faults


def _is_span(time: str) -> bool:
    """A period that a book can have; what is no period at all Fava explains itself."""
    try:
        begin, end = parse_date(time)
    except (ValueError, OverflowError):
        return False
    return begin is None or end is None or 1949 <= begin.year <= end.year <= 2200


def _is_plain_filter(parameters: Mapping[str, str]) -> bool:
    """Each quoted word is a plain pattern; outside them parentheses group conditions."""
    text = parameters.get("filter", "")
    outside = _QUOTED.sub(" ", text)
    grouped = re.sub(r"[()]", " ", outside)
    if _PLACE_KEYS.search(outside) or not is_plain_pattern(grouped):
        return False
    return all(is_plain_pattern(quoted[1:-1]) for quoted in _QUOTED.findall(text))

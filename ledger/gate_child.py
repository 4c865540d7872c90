"""The gate's child process: Beancount's parser alone, on text from standard input.

No loader runs, so nothing is included, no plugin is imported, no option takes effect and nothing is
evaluated beyond the parser itself. What comes out is plain JSON; the parent checks all of it again.
"""

from __future__ import annotations

import json
import resource
import sys
from decimal import Decimal
from typing import Any, Final

_LIMITS: Final = (
    (resource.RLIMIT_CPU, 10),
    (resource.RLIMIT_AS, 1024**3),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 32),
)
# Beyond these nobody reads on, and a file of nothing but faults would make a book of findings.
_MOST_ERRORS: Final = 50
_MOST_DIRECTIVES: Final = 1001  # one more than the parent takes


def main() -> int:
    """Print ``{"errors": [...], "directives": [...]}`` of the text on standard input."""
    from beancount.parser import parser

    for limit, value in _LIMITS:
        resource.setrlimit(limit, (value, value))
    text = sys.stdin.buffer.read().decode()
    directives, errors, options = parser.parse_string(text, report_filename="draft")
    found = [_error(error) for error in errors[:_MOST_ERRORS]]
    for name in ("include", "plugin"):
        if options.get(name):
            found.append({"line": None, "message": f"{name} is not allowed in a draft"})
    json.dump(
        {"errors": found, "directives": list(map(_directive, directives[:_MOST_DIRECTIVES]))},
        sys.stdout,
    )
    return 0


def _error(error: Any) -> dict[str, object]:
    return {"line": (error.source or {}).get("lineno"), "message": str(error.message)[:300]}


def _directive(entry: Any) -> dict[str, object]:
    kind = type(entry).__name__
    line = entry.meta.get("lineno")
    if kind != "Transaction":
        return {"kind": kind, "line": line}
    return {
        "kind": kind,
        "line": line,
        "day": entry.date.isoformat(),
        "flag": entry.flag,
        "payee": entry.payee or "",
        "narration": entry.narration or "",
        "tags": sorted(entry.tags),
        "links": sorted(entry.links),
        "meta": _meta(entry.meta),
        "postings": [_posting(posting) for posting in entry.postings],
    }


def _posting(posting: Any) -> dict[str, object]:
    units, cost = posting.units, posting.cost
    found: dict[str, object] = {
        "line": (posting.meta or {}).get("lineno"),
        "account": posting.account,
        "flag": posting.flag,
        "price": posting.price is not None,
        "meta": _meta(posting.meta or {}),
        "number": None,
        "currency": None,
        "cost": None,
    }
    if isinstance(getattr(units, "number", None), Decimal):
        found["number"] = format(units.number, "f")
    if isinstance(getattr(units, "currency", None), str):
        found["currency"] = units.currency
    if cost is not None:
        plain = (
            isinstance(cost.number_per, Decimal)
            and not isinstance(cost.number_total, Decimal)
            and isinstance(cost.currency, str)
            and cost.date is None
            and not cost.merge
        )
        found["cost"] = {
            "plain": plain,
            "number": format(cost.number_per, "f") if plain else None,
            "currency": cost.currency if plain else None,
            "label": cost.label,
        }
    return found


def _meta(meta: dict[str, Any]) -> dict[str, object]:
    """Text stays text; any other value is told as null, and the parent refuses it."""
    return {
        key: value if isinstance(value, str) else None
        for key, value in meta.items()
        if key not in ("filename", "lineno") and not key.startswith("__")
    }


if __name__ == "__main__":
    sys.exit(main())

"""One statement in any of the forms people take it home in.

    render(statement, "pdf") -> bytes

Each form's module is imported when it is asked for, so that a table on the terminal does not
pay for reportlab.
"""

from __future__ import annotations

from typing import Final

from ledger.errors import CannotRun, Finding, Words
from reports.statement import Statement

#: Format → the ending of its files.
FORMATS: Final = {"text": ".txt", "pdf": ".pdf", "xlsx": ".xlsx", "csv": ".csv", "json": ".json"}


def render(
    statement: Statement,
    format: str,
    *,
    findings: list[Finding] | None = None,
    tagged: bool = False,
) -> bytes:
    """The statement in ``format``, one of :data:`FORMATS`; texts are UTF-8.

    A ``tagged`` PDF is one to publish: with its structure and its data, in our own typeface only.
    What drawing brought to light, such as characters that no font holds, is appended to
    ``findings``. Raises: CannotRun for another format.
    """
    match format:
        case "text":
            from reports.text import render_text

            return render_text(statement).encode()
        case "csv":
            from reports.opendata import render_csv

            return render_csv(statement).encode()
        case "json":
            from reports.opendata import render_json

            return render_json(statement).encode()
        case "xlsx":
            from reports.xlsx import render_xlsx

            return render_xlsx(statement)
        case "pdf":
            from reports.pdf import render_pdf, render_tagged_pdf

            if tagged:
                return render_tagged_pdf(statement, findings=findings)
            return render_pdf(statement, findings=findings)
    raise CannotRun(_unknown(format))


def _unknown(format: str) -> Finding:
    known = ", ".join(FORMATS)
    return Finding(
        rule="unknown-format",
        what=Words(f"没有“{format[:20]}”这种格式", f"there is no format {format[:20]!r}"),
        remedy=Words(f"请用 {known} 之一", f"use one of {known}"),
    )

"""Statements as PDF: typefaces, glyphs, tables, pages and the annex of vouchers.

Only :mod:`reports.pdf.faces`, :mod:`reports.pdf.sheet` and :mod:`reports.pdf.squares` import
reportlab, and they are imported when a document is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.errors import Finding
    from reports.statement import Statement

__all__ = ["render_pdf"]


def render_pdf(
    statement: Statement,
    *,
    system_fonts: bool = True,
    findings: list[Finding] | None = None,
) -> bytes:
    """The statement as a PDF file; the same statement gives the same bytes everywhere.

    Characters that our typeface lacks are taken from the machine's fonts and reported; then, and
    only then, the bytes depend on the machine, which ``system_fonts=False`` rules out. Characters
    that no font has are printed as their code point, ``〈U+30EDD〉``. Both are told in the document
    itself and appended to ``findings``.
    """
    from reports.pdf.document import draw

    return draw(statement, system_fonts=system_fonts, findings=findings)

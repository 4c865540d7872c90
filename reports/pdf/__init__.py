"""Statements as PDF: typefaces, glyphs, tables, pages and the annex of vouchers.

Only :mod:`reports.pdf.faces`, :mod:`reports.pdf.sheet` and :mod:`reports.pdf.squares` import
reportlab, only :mod:`reports.pdf.tagging` pikepdf, and they are imported when a document is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.errors import Finding
    from reports.statement import Statement

__all__ = ["render_pdf", "render_tagged_pdf"]


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


def render_tagged_pdf(statement: Statement, *, findings: list[Finding] | None = None) -> bytes:
    """The statement as it is published: a PDF that says its structure and carries its data.

    The pages look as those of :func:`render_pdf`. Headings, paragraphs, tables with their head
    cells, and pictures in words are in the file for whoever is read it; its figures are attached as
    the JSON of :func:`reports.opendata.render_json`, byte for byte. Only our own typeface is used,
    so that the bytes depend on no machine.
    """
    from reports.opendata import render_json
    from reports.pdf.dates import last_day
    from reports.pdf.document import draw, subject_of, title_of
    from reports.pdf.structure import Structure
    from reports.pdf.tagging import Attached, Described, finish

    structure = Structure()
    drawn = draw(statement, system_fonts=False, findings=findings, structure=structure)
    about = Described(
        title_of(statement),
        statement.unit_name.zh,
        subject_of(statement),
        last_day(statement.period),
    )
    data = Attached(
        f"{statement.name}.json",
        "application/json",
        render_json(statement).encode(),
        "本表的数据 the data of this statement.",
    )
    return finish(drawn, structure, about, [data])

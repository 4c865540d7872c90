"""The desk: where treasurers record, settle imports and close, and checkers approve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.web.work import entry, inbox, months, queue, shown

if TYPE_CHECKING:
    from flask import Blueprint

PAGES: Final[tuple[Blueprint, ...]] = (
    inbox.inbox,
    entry.entry,
    queue.queue,
    months.months,
)
FILTERS: Final = {"fen": shown.fen}

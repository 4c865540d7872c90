"""The desk: where treasurers record, settle imports and close, and checkers approve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.web.work import (
    corrections,
    entry,
    inbox,
    keys,
    layouts,
    lists,
    member,
    members,
    months,
    queue,
    reconcile,
    rules,
    shown,
    transfers,
)

if TYPE_CHECKING:
    from flask import Blueprint

PAGES: Final[tuple[Blueprint, ...]] = (
    inbox.inbox,
    entry.entry,
    queue.queue,
    corrections.corrections,
    lists.lists,
    members.members_page,
    member.member_page,
    layouts.layouts,
    reconcile.reconcile,
    rules.rules,
    keys.keys,
    months.months,
    transfers.transfers_page,
)
FILTERS: Final = {"fen": shown.fen, "words": shown.words}

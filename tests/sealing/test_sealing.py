"""Sealing closed months: in order, by the unit's key, at hand or elsewhere; and every other way."""

from __future__ import annotations

import os
from datetime import date

import pytest

from ledger import workflow
from ledger.checking import check_unit
from ledger.errors import CannotRun, NotAllowed, Refused, WitnessMismatch
from ledger.registry import oplog, seal_keys, seals
from ledger.sealing import acting, files, keys
from ledger.sealing.seals import NO_SEAL
from tests.house import UNIT, House
from tests.sealing.months import (
    FEBRUARY,
    JANUARY,
    KEY,
    MARCH,
    OTHER,
    close,
    faults,
    live,
    reopen,
    seal,
)


def test_a_month_is_sealed_on_both_databases_and_the_whole_check_holds(house: House) -> None:
    house.now = house.later(days=60)
    live(house)
    seal(house, JANUARY)
    asked = acting.ask_signature(house.registry, UNIT, FEBRUARY, house.maker, house.now)
    acting.answer(house.registry, UNIT, FEBRUARY, house.maker, house.now, KEY.sign(asked.request))
    assert check_unit(house.registry, UNIT) == []
    with house.registry.read() as conn:
        rows = seals.of_unit(conn, UNIT)
        acts = [(act.action, act.object) for act in oplog.entries(conn, UNIT)][-5:]
        assert seals.last_of_each(conn, [UNIT, "other"]) == rows[1:]
        assert seals.waiting(conn, UNIT) is None
    assert [(row.month, row.version) for row in rows] == [("2026-01", 1), ("2026-02", 1)]
    assert [act for act, _ in acts if act.startswith("seal")] == [
        "seal-key.pin", "seal.enter", "seal.request", "seal.enter",
    ]  # fmt: skip


def test_without_a_key_a_seal_is_unsigned_and_the_first_key_is_pinned_later(closed: House) -> None:
    done = seal(closed, JANUARY, None)
    assert not done.pinned and done.seal.key == "" and done.seal.signature == b""
    done = seal(closed, FEBRUARY)
    assert done.pinned
    assert faults(closed) == []


def test_once_a_key_is_pinned_neither_another_nor_none_will_do(closed: House) -> None:
    seal(closed, JANUARY)
    for key in (OTHER, None):
        with pytest.raises(Refused, match="seal-key-differs"):
            seal(closed, FEBRUARY, key)
    with pytest.raises(Refused, match="seal-key-differs"):
        acting.ask_signature(
            closed.registry, UNIT, FEBRUARY, closed.maker, closed.now, OTHER.public
        )
    assert faults(closed) == []


def test_only_closed_months_are_sealed_and_each_closing_once(closed: House) -> None:
    with pytest.raises(Refused, match="seal-open-month"):
        seal(closed, MARCH)
    seal(closed, JANUARY)
    for key in (KEY, OTHER, None):
        with pytest.raises(Refused, match="seal-again"):
            seal(closed, JANUARY, key)
    reopen(closed, FEBRUARY)
    with pytest.raises(Refused, match="seal-open-month"):
        seal(closed, FEBRUARY)
    with pytest.raises(Refused, match="seal-open-month"):
        acting.ask_signature(closed.registry, UNIT, FEBRUARY, closed.maker, closed.now)


def test_months_are_sealed_in_the_order_of_their_closings_from_the_first_seal_on(
    closed: House,
) -> None:
    seal(closed, JANUARY)
    close(closed, MARCH)
    with pytest.raises(Refused, match="seal-order") as told:
        seal(closed, MARCH)
    assert "2026-02" in str(told.value)
    seal(closed, FEBRUARY)
    seal(closed, MARCH)


def test_a_unit_may_begin_with_any_month_and_seals_no_earlier_one_behind_it(
    closed: House,
) -> None:
    assert seal(closed, FEBRUARY).seal.previous == NO_SEAL
    with pytest.raises(Refused, match="seal-order"):
        seal(closed, JANUARY)


def test_who_does_not_close_does_not_seal(closed: House) -> None:
    for user in (closed.checker, closed.reader, closed.administrator):
        with pytest.raises(NotAllowed):
            acting.seal_month(closed.registry, UNIT, JANUARY, user, closed.now, KEY)
        with pytest.raises(NotAllowed):
            acting.ask_signature(closed.registry, UNIT, JANUARY, user, closed.now, KEY.public)
        with pytest.raises(NotAllowed):
            acting.answer(closed.registry, UNIT, JANUARY, user, closed.now, b"x" * 64)
    with closed.registry.read() as conn:
        assert seals.of_unit(conn, UNIT) == [] and seal_keys.of_unit(conn, UNIT) == []


def test_an_altered_book_is_not_sealed(closed: House) -> None:
    path = closed.folder / "2026/01.bean"
    path.write_text(path.read_text().replace("100.00", "100.10"))
    with pytest.raises(Refused, match="chain-broken"):
        seal(closed, JANUARY)


# ---- signed elsewhere --------------------------------------------------------------------------


def ask(house: House, public: str = "") -> bytes:
    return acting.ask_signature(
        house.registry, UNIT, JANUARY, house.maker, house.now, public
    ).request


def answer(house: House, signature: bytes) -> acting.Sealed:
    return acting.answer(house.registry, UNIT, JANUARY, house.maker, house.now, signature)


def test_what_was_signed_elsewhere_is_what_a_key_at_hand_would_have_signed(
    closed: House,
) -> None:
    request = ask(closed, KEY.public)
    assert ask(closed, KEY.public) == request
    done = answer(closed, KEY.sign(request))
    assert done.pinned and done.seal.request == request
    assert faults(closed) == []


def test_the_first_request_says_which_key_will_sign(closed: House) -> None:
    with pytest.raises(Refused, match="no-key"):
        ask(closed)


def test_an_answer_to_nothing_to_another_request_or_by_another_key_is_refused(
    closed: House,
) -> None:
    with pytest.raises(Refused, match="no-request"):
        answer(closed, KEY.sign(b"x"))
    request = ask(closed, KEY.public)
    elsewhere = request.replace(b"unit: tiny", b"unit: other")
    for wrong in (
        KEY.sign(elsewhere), OTHER.sign(request), KEY.sign(request + b"\n"), b"\0" * 64,
    ):  # fmt: skip
        with pytest.raises(Refused, match="bad-signature"):
            answer(closed, wrong)
    with pytest.raises(Refused, match="no-request"):
        acting.answer(closed.registry, UNIT, FEBRUARY, closed.maker, closed.now, KEY.sign(request))
    assert answer(closed, KEY.sign(request)).seal.month == "2026-01"


def test_an_answer_counts_once(closed: House) -> None:
    signature = KEY.sign(ask(closed, KEY.public))
    answer(closed, signature)
    with pytest.raises(Refused, match="no-request"):
        answer(closed, signature)


def test_a_request_is_out_of_date_once_the_log_moved_on(closed: House) -> None:
    """February is asked for, reopened and closed again: the old signature seals nothing."""
    asked = acting.ask_signature(
        closed.registry, UNIT, FEBRUARY, closed.maker, closed.now, KEY.public
    )
    reopen(closed, FEBRUARY)
    with pytest.raises(Refused, match="seal-open-month"):
        acting.answer(
            closed.registry, UNIT, FEBRUARY, closed.maker, closed.now, KEY.sign(asked.request)
        )
    close(closed, FEBRUARY, minutes=1)
    with pytest.raises(Refused, match="stale-request"):
        acting.answer(
            closed.registry, UNIT, FEBRUARY, closed.maker, closed.now, KEY.sign(asked.request)
        )


def test_a_request_by_the_old_key_is_refused_after_the_key_was_changed(closed: House) -> None:
    seal(closed, JANUARY)
    asked = acting.ask_signature(closed.registry, UNIT, FEBRUARY, closed.maker, closed.now)
    keys.ask(closed.registry, UNIT, OTHER.public, closed.maker, closed.now, "遗失")
    keys.confirm(closed.registry, UNIT, closed.checker, closed.now)
    with pytest.raises(Refused, match="seal-key-differs"):
        acting.answer(
            closed.registry, UNIT, FEBRUARY, closed.maker, closed.now, KEY.sign(asked.request)
        )


# ---- power cuts --------------------------------------------------------------------------------


def test_a_crash_before_the_commit_leaves_nothing(
    closed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(oplog, "record", crash)
        seal(closed, JANUARY)
    with closed.registry.read() as conn:
        assert seals.of_unit(conn, UNIT) == [] and seal_keys.of_unit(conn, UNIT) == []
    assert not (closed.folder / files.FOLDER).exists()
    assert seal(closed, JANUARY).pinned


@pytest.mark.parametrize("where", ["before", "half", "unsynced"])
def test_after_the_commit_the_next_start_writes_the_file(
    closed: House, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def crash(folder: object, name: str, text: bytes) -> None:
        path = closed.folder / name
        if where != "before":
            path.parent.mkdir()
            (path.parent / f".{path.name}.part").write_bytes(text[:50] if where == "half" else text)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(files, "write_seal", crash)
        seal(closed, JANUARY)
    assert [str(fault) for fault in faults(closed)] != []
    files.bring_up(closed.registry, [UNIT], closed.now)
    assert faults(closed) == []
    assert seal(closed, FEBRUARY).seal.previous != NO_SEAL
    with closed.registry.read() as conn:
        acts = [act.object for act in oplog.entries(conn, UNIT) if act.action == "seal.replay"]
    assert acts == ["2026-01.v1"]


def test_the_next_seal_writes_the_file_that_a_crash_left_out(closed: House) -> None:
    one = seal(closed, JANUARY).seal
    (closed.folder / one.name).unlink()
    seal(closed, FEBRUARY)
    assert (closed.folder / one.name).read_bytes() == one.text
    assert faults(closed) == []


def test_a_seal_that_differs_stops_the_next_one_and_is_not_overwritten(closed: House) -> None:
    one = seal(closed, JANUARY).seal
    path = closed.folder / one.name
    path.write_bytes(one.text + b"\n")
    with pytest.raises(WitnessMismatch, match="seal-differs"):
        seal(closed, FEBRUARY)
    files.bring_up(closed.registry, [UNIT], closed.now)
    assert path.read_bytes() == one.text + b"\n"


def test_a_full_disk_is_a_finding_and_the_seal_stands(
    closed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(CannotRun, match="disk-failed"):
        patch.setattr(os, "fsync", full)
        seal(closed, JANUARY)
    files.bring_up(closed.registry, [UNIT], closed.now)
    assert faults(closed) == []


# ---- changing the key --------------------------------------------------------------------------


def test_a_key_is_changed_by_two_and_both_seals_stand(closed: House) -> None:
    seal(closed, JANUARY)
    keys.ask(closed.registry, UNIT, OTHER.public, closed.maker, closed.now, "密钥遗失")
    with pytest.raises(Refused, match="seal-key-differs"):
        seal(closed, FEBRUARY, OTHER)
    keys.confirm(closed.registry, UNIT, closed.checker, closed.now)
    assert seal(closed, FEBRUARY, OTHER).seal.key == OTHER.public
    assert faults(closed) == []
    with closed.registry.read() as conn:
        rows = seal_keys.of_unit(conn, UNIT)
    assert [(row.state, row.maker, row.checker) for row in rows] == [
        ("pinned", closed.maker.id, None), ("confirmed", closed.maker.id, closed.checker.id),
    ]  # fmt: skip


def test_a_key_is_not_changed_by_one_by_others_or_to_nothing_new(closed: House) -> None:
    registry, now = closed.registry, closed.now
    with pytest.raises(Refused, match="no-key"):
        keys.ask(registry, UNIT, OTHER.public, closed.maker, now, "遗失")
    seal(closed, JANUARY)
    with pytest.raises(Refused, match="no-key-change"):
        keys.confirm(registry, UNIT, closed.checker, now)
    for key, reason in ((KEY.public, "遗失"), (OTHER.public, " ")):
        with pytest.raises(Refused, match="no-key-change"):
            keys.ask(registry, UNIT, key, closed.maker, now, reason)
    for user in (closed.checker, closed.reader, closed.administrator):
        with pytest.raises(NotAllowed):
            keys.ask(registry, UNIT, OTHER.public, user, now, "遗失")
    keys.ask(registry, UNIT, OTHER.public, closed.maker, now, "遗失")
    with pytest.raises(Refused, match="no-key-change"):
        keys.ask(registry, UNIT, OTHER.public, closed.maker, now, "遗失")
    for user in (closed.maker, closed.reader, closed.administrator):
        with pytest.raises(NotAllowed):
            keys.confirm(registry, UNIT, user, now)
    keys.withdraw(registry, UNIT, closed.maker, now)
    with pytest.raises(Refused, match="no-key-change"):
        keys.confirm(registry, UNIT, closed.checker, now)
    assert seal(closed, FEBRUARY).seal.key == KEY.public


def test_two_may_decide_to_seal_without_a_key_and_to_have_one_again(closed: House) -> None:
    seal(closed, JANUARY)
    keys.ask(closed.registry, UNIT, "", closed.maker, closed.now, "硬件送修")
    keys.confirm(closed.registry, UNIT, closed.checker, closed.now)
    with pytest.raises(Refused, match="seal-key-differs"):
        seal(closed, FEBRUARY)
    assert seal(closed, FEBRUARY, None).seal.key == ""
    close(closed, MARCH)
    keys.ask(closed.registry, UNIT, KEY.public, closed.maker, closed.now, "修好了")
    keys.confirm(closed.registry, UNIT, closed.checker, closed.now)
    seal(closed, MARCH)
    assert faults(closed) == []


def test_what_comes_after_a_seal_changes_nothing_of_it(closed: House) -> None:
    one = seal(closed, JANUARY).seal
    closed.post(closed.draft("3.00", day=date(2026, 3, 2)))
    assert workflow.waiting(closed.registry, UNIT) == []
    assert faults(closed) == []
    assert (closed.folder / one.name).read_bytes() == one.text

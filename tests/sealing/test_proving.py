"""Whatever is altered of a seal, its file, its row, its key or the log is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from ledger import rebuild
from ledger.checking import check_unit
from ledger.errors import Refused
from ledger.registry import Registry, schema, seal_keys, seals
from ledger.registry.seals import SealRow
from ledger.sealing import files, keys, proving
from ledger.sealing.acting import log_of
from ledger.sealing.log import Head
from ledger.sealing.seals import Seal, parse_seal, seal_of
from tests.house import UNIT, House
from tests.sealing.months import FEBRUARY, JANUARY, KEY, OTHER, faults, seal


@pytest.fixture
def sealed(closed: House) -> House:
    """January and February sealed by the pinned key."""
    seal(closed, JANUARY)
    seal(closed, FEBRUARY)
    assert faults(closed) == []
    return closed


def path(house: House) -> Path:
    return house.folder / "seals/2026-01.v1.seal"


def edit(house: House, **values: object) -> None:
    with house.registry.write() as conn:
        conn.execute(update(schema.seal).where(schema.seal.c.month == "2026-01").values(**values))


def forged(house: House, **changes: Any) -> Seal:
    """January's seal with other facts, signed anew by the unit's own key."""
    log = log_of(house.registry, UNIT)
    head = log.last_of("2026-01")
    assert head is not None
    one = seal_of(log, head._replace(**changes), None, KEY.public)
    return one.signed(KEY.sign(one.request))


def both(house: House, one: Seal) -> None:
    """Put a seal into both witnesses, every column to match."""
    path(house).write_bytes(one.text)
    edit(house, text=one.text.decode(), digest=one.digest, size=one.size)


def link(house: House) -> None:
    path(house).rename(house.folder / "elsewhere")
    path(house).symlink_to(house.folder / "elsewhere")


def drop_both(house: House) -> None:
    with house.registry.write() as conn:
        conn.execute(delete(schema.seal))
    shutil.rmtree(house.folder / "seals")


def swap_key(house: House) -> None:
    """Whoever has the database pins a key of their own, and signs with it."""
    other = seal_of(log_of(house.registry, UNIT), _head(house), None, OTHER.public)
    both(house, other.signed(OTHER.sign(other.request)))
    with house.registry.write() as conn:
        conn.execute(update(schema.seal_key).values(key=OTHER.public))


def add_key(house: House) -> None:
    with house.registry.write() as conn:
        seal_keys.add(
            conn, seal_keys.KeyRow(UNIT, 2, OTHER.public, "confirmed", "", "u-1", "x", "u-2", "x")
        )


def _head(house: House) -> Head:
    head = log_of(house.registry, UNIT).last_of("2026-01")
    assert head is not None
    return head


HARM: dict[str, Callable[[House], object]] = {
    "file gone": lambda h: path(h).unlink(),
    "file emptied": lambda h: path(h).write_bytes(b""),
    "file longer": lambda h: path(h).write_bytes(path(h).read_bytes() + b"\n"),
    "file is a link": lambda h: link(h),
    "file of more": lambda h: shutil.copy(path(h), h.folder / "seals/2026-03.v1.seal"),
    "file of another name": lambda h: (h.folder / "seals/notes.txt").write_text("x"),
    "files swapped": lambda h: shutil.copy(h.folder / "seals/2026-02.v1.seal", path(h)),
    "row gone": lambda h: _delete(h),
    "row's text": lambda h: edit(h, text=path(h).read_text().replace("vouchers: 2", "vouchers: 3")),
    "row's text is none": lambda h: edit(h, text="x"),
    "row's digest": lambda h: edit(h, digest="0" * 64),
    "row's size": lambda h: edit(h, size=1),
    "both gone": drop_both,
    "other vouchers": lambda h: both(h, forged(h, vouchers=3)),
    "other numbers": lambda h: both(h, forged(h, numbers=(("收", 3),))),
    "other debits": lambda h: both(h, forged(h, month_fen=1)),
    "other totals": lambda h: both(h, forged(h, perpetual_fen=1)),
    "other count": lambda h: both(h, forged(h, perpetual_vouchers=9)),
    "other files": lambda h: both(h, forged(h, files="0" * 64)),
    "no reopening": lambda h: both(h, forged(h, reopened=1)),
    "another size": lambda h: both(h, forged(h, size=5)),
    "signature": lambda h: both(h, forged(h).signed(OTHER.sign(b"x"))),
    "unsigned": lambda h: both(h, seal_of(log_of(h.registry, UNIT), _head(h), None)),
    "key swapped": swap_key,
    "key added": add_key,
    "key gone": lambda h: _delete_keys(h),
}  # fmt: skip


def _delete(house: House) -> None:
    with house.registry.write() as conn:
        conn.execute(delete(schema.seal).where(schema.seal.c.month == "2026-01"))


def _delete_keys(house: House) -> None:
    with house.registry.write() as conn:
        conn.execute(delete(schema.seal_key))


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM.keys())
def test_every_alteration_is_found_with_its_place(
    sealed: House, harm: Callable[[House], object]
) -> None:
    harm(sealed)
    found = faults(sealed)
    assert found
    assert all(fault.file and fault.file.startswith(f"units/{UNIT}/seals") for fault in found)


def test_every_byte_of_a_seal_is_looked_at(sealed: House) -> None:
    text = path(sealed).read_bytes()
    for at in range(len(text)):
        path(sealed).write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
        there, strange = files.seal_files(sealed.folder)
        assert there["seals/2026-01.v1.seal"] != text and not strange
    path(sealed).write_bytes(text)
    log = log_of(sealed.registry, UNIT)
    one = parse_seal(text)
    for at in range(len(text)):
        touched = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]
        try:
            other = parse_seal(touched)
        except ValueError:
            continue
        assert other != one and list(proving.proof_faults(log, [other]))


def test_what_differs_from_the_book_is_named(sealed: House) -> None:
    both(sealed, forged(sealed, month_fen=1))
    told = [str(fault) for fault in faults(sealed)]
    assert any("differs from the book: debits" in line for line in told)
    assert any("2026-02.v1.seal differs from the book: previous" in line for line in told)


def test_nothing_is_sealed_behind_a_seal_that_does_not_hold(closed: House) -> None:
    seal(closed, JANUARY)
    both(closed, forged(closed, month_fen=1))
    with pytest.raises(Refused, match="debits"):
        seal(closed, FEBRUARY)
    for data in (b"x", b""):
        path(closed).write_bytes(data)
        edit(closed, text=data.decode())
        with pytest.raises(Refused, match="not a seal's text"):
            seal(closed, FEBRUARY)


def test_a_change_of_key_that_was_altered_while_it_waited_is_found(sealed: House) -> None:
    keys.ask(sealed.registry, UNIT, OTHER.public, sealed.maker, sealed.now, "遗失")
    assert faults(sealed) == []
    with sealed.registry.write() as conn:
        conn.execute(
            update(schema.seal_key).where(schema.seal_key.c.number == 2).values(key="1" * 64)
        )
    assert faults(sealed)
    keys.confirm(sealed.registry, UNIT, sealed.checker, sealed.now)
    assert faults(sealed)


def test_the_whole_check_looks_at_seals(sealed: House) -> None:
    path(sealed).write_bytes(b"")
    assert [fault.rule for fault in check_unit(sealed.registry, UNIT)] == ["seal"]


def test_a_key_that_was_only_asked_for_proves_nothing(sealed: House) -> None:
    keys.ask(sealed.registry, UNIT, OTHER.public, sealed.maker, sealed.now, "遗失")
    with sealed.registry.read() as conn:
        rows = seal_keys.of_unit(conn, UNIT)
    one = parse_seal(path(sealed).read_bytes())
    other = Seal(**{**{n: getattr(one, n) for n in Seal.__slots__}, "key": OTHER.public})
    assert not list(proving.key_faults(UNIT, [one], rows))
    assert list(proving.key_faults(UNIT, [one, other], rows))


# ---- rebuilding --------------------------------------------------------------------------------


def rows_of(house: House) -> list[SealRow]:
    with house.registry.read() as conn:
        return seals.of_unit(conn, UNIT)


def test_files_are_written_again_from_the_registry(sealed: House) -> None:
    before = path(sealed).read_bytes()
    path(sealed).write_bytes(b"x")
    (sealed.folder / "seals/2026-02.v1.seal").unlink()
    changed = rebuild.text_from_journal(sealed.registry, UNIT, sealed.maker.id, sealed.now)
    assert changed == ["seals/2026-01.v1.seal", "seals/2026-02.v1.seal"]
    assert path(sealed).read_bytes() == before and faults(sealed) == []


def test_rows_are_made_again_from_the_files_as_they_were(sealed: House) -> None:
    before = rows_of(sealed)
    edit(sealed, text="x", size=1)
    _delete(sealed)
    rebuild.journal_from_text(sealed.registry, UNIT, sealed.maker.id, sealed.later(days=1))
    again = rows_of(sealed)
    assert [row.text for row in again] == [row.text for row in before]
    assert again[1] == before[1]
    assert faults(sealed) == []


def test_a_book_taken_over_elsewhere_keeps_its_seals_and_its_key(
    sealed: House, tmp_path: Path
) -> None:
    registry = Registry.create(tmp_path / "f", id="other", name="另一个联合会")
    shutil.copytree(sealed.folder, tmp_path / "f" / "units" / UNIT)
    rebuild.journal_from_text(registry, UNIT, "u-0", sealed.now)
    assert check_unit(registry, UNIT) == []
    with registry.read() as conn:
        in_force = seal_keys.in_force(conn, UNIT)
    assert in_force is not None and (in_force.key, in_force.state) == (KEY.public, "taken")
    registry.close()


def test_seals_that_do_not_hold_are_not_taken_over(sealed: House) -> None:
    before = rows_of(sealed)
    path(sealed).write_bytes(forged(sealed, month_fen=1).text)
    with pytest.raises(Refused, match="debits"):
        rebuild.journal_from_text(sealed.registry, UNIT, sealed.maker.id, sealed.now)
    path(sealed).write_bytes(b"x")
    with pytest.raises(Refused, match="not a seal"):
        rebuild.journal_from_text(sealed.registry, UNIT, sealed.maker.id, sealed.now)
    assert rows_of(sealed) == before


def test_a_rebuild_does_not_bring_in_a_key_that_two_persons_never_confirmed(
    sealed: House,
) -> None:
    """Whoever has the folder seals January anew with a key of their own."""
    log = log_of(sealed.registry, UNIT)
    one = seal_of(log, _head(sealed), None, OTHER.public)
    path(sealed).write_bytes(one.signed(OTHER.sign(one.request)).text)
    (sealed.folder / "seals/2026-02.v1.seal").unlink()
    with pytest.raises(Refused, match="no two persons confirmed"):
        rebuild.journal_from_text(sealed.registry, UNIT, sealed.maker.id, sealed.now)


def test_an_unsealed_book_asks_nothing_of_seals(closed: House) -> None:
    assert faults(closed) == []
    rebuild.journal_from_text(closed.registry, UNIT, closed.maker.id, closed.now)
    assert rows_of(closed) == []

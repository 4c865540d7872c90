"""Before a page: do both witnesses still say the same? Only what changed is compared."""

from __future__ import annotations

import os

from ledger.witnesses import Witnesses
from tests.house import UNIT, House


def test_witnesses_agree_and_an_unchanged_book_is_not_read_again(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    both = Witnesses(small_house.registry, UNIT)
    assert both.agree()
    before = both.files_compared
    assert both.agree()
    assert both.files_compared == before
    small_house.post(small_house.draft("26.00"))
    assert both.agree()
    assert both.files_compared == before + 1


def test_an_alteration_that_balances_is_seen(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    both = Witnesses(small_house.registry, UNIT)
    assert both.agree()
    path = small_house.folder / "2026" / "03.bean"
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"25.00", b"95.00"))
    assert not both.agree()
    path.write_bytes(kept)
    assert both.agree()


def test_an_alteration_is_seen_although_size_and_time_are_put_back(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    both = Witnesses(small_house.registry, UNIT)
    assert both.agree()
    path = small_house.folder / "2026" / "03.bean"
    stat = path.stat()
    path.write_bytes(path.read_bytes().replace(b"25.00", b"95.00"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not both.agree()


def test_a_missing_file_a_link_and_foreign_policy_are_no_agreement(small_house: House) -> None:
    small_house.post(small_house.draft("25.00"))
    month, policy = small_house.folder / "2026" / "03.bean", small_house.folder / "book.bean"
    for path in (month, policy):
        kept = path.read_bytes()
        path.unlink()
        assert not Witnesses(small_house.registry, UNIT).agree()
        path.symlink_to("/dev/zero")
        assert not Witnesses(small_house.registry, UNIT).agree()
        path.unlink()
        path.write_bytes(kept + b'plugin "evil"\n')
        assert not Witnesses(small_house.registry, UNIT).agree()
        path.write_bytes(kept)
        assert Witnesses(small_house.registry, UNIT).agree()

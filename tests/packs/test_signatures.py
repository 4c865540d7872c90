"""Published packs signed by the sealing key: at hand, later, elsewhere; what is no signature."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.sealing.lists import SIGNATURE
from ledger.sealing.signing import SigningKey, new_key
from tests.cli.command import Told, by_user, mingbai
from tests.house import UNIT, House
from tests.packs.test_packs import verified
from tests.sealing.months import KEY
from tests.verify.packs import list_sums

PLACE = f"packs/{UNIT}/2026-01/public/v1"


def key_file(folder: Path, key: SigningKey = KEY) -> Path:
    path = folder / "key.pem"
    path.write_bytes(key.pem())
    return path


def publish(house: House, out: Path, *more: object) -> Told:
    folder = house.registry.folder
    return by_user(folder, "zhou", "publish", "--period", "2026-01", "-o", out, *more)


def test_who_publishes_with_the_sealing_key_signs_pack_and_pages(
    signed: House, tmp_path: Path
) -> None:
    signed.registry.close()
    out = tmp_path / "out"
    told = publish(signed, out, "--key", key_file(tmp_path))
    assert told.status == 0, told.err
    assert "已签名 signed: 1" in told.out
    assert (out / PLACE / SIGNATURE).is_file() and (out / SIGNATURE).is_file()
    assert verified(out, "--key", KEY.public).returncode == 0
    told = mingbai("verify", out, "--no-beancount")
    assert told.status == 0, told.out + told.err
    page = out / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("<main", "<main "), encoding="utf-8")
    list_sums(out)
    found = verified(out)
    assert found.returncode == 1 and "no signature of this list" in found.stdout


def test_a_drawn_statement_altered_with_its_lists_is_found(signed: House, tmp_path: Path) -> None:
    """No leaf speaks of a balance sheet's figures: the signature of the pack's list does."""
    signed.registry.close()
    out = tmp_path / "out"
    publish(signed, out, "--key", key_file(tmp_path))
    (path,) = (out / PLACE).glob("balance-sheet*.json")
    text = path.read_text(encoding="utf-8")
    assert '"0.00"' in text
    path.write_text(text.replace('"0.00"', '"9.00"', 1), encoding="utf-8")
    list_sums(out / PLACE)
    list_sums(out)
    found = verified(out)
    assert found.returncode == 1 and f"{PLACE}/{SIGNATURE}" in found.stdout


def test_what_was_published_unsigned_is_signed_later(signed: House, tmp_path: Path) -> None:
    signed.registry.close()
    out = tmp_path / "out"
    assert publish(signed, out).status == 0
    assert f"{UNIT}/2026-01/public/v1" in verified(out).stdout.partition("unsigned")[2]
    told = mingbai("verify", out, "--no-beancount")
    assert told.status == 0 and f"{UNIT}/2026-01/public/v1: nobody signed its list" in told.out
    assert verified(out, "--key", KEY.public).returncode == 1
    digest = (out / PLACE / "SHA256SUMS").read_bytes()
    assert publish(signed, out, "--key", key_file(tmp_path)).status == 0
    assert (out / PLACE / "SHA256SUMS").read_bytes() == digest
    assert verified(out, "--key", KEY.public).returncode == 0
    again = mingbai("publish", signed.registry.folder, "--period", "2026-01", "-o", out)
    assert again.status == 0 and (out / PLACE / SIGNATURE).is_file()
    assert mingbai("check", signed.registry.folder).status == 0


def test_another_key_signs_no_pack(signed: House, tmp_path: Path) -> None:
    signed.registry.close()
    out = tmp_path / "out"
    told = publish(signed, out, "--key", key_file(tmp_path, new_key()))
    assert told.status == 0, told.err
    assert "没有公开包以此密钥封存 no pack was sealed with this key" in told.out
    assert not (out / PLACE / SIGNATURE).exists() and (out / SIGNATURE).is_file()
    assert verified(out).returncode == 0
    assert verified(out, "--key", KEY.public).returncode == 1


def test_a_key_wants_a_login_because_nobody_s_draft_is_signed(
    signed: House, tmp_path: Path
) -> None:
    signed.registry.close()
    told = mingbai(
        "publish", signed.registry.folder, "--period", "2026-01", "-o", tmp_path / "out",
        "--key", key_file(tmp_path),
    )  # fmt: skip
    assert told.status == 1 and "not-logged-in" in told.err
    assert not (tmp_path / "out").exists()


def test_a_pack_is_signed_where_the_program_never_sees_the_key(
    signed: House, tmp_path: Path
) -> None:
    signed.registry.close()
    out, request, response = tmp_path / "out", tmp_path / "request", tmp_path / "response"
    told = publish(signed, out, "--unit", UNIT, "--request", request)
    assert told.status == 0, told.err
    assert request.read_text().startswith("mingbai-list-1\nlist: ")
    assert not (out / PLACE / SIGNATURE).exists()
    response.write_bytes(new_key().sign(request.read_bytes()))
    told = publish(signed, out, "--unit", UNIT, "--response", response)
    assert told.status == 1 and "bad-signature" in told.err
    response.write_bytes(KEY.sign(request.read_bytes()))
    told = publish(signed, out, "--unit", UNIT, "--response", response)
    assert told.status == 0, told.err
    found = mingbai("verify", out / PLACE)
    assert found.status == 0, found.out + found.err


def test_what_is_signed_elsewhere_is_one_unit_s(signed: House, tmp_path: Path) -> None:
    signed.registry.close()
    told = publish(signed, tmp_path / "out", "--request", tmp_path / "request")
    assert told.status == 2 and "--unit" in told.err


@pytest.mark.parametrize("way", ["altered", "another key's bytes", "link", "empty"])
def test_a_signature_that_does_not_hold_is_found_and_made_anew(
    signed: House, tmp_path: Path, way: str
) -> None:
    folder = signed.registry.folder
    signed.registry.close()
    publish(signed, tmp_path / "out", "--key", key_file(tmp_path))
    path = folder / "publications" / PLACE / SIGNATURE
    text = path.read_bytes()
    match way:
        case "altered":
            path.write_bytes(text.replace(b"list: ", b"list:  "))
        case "another key's bytes":
            path.write_bytes(text.replace(KEY.public.encode(), new_key().public.encode()))
        case "link":
            path.unlink()
            path.symlink_to(folder / "publications" / PLACE / "pack.json")
        case _:
            path.write_bytes(b"")
    found = mingbai("check", folder)
    assert found.status == 1 and "pack-signature" in found.out and "publish --key" in found.out
    told = publish(signed, tmp_path / "out", "--key", key_file(tmp_path))
    assert told.status == 1 and "pack-signature" in told.err
    path.unlink()
    assert publish(signed, tmp_path / "out", "--key", key_file(tmp_path)).status == 0
    assert path.read_bytes() == text
    assert mingbai("check", folder).status == 0

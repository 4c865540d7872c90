"""Telling somebody the address of the page of their own gift or dues.

Who knows the address reads the page, so that only those tell it who may see what stands there
anyway: whoever records tells members theirs, whoever records or checks tells donors theirs. That it
was told is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger import workflow
from ledger.disclosing.own_pages import address_of, dues_token, gift_token, path_of
from ledger.dues.explaining import member_called
from ledger.errors import Refused, finding
from ledger.gifts.donors import demand_names
from ledger.gifts.standing import known_gift
from ledger.registry import donors, oplog, persons

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.registry import Registry, User


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page of one's own: ``whose`` is a member's number or a gift's code.

    ``address`` is empty where the federation's settings name none.
    """

    unit: str
    whose: str
    token: str
    address: str

    @property
    def path(self) -> str:
        return path_of(self.token)

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.unit, "of": self.whose, "code": self.token, "path": self.path,
            "address": self.address,
        }  # fmt: skip


def dues_page(registry: Registry, unit: str, member: str, user: User, now: datetime) -> OwnPage:
    """The page of a member, called by number or id; for who records in their unit.

    Raises: NotAllowed without that right; Refused where there is no such member, or they were
    erased and have no page.
    """
    workflow.demand(user, "record", unit)
    row = member_called(registry, member, unit)
    workflow.demand(user, "record", row.unit)
    with registry.write() as conn:
        if row.id not in persons.keys_of_members(conn, registry.vault, [row.id]):
            raise _erased("此会员", "this member")
        oplog.record(
            conn, at=now, user=user.id, unit=row.unit, action="dues.page", object=row.id
        )  # fmt: skip
    token = dues_token(registry.vault, row.id)
    address = address_of(registry.settings.members_address, token)
    return OwnPage(row.unit, row.number, token, address)


def gift_page(registry: Registry, unit: str, code: str, user: User, now: datetime) -> OwnPage:
    """The page of a gift to a campaign; for who records or checks in the unit.

    Raises: NotAllowed without either right; CannotRun where there is no such gift; Refused for one
    that belongs to no campaign, or whose donor was erased: it has no page.
    """
    demand_names(user, unit)
    with registry.write() as conn:
        row = known_gift(conn, unit, code)
        if not row.campaign:
            raise Refused(
                finding(
                    "no-page", f"捐赠 {code} 不属于募捐活动，没有网页",
                    f"gift {code} is of no campaign and has no page",
                    "凭收据核验：mingbai gift receipt DIR --verify",
                    "its receipt proves it: mingbai gift receipt DIR --verify",
                )
            )  # fmt: skip
        opened = donors.openings(conn, registry.vault, {code: row.donor})
        if code not in opened:
            raise _erased("此捐赠人", "this donor")
        oplog.record(conn, at=now, user=user.id, unit=unit, action="gift.page", object=code)
    token = gift_token(bytes.fromhex(opened[code][0]))
    return OwnPage(unit, code, token, address_of(registry.settings.public_address, token))


def _erased(zh: str, en: str) -> Refused:
    return Refused(
        finding(
            "erased", f"{zh}的资料已删除，没有网页", f"{en} was erased and has no page",
            "无须处理", "nothing has to be done",
        )
    )  # fmt: skip

"""mingbai asset add, request, approve …: what is done to an asset, each act by who may."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import acting, lines
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.assets.adding import Added
    from ledger.registry import Registry
    from ledger.registry.asset_requests import RequestRow

_NONE = Money(0)
_SOURCES = ["bought", "granted", "gift", "built", "found", "memo"]
_KINDS = [
    "move", "transfer", "loan", "lease", "repair", "scrap", "sale", "donation", "loss", "estimate",
    "correction",
]  # fmt: skip


def add_commands(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    _add_add(parts)
    _add_import(parts)
    _add_receive(parts)
    _add_request(parts)
    for name, run, help in (
        ("approve", run_approve, "批准申请，或同意接收 approve a request, or agree to receive"),
        ("withdraw", run_withdraw, "撤回申请 take a request back"),
    ):
        parser = _of_request(parts, name, help)
        parser.set_defaults(run=run)
    refuse = _of_request(parts, "refuse", "不予批准 refuse a request")
    refuse.add_argument("--note", required=True, metavar="TEXT", help="理由 the reason")
    refuse.set_defaults(run=run_refuse)
    hand = _of_request(parts, "hand-over", "交接：接收人签字 hand over, against a signature")
    hand.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="交接日 day")
    _add_paper(hand, "签字的交接单；接收人本人办理可不附 the signed sheet")
    hand.set_defaults(run=run_hand_over)
    back = _of_request(parts, "return", "归还 what was lent, leased or repaired is back")
    back.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="归还日 day")
    back.add_argument(
        "--keeper", default="", metavar="WHO", help="保管人，须为原保管人 who kept it before"
    )
    back.add_argument(
        "--place", default="", metavar="TEXT", help="存放地点，须为原处 where it was before"
    )
    back.add_argument("--note", default="", metavar="TEXT", help="完好情况 in what state")
    _add_paper(back, "归还单 the sheet")
    back.set_defaults(run=run_return)
    _add_dispose(parts)
    _add_depreciate(parts)


def _add_add(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add = acting.add_part(parts, "add", "登记资产：建卡并提出入账草稿 enter an asset")
    add.add_argument("--name", required=True, metavar="TEXT", help="名称 name")
    add.add_argument(
        "--class", dest="class_id", required=True, metavar="C", help="类别 class: computer"
    )
    add.add_argument(
        "--acquired", required=True, type=acting.day, metavar="DAY", help="取得日期 day it came"
    )
    add.add_argument("--source", required=True, choices=_SOURCES, help="来源 where it is from")
    add.add_argument("--cost", type=acting.amount, default=_NONE, metavar="YUAN", help="原值 cost")
    add.add_argument("--fund", default="", metavar="F", help="资金 fund")
    add.add_argument(
        "--keeper", required=True, metavar="WHO",
        help="保管人：会员编号或登录名 keeper: a member's number, or a login",
    )  # fmt: skip
    add.add_argument("--place", required=True, metavar="TEXT", help="存放地点 place")
    add.add_argument(
        "--money", default="", metavar="A", help="付款或应付科目 paid from, or owed on"
    )
    add.add_argument(
        "--ownership", choices=["unit", "state", "employer", "other"], default="unit",
        help="权属：本单位、国有、单位行政、其他 whose it is",
    )  # fmt: skip
    add.add_argument("--spec", default="", metavar="TEXT", help="规格型号 model")
    add.add_argument("--serial", default="", metavar="TEXT", help="序列号、车牌 serial number")
    add.add_argument("--life", type=acting.number, metavar="MONTHS", help="年限（月）life")
    add.add_argument(
        "--method", default="straight-line", metavar="M",
        help="折旧方法 method: straight-line, units, double-declining, sum-of-years",
    )  # fmt: skip
    add.add_argument(
        "--residual", type=acting.amount, default=_NONE, metavar="YUAN", help="净残值 residual"
    )
    add.add_argument(
        "--units-total", type=acting.number, default=0, metavar="N", help="总工作量 units in all"
    )
    add.add_argument("--charged", default="", metavar="A", help="折旧列支科目 bears depreciation")
    add.add_argument("--gift", default="", metavar="CODE", help="已入账的受赠资产 a gift's card")
    add.add_argument(
        "--code", default="", metavar="FA", help="账簿中已有、尚无卡片的 in the book without a card"
    )
    add.add_argument("--parent", default="", metavar="FA", help="所属资产 a component of")
    add.add_argument("--decision", default="", metavar="NO", help="盘盈等的决策文号 decision")
    add.add_argument("--opening", action="store_true", help="期初已有 there when the book began")
    add.add_argument(
        "--depreciated", type=acting.amount, default=_NONE, metavar="YUAN",
        help="期初已提折旧 depreciated already",
    )  # fmt: skip
    add.add_argument(
        "--bulk", action="store_true", help="大批同类，单价低于标准 one of a large lot"
    )
    add.add_argument("--worn", action="store_true", help="取得时已是旧资产 used before it came")
    _add_paper(add, "发票、验收单 its paper")
    add.add_argument("--photo", type=Path, metavar="FILE", help="照片 a photo")
    acting.add_json(add)
    add.set_defaults(run=run_add)


def _add_import(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sheet = acting.add_part(parts, "import", "按清册登记资产 enter the assets of a list")
    sheet.add_argument(
        "file", metavar="FILE", type=Path, help="清册：模板 assets 的 CSV 或 XLSX the filled sheet"
    )
    sheet.add_argument("--fund", default="", metavar="F", help="表中未写的资金 fund of the rest")
    sheet.add_argument("--money", default="", metavar="A", help="购置的付款科目 paid from")
    acting.add_json(sheet)
    sheet.set_defaults(run=run_import)


def _add_receive(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    receive = _of_request(parts, "receive", "登记其他单位调入的资产 enter what another unit gave")
    receive.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")
    receive.add_argument("--fund", required=True, metavar="F", help="资金 fund")
    receive.add_argument("--keeper", required=True, metavar="WHO", help="保管人 keeper")
    receive.add_argument("--place", required=True, metavar="TEXT", help="存放地点 place")
    receive.add_argument("--charged", default="", metavar="A", help="折旧列支科目 depreciation")
    _add_paper(receive, "调拨单 the sheet")
    receive.set_defaults(run=run_receive)


def _add_request(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ask = acting.add_part(parts, "request", "申请调动、出借、处置等 ask to move or dispose of it")
    ask.add_argument("assets", nargs="+", metavar="FA", help="资产编号 assets")
    ask.add_argument("--kind", required=True, choices=_KINDS, help="种类 kind")
    ask.add_argument("--decision", required=True, metavar="NO", help="已登记的决策文号 decision")
    ask.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="申请日 day")
    ask.add_argument("--reason", default="", metavar="TEXT", help="原因 reason")
    ask.add_argument(
        "--ground", default="", metavar="G",
        help="报废理由 ground: worn-out, obsolete, damaged, beyond-repair, disaster, lost",
    )  # fmt: skip
    ask.add_argument("--to", default="", metavar="WHO", help="接收人 who receives it")
    ask.add_argument("--to-place", default="", metavar="TEXT", help="新地点 where it goes")
    ask.add_argument("--to-unit", default="", metavar="U", help="调入单位 receiving unit")
    ask.add_argument("--party", default="", metavar="TEXT", help="对方单位 other side")
    ask.add_argument("--until", type=acting.day, metavar="DAY", help="归还日期 back by")
    ask.add_argument(
        "--price", type=acting.amount, default=_NONE, metavar="YUAN", help="价款或租金 price"
    )
    ask.add_argument("--month", type=acting.month, metavar="MONTH", help="新估计自何月起 from")
    ask.add_argument("--life", type=acting.number, metavar="MONTHS", help="尚可使用（月）left")
    ask.add_argument(
        "--residual", type=acting.amount, default=_NONE, metavar="YUAN", help="新净残值 residual"
    )
    _add_paper(ask, "评估、鉴定等 its paper")
    acting.add_json(ask)
    ask.set_defaults(run=run_request)


def _add_dispose(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    out = _of_request(parts, "dispose", "提出处置凭证草稿 propose the voucher by which it leaves")
    out.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="处置日 day")
    out.add_argument("--money", default="", metavar="A", help="收付款科目 account of money")
    out.add_argument(
        "--fee", type=acting.amount, default=_NONE, metavar="YUAN", help="处置费用 what it cost"
    )
    out.add_argument(
        "--proceeds", type=acting.amount, default=_NONE, metavar="YUAN",
        help="报废变价收入 what scrap was sold for",
    )  # fmt: skip
    _add_paper(out, "处置单据 its paper")
    out.set_defaults(run=run_dispose)


def _add_depreciate(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    wear = acting.add_part(parts, "depreciate", "计提一个月的折旧 charge a month's depreciation")
    wear.add_argument("month", type=acting.month, metavar="MONTH", help="月份 2026-03")
    acting.add_json(wear)
    wear.set_defaults(run=run_depreciate)
    use = acting.add_part(parts, "use", "登记工作量 enter how much an asset was used")
    use.add_argument("code", metavar="FA", help="资产编号 asset")
    use.add_argument("month", type=acting.month, metavar="MONTH", help="月份 2026-03")
    use.add_argument("units", metavar="N", help="工作量，负数更正 units; below nothing corrects")
    use.add_argument("--note", default="", metavar="TEXT", help="说明 note")
    acting.add_json(use)
    use.set_defaults(run=run_use)


def _of_request(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str
) -> argparse.ArgumentParser:
    parser = acting.add_part(parts, name, help, code=("CODE", "申请编号 request: ZB2026-0001-4"))
    acting.add_json(parser)
    return parser


def _add_paper(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--paper", type=Path, metavar="FILE", help=help)


def _file(path: Path | None) -> tuple[bytes, str]:
    if path is None:
        return b"", ""
    name, data = acting.paper(path)
    return data, name


def _account(registry: Registry, unit: str, typed: str) -> str:
    """The account that is meant; Refused if there is none."""
    from ledger.registry import entries

    if not typed:
        return ""
    with registry.read() as conn:
        return lines.parse([typed], "", entries.accounts(conn, unit)).account


def run_add(options: argparse.Namespace) -> int:
    from ledger.assets.adding import add
    from ledger.assets.said import SaidAsset

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        paper, paper_name = _file(options.paper)
        photo, photo_name = _file(options.photo)
        said = SaidAsset(
            unit, options.name, options.class_id, options.acquired, options.source, options.fund,
            options.cost, options.keeper, options.place, options.ownership, options.spec,
            options.serial, options.life, options.residual, options.method, options.units_total,
            _account(registry, unit, options.charged), _account(registry, unit, options.money),
            options.gift, options.code, options.parent, options.decision,
            opening=options.opening, depreciated=options.depreciated, bulk=options.bulk,
            worn=options.worn,
            paper=paper, paper_name=paper_name, photo=photo, photo_name=photo_name,
        )  # fmt: skip
        done = add(registry, said, user, now)
    return _told_added([done], options)


def run_import(options: argparse.Namespace) -> int:
    from importers.assets import ListWide, enter_asset_list
    from importers.read import file_bytes

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        data = file_bytes(options.file)
        wide = ListWide(options.fund, _account(registry, unit, options.money))
        done = enter_asset_list(registry, unit, data, options.file.name, wide, user, now)
    return _told_added(done, options)


def run_receive(options: argparse.Namespace) -> int:
    from ledger.assets.receiving import Received, receive

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        received = Received(
            unit, options.code, options.on, options.fund, options.keeper, options.place,
            _account(registry, unit, options.charged), *_file(options.paper),
        )  # fmt: skip
        done = receive(registry, received, user, now)
    return _told_added(done, options)


def _told_added(done: list[Added], options: argparse.Namespace) -> int:
    every = [
        {
            "asset": one.row.code, "cost": Money(one.row.cost_fen).text,
            "life_months": one.row.life_months, "draft": one.draft, "regime": one.row.regime,
        }
        for one in done
    ]  # fmt: skip
    told = [found for one in done for found in one.warnings]
    fields: dict[str, Any] = every[0] if len(every) == 1 else {"assets": every}
    text = [
        f"{one.row.code}  {one.row.name}  {Money(one.row.cost_fen).grouped}"
        + (f"  草稿 draft {one.draft}" if one.draft else "  已建卡 card made")
        for one in done
    ]
    acting.told(options, {**fields, **acting.as_json(told)},
                [acting.with_warnings("\n".join(text), told)])  # fmt: skip
    return 0


def run_request(options: argparse.Namespace) -> int:
    from ledger.assets.asked import Asked
    from ledger.assets.requesting import ask

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        asked = Asked(
            unit, options.kind, options.assets, options.decision, options.on, options.reason,
            options.ground, options.to, options.to_place, options.to_unit, options.party,
            options.until, options.price, options.month, options.life, options.residual,
            *_file(options.paper),
        )  # fmt: skip
        row = ask(registry, asked, user, now)
    return _told(row, options, "待另一人审批 waits for somebody else to approve it")


def run_approve(options: argparse.Namespace) -> int:
    from ledger.assets.requesting import approve

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = approve(registry, unit, options.code, user, now)
    said = {
        "accepted": "调入方已同意 the receiving unit agrees",
        "done": "已批准并生效 approved, and in force",
    }.get(row.state, "已批准 approved")
    return _told(row, options, said)


def run_refuse(options: argparse.Namespace) -> int:
    from ledger.assets.requesting import refuse

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = refuse(registry, unit, options.code, options.note, user, now)
    return _told(row, options, "不予批准 refused")


def run_withdraw(options: argparse.Namespace) -> int:
    from ledger.assets.requesting import withdraw

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = withdraw(registry, unit, options.code, user, now)
    return _told(row, options, "已撤回 withdrawn")


def run_hand_over(options: argparse.Namespace) -> int:
    from ledger.assets.handing import hand_over

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        paper, name = _file(options.paper)
        row = hand_over(registry, unit, options.code, options.on, user, now, paper, name)
    return _told(row, options, f"已于 {options.on} 交接 handed over")


def run_return(options: argparse.Namespace) -> int:
    from ledger.assets.handing import give_back

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        paper, name = _file(options.paper)
        row = give_back(
            registry, unit, options.code, options.on, user, now, to=options.keeper,
            place=options.place, note=options.note, paper=paper, name=name,
        )  # fmt: skip
    return _told(row, options, f"已于 {options.on} 归还 back")


def run_dispose(options: argparse.Namespace) -> int:
    from ledger.assets.disposing import Leaving, dispose

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        how = Leaving(
            options.on, _account(registry, unit, options.money), options.fee, options.proceeds,
            *_file(options.paper),
        )  # fmt: skip
        draft = dispose(registry, unit, options.code, how, user, now)
    acting.told(options, {"request": options.code, "draft": draft},
                [f"{options.code}：处置草稿 draft {draft} 待审核 waits for a checker"])  # fmt: skip
    return 0


def run_depreciate(options: argparse.Namespace) -> int:
    from ledger.assets.depreciating import depreciate

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        done = depreciate(registry, unit, options.month, user, now)
    fields = {
        "month": str(done.month), "drafts": list(done.drafts), "assets": done.assets,
        "amount": Money(done.fen).text,
    }  # fmt: skip
    text = (
        f"{done.month}：{done.assets} 项资产 assets，折旧 charged {Money(done.fen).grouped}，"
        f"草稿 drafts {' '.join(done.drafts)}"
    )
    acting.told(options, fields, [text])
    return 0


def run_use(options: argparse.Namespace) -> int:
    from ledger.assets.said import refused
    from ledger.assets.using import enter_use

    text = options.units.removeprefix("-")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise refused(
            "工作量写作整数，如 1200 或 -30", "units are a whole number such as 1200 or -30"
        )
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = enter_use(
            registry, unit, options.code, options.month, int(options.units), options.note, user,
            now,
        )  # fmt: skip
    acting.told(options, {"asset": row.asset, "month": row.month, "units": row.units},
                [f"{row.asset}  {row.month}  {row.units}"])  # fmt: skip
    return 0


def _told(row: RequestRow, options: argparse.Namespace, said: str) -> int:
    fields = {"request": row.code, "kind": row.kind, "state": row.state}
    acting.told(options, fields, [f"{row.code}  {row.kind}：{said}"])
    return 0

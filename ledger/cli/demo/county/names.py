"""Accounts, funds and rules of the county's books, by the names that its other modules use."""

from __future__ import annotations

from typing import Final

CASH: Final = "Assets:101-库存现金"
BANK: Final = "Assets:102-银行存款:01-基本户"
COLLECTING: Final = "Assets:102-银行存款:02-会费户"
WECHAT: Final = "Assets:102-银行存款:03-微信商户"
ALIPAY: Final = "Assets:102-银行存款:04-支付宝商户"
TRANSIT: Final = "Assets:135-其他应收款:09-在途资金"
UPPER: Final = "Liabilities:211-应付上级经费:01-上级工会"
LEVY: Final = "Income:402-拨缴经费收入"
GRANT: Final = "Income:403-上级补助收入:01-一般性转移支付补助"
FISCAL: Final = "Income:404-政府补助收入:01-财政拨款收入"
DOWN: Final = "Expenses:508-补助下级支出:01-一般性转移支付补助"
RULE: Final = "union-member"
PARTY: Final = "party"
#: What is withheld for the Party branch is held, and never the union's income.
HELD: Final = "Liabilities:215-其他应付款:02-代收党费"
HELD_FUND: Final = "D01"
INTEREST: Final = "Income:408-其他收入"
OTHER: Final = "Expenses:505-业务支出:04-其他业务支出"
#: The account that gifts come in on; each month what came is moved to the basic account.
GIVING: Final = "Assets:102-银行存款:05-捐赠户"
RELIEF: Final = "Expenses:504-维权支出:04-困难职工帮扶支出"
CARE: Final = "Expenses:504-维权支出:05-送温暖支出"
#: What is owed for what was bought, until the bank has paid it.
PAYABLE: Final = "Liabilities:215-其他应付款"

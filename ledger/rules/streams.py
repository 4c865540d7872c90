"""The duties of each stream: what a unit makes known to its members, the public and above.

A duty is a word here and a rule elsewhere: its tables are filed under ``disclosure-<duty>``. Words
are kept with what was published, so none is ever changed.
"""

from __future__ import annotations

from typing import Final

#: Of gifts and campaigns.
GIFT_DUTIES: Final = (
    "emergency", "interim", "closing", "partner", "leftover", "related-party", "major", "annual",
)  # fmt: skip
#: Of these each is about one campaign.
OF_CAMPAIGNS: Final = ("emergency", "interim", "closing", "partner", "leftover")
PARTY_MEMBERS, PARTY_CONGRESS, PARTY_SUPERIOR = "party-members", "party-congress", "party-superior"
LEAGUE_MEMBERS, LEAGUE_SUPERIOR = "league-members", "league-superior"
UNION_BUDGET, UNION_ACCOUNTS, UNION_AUDIT = "union-budget", "union-accounts", "union-audit"
UNION_MONTHLY, UNION_YEARLY = "union-monthly", "union-yearly"
ALLOCATION: Final = "allocation"
DUES_STANDARD, DUES_ACCOUNTS = "dues-standard", "dues-accounts"
ASSET_COUNT, ASSET_REPORT = "asset-count", "asset-report"
VENUE_HOURS: Final = "venue-hours"
ACCOUNTS, REPORT_UPPER, REPORT_REGISTRAR = "accounts", "report-upper", "report-registrar"
DECISION, OUTCOME = "decision", "outcome"
OBJECTION: Final = "objection"

#: By stream its duties, in the order in which they are listed.
STREAMS: Final = {
    "party": (PARTY_MEMBERS, PARTY_CONGRESS, PARTY_SUPERIOR),
    "league": (LEAGUE_MEMBERS, LEAGUE_SUPERIOR),
    "union": (UNION_BUDGET, UNION_ACCOUNTS, UNION_AUDIT, UNION_MONTHLY, UNION_YEARLY),
    "allocations": (ALLOCATION,),
    "association": (DUES_STANDARD, DUES_ACCOUNTS),
    "gifts": GIFT_DUTIES,
    "assets": (ASSET_COUNT, ASSET_REPORT),
    "venues": (VENUE_HOURS,),
    "accounts": (ACCOUNTS, REPORT_UPPER, REPORT_REGISTRAR),
    "decisions": (DECISION, OUTCOME),
    "objections": (OBJECTION,),
}
STREAM_OF: Final = {duty: stream for stream, duties in STREAMS.items() for duty in duties}
STREAM_DUTIES: Final = tuple(duty for duty in STREAM_OF if duty not in GIFT_DUTIES)
#: Told of a whole year or month: met once every day of it was told of.
PERIODS: Final = frozenset(
    {
        "annual", PARTY_MEMBERS, PARTY_CONGRESS, PARTY_SUPERIOR, LEAGUE_MEMBERS, LEAGUE_SUPERIOR,
        UNION_ACCOUNTS, UNION_AUDIT, UNION_MONTHLY, UNION_YEARLY, DUES_ACCOUNTS, ASSET_REPORT,
        ACCOUNTS, REPORT_UPPER, REPORT_REGISTRAR,
    }
)  # fmt: skip
#: Of these a month is told of, of the other periods a year.
MONTHLY: Final = frozenset({UNION_MONTHLY})
#: Told of within the year itself, which its first day stands for.
OF_A_YEAR: Final = frozenset({UNION_BUDGET, ASSET_COUNT, VENUE_HOURS})
#: About one document or resolution, which is named.
NAMED: Final = (ALLOCATION, DUES_STANDARD, VENUE_HOURS)
#: What somebody enters as published; the rest is told by acts of their own.
ENTERED: Final = tuple(duty for duty in STREAM_DUTIES if duty not in (DECISION, OUTCOME, OBJECTION))

"""Sessions: a random token with its holder; the registry keeps only the token's digest."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from ledger.registry import users
from ledger.registry.schema import session

_LASTS: Final = {"web": timedelta(hours=8), "cli": timedelta(hours=12)}


def open(conn: Connection, user: users.User, purpose: str, now: datetime) -> str:
    """A new session's token. ``purpose`` is ``web`` or ``cli``; it decides how long it lasts."""
    token = secrets.token_urlsafe(32)
    conn.execute(delete(session).where(session.c.expires <= now.isoformat(timespec="seconds")))
    conn.execute(
        insert(session).values(
            digest=_digest(token),
            user=user.id,
            created=now.isoformat(timespec="seconds"),
            expires=(now + _LASTS[purpose]).isoformat(timespec="seconds"),
            purpose=purpose,
        )
    )
    return token


def user(conn: Connection, token: str, now: datetime) -> users.User | None:
    """Whose session it is; None if there is none, or it has expired, or the user left."""
    row = conn.execute(
        select(session.c.user, session.c.expires).where(session.c.digest == _digest(token))
    ).first()
    if row is None or row.expires <= now.isoformat(timespec="seconds"):
        return None
    return users.find(conn, row.user)


def close(conn: Connection, token: str) -> None:
    conn.execute(delete(session).where(session.c.digest == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

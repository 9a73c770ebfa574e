"""Sessions kept in the store: the cookie holds an opaque id and nothing else, and ending one is a row less."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

import store.sessions
from review.office import Office

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
BEFORE_LOGIN = timedelta(minutes=30)
_REFRESH = timedelta(minutes=5)


class StoredSession(CallbackDict[str, Any], SessionMixin):
    """What a session holds. `token` is the cookie's value, None until it is first saved."""

    def __init__(self, initial: Mapping[str, Any] | None = None, token: str | None = None) -> None:
        def note(_: Any) -> None:
            self.modified = True
            self.accessed = True

        super().__init__(initial, note)
        self.token = token
        self.former: str | None = None
        self.modified = False
        self.accessed = True

    def renew(self) -> None:
        """Give the session a new id when it is saved: an id from before the login must not outlive it."""
        self.former, self.token, self.modified = self.token, None, True


class StoredSessions(SessionInterface):
    """Opens and saves sessions through `store.sessions`."""

    def __init__(self, office: Office, *, https: bool) -> None:
        self._office = office
        self._https = https
        self.cookie = "__Host-chyrak" if https else "chyrak"

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        """The session the cookie names, or an empty one."""
        token = request.cookies.get(self.cookie)
        if not token or request.endpoint == "static":
            return StoredSession()
        now = self._office.now()
        with self._office.store.main.read() as c:
            data = store.sessions.load(c, token, now)
        if data is None or _over(data, now):
            return StoredSession()
        return StoredSession(data, token)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session when it changed or grew old, and hand out its cookie."""
        mine = cast(StoredSession, session)
        response.vary.add("Cookie")
        now = self._office.now()
        if not mine:
            self._forget(mine, response)
            return
        if not mine.modified and not self._grew_old(mine, now):
            return
        mine["began"] = mine.get("began") or now.isoformat()
        mine["seen"] = now.isoformat()
        person = str(mine.get("_user_id", "")).partition(".")[0] or None
        expires = now + (IDLE if person else BEFORE_LOGIN)
        with self._office.store.main.begin() as c:
            if mine.former:
                store.sessions.drop(c, mine.former)
            mine.token = store.sessions.save(c, mine.token, dict(mine), person_id=person, expires=expires)
        response.set_cookie(
            self.cookie, mine.token, httponly=True, secure=self._https, samesite="Strict", path="/", max_age=None
        )

    def _forget(self, session: StoredSession, response: Response) -> None:
        old = session.token or session.former
        if session.modified and old:
            with self._office.store.main.begin() as c:
                store.sessions.drop(c, old)
            response.delete_cookie(self.cookie, path="/", secure=self._https, httponly=True, samesite="Strict")

    def _grew_old(self, session: StoredSession, now: datetime) -> bool:
        seen = session.get("seen")
        return session.token is not None and seen is not None and now - datetime.fromisoformat(seen) > _REFRESH


def _over(data: Mapping[str, Any], now: datetime) -> bool:
    began = data.get("began")
    return began is not None and now - datetime.fromisoformat(began) > LONGEST

"""Signing in and out. Guessing is counted and stopped; who did what and when is in the audit, a password or cookie nowhere."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from bot.errors import Forbidden, TooMany, Unauthorized
from bot.staff.agents import Agent
from bot.staff.base import Deed, Session, StaffStore
from bot.staff.passwords import check_password, hashed, is_outdated, matches, plain_login
from bot.store.base import Store

T = TypeVar("T")
IDLE_SECONDS = 12 * 3600
LONGEST = timedelta(days=7)
"""From signing in, however busy."""
WINDOW_SECONDS = 15 * 60
MOST_PER_LOGIN = 20
"""From one address: who guesses locks nobody out but themselves."""
MOST_PER_ADDRESS = 100
"""A whole office may share one."""
MOST_EVERYWHERE = 200
"""For one login from all addresses: enough that it takes many of them to lock somebody out."""
_HASHED_AT_ONCE = 2
"""Each takes 64 MiB for a tenth of a second."""


class Logins:
    def __init__(self, staff: StaffStore, store: Store, *, clock: Callable[[], datetime]) -> None:
        """`store` counts attempts."""
        self._staff, self._store, self._clock = staff, store, clock
        self._hashing = asyncio.Semaphore(_HASHED_AT_ONCE)

    async def sign_in(
        self, login: str, password: str, *, address: str, browser: str, network: str | None = None
    ) -> tuple[str, Session]:
        """The cookie, which is kept nowhere else, and its session. Attempts are counted by `network` where one
        home has many addresses.

        Raises:
            TooMany: this login or this address was tried too often, by whomever.
            Unauthorized: the same for an unknown login, a wrong password and a disabled agent (`wrong_login`).
        """
        login = plain_login(login)
        # A digest: what is typed as a login may be anything, a password too.
        name, network = digest_of(login)[:32], network or address
        scopes = {
            f"login:{name}:{network}": MOST_PER_LOGIN,
            f"login:address:{network}": MOST_PER_ADDRESS,
            f"login:{name}": MOST_EVERYWHERE,
        }
        await self._count(scopes, address)
        found = await self._staff.agent_by_login(login)
        agent, hash_ = found or (None, None)
        fits = await self._hash(lambda: matches(password, hash_))
        if agent is None or hash_ is None:
            # What was typed is not written down: it may be a password in the wrong field.
            raise await self._refused(Deed(self._clock(), None, "login_failed", detail=address))
        if not fits or agent.disabled_at is not None:
            raise await self._refused(Deed(self._clock(), agent.id, "login_failed", None, login, address))
        if is_outdated(hash_):
            newer = await self._hash(lambda: hashed(password))
            await self._staff.rehash(agent.id, old=hash_, new=newer)
            hash_ = newer
        return await self._open(agent, hash_, address, browser)

    async def session(self, cookie: str, *, used: bool = True) -> Session | None:
        """None: unknown, ended, expired or idle for too long. `used`: a person does something with it."""
        if not cookie:
            return None
        return await self._staff.session(
            digest_of(cookie), at=self._clock(), idle_seconds=IDLE_SECONDS, used=used
        )

    async def by_digest(self, digest: str) -> Session | None:
        """The same for consoles that stand open, which alone keeps no session from idling."""
        return await self._staff.session(digest, at=self._clock(), idle_seconds=IDLE_SECONDS, used=False)

    async def sign_out(self, cookie: str) -> None:
        session = await self.session(cookie)
        if session is not None:
            await self._staff.end_session(session.digest)
            await self._record("logout", session.agent)

    async def sign_out_everywhere(self, agent: Agent) -> int:
        """How many sessions ended."""
        ended = await self._staff.end_sessions(agent.id)
        await self._record("logout_everywhere", agent)
        return ended

    async def change_password(self, agent: Agent, old: str, new: str, *, but: str) -> None:
        """Their own; ends their sessions, except the one whose digest is `but`.

        Raises:
            TooMany: the old one was tried too often.
            Forbidden: the old one is wrong (`wrong_password`).
            InvalidInput: the new one is too short, or the login (`weak_password`).
        """
        check_password(new, agent.login)
        # Apart from signing in: nobody outside can use it up.
        await self._count({f"password:{agent.id}": MOST_PER_LOGIN}, "")
        found = await self._staff.agent_by_login(agent.login)
        hash_ = found[1] if found else None
        if not await self._hash(lambda: matches(old, hash_)):
            await self._record("change_password_failed", agent)
            raise Forbidden("That is not your password.", code="wrong_password")
        newer = await self._hash(lambda: hashed(new))
        await self._staff.change_agent(agent.id, at=self._clock(), password=newer, but=but)
        await self._record("change_password", agent)

    async def _open(self, agent: Agent, hash_: str, address: str, browser: str) -> tuple[str, Session]:
        cookie, now = secrets.token_urlsafe(32), self._clock()
        session = Session(digest_of(cookie), agent, now, now + LONGEST, now, address, browser)
        opened = await self._staff.open_session(
            session.digest,
            agent.id,
            hash_,
            at=now,
            expires_at=session.expires_at,
            address=address,
            browser=browser,
        )
        deed = Deed(now, agent.id, "login" if opened else "login_failed", None, agent.login, address)
        if not opened:
            raise await self._refused(deed)
        await self._staff.record(deed)
        return cookie, session

    async def _count(self, scopes: Mapping[str, int], address: str) -> None:
        """Counted before anything is looked at, so that many at once do not slip through."""
        now = self._clock()
        counts = await asyncio.gather(
            *(self._store.count_attempt(scope, at=now, window_seconds=WINDOW_SECONDS) for scope in scopes)
        )
        over = [count - most for count, most in zip(counts, scopes.values(), strict=True) if count > most]
        if over:
            if min(over) == 1:  # Once: who goes on does not fill the audit.
                await self._staff.record(Deed(now, None, "login_locked", detail=address))
            raise TooMany("Too many attempts to sign in; try again later.", retry_after=WINDOW_SECONDS)

    async def _hash(self, work: Callable[[], T]) -> T:
        async with self._hashing:
            return await asyncio.to_thread(work)

    async def _refused(self, deed: Deed) -> Unauthorized:
        await self._staff.record(deed)
        return Unauthorized("The login or the password is wrong.", code="wrong_login")

    async def _record(self, action: str, agent: Agent) -> None:
        await self._staff.record(Deed(self._clock(), agent.id, action, subject=agent.login))


def digest_of(cookie: str) -> str:
    """What is kept of it: a copy of the database opens no session."""
    return hashlib.sha256(cookie.encode(errors="replace")).hexdigest()

"""Who is calling: session tokens that we sign, shopper tokens that the shop signs, keys of integrators."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt

from bot.errors import Unauthorized

_SESSION_DAYS = 30
_SHOPPER_AUDIENCE = "kefu"
_SESSION_AUDIENCE = "kefu-session"


@dataclass(frozen=True, slots=True)
class Caller:
    """`sender` names the conversation; `customer_id` is set when a shop's token vouched for it."""

    channel: str
    sender: str
    customer_id: str | None = None


class Tokens:
    """HS256 only, audience and expiry required, so that one kind of token never passes for the other."""

    def __init__(self, *, secret: str, shopper_secret: str | None, api_keys: tuple[str, ...]) -> None:
        self._secret, self._shopper_secret, self._api_keys = secret, shopper_secret, api_keys

    def new_session(self, *, customer_id: str | None, now: datetime) -> tuple[Caller, str]:
        """A signed-in customer comes back to the same conversation; a visitor gets a name nobody can guess."""
        sender = f"customer:{customer_id}" if customer_id else f"visitor:{secrets.token_urlsafe(18)}"
        caller = Caller("web", sender, customer_id)
        return caller, self.sign_session(caller, now=now)

    def sign_session(self, caller: Caller, *, now: datetime) -> str:
        claims = {
            "aud": _SESSION_AUDIENCE,
            "sub": caller.sender,
            "customer": caller.customer_id,
            "exp": now + timedelta(days=_SESSION_DAYS),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def session(self, token: str) -> Caller:
        """
        Raises:
            Unauthorized: not ours, altered or expired.
        """
        claims = _decode(token, self._secret, _SESSION_AUDIENCE)
        customer = claims.get("customer")
        return Caller("web", str(claims["sub"]), str(customer) if customer else None)

    def shopper(self, token: str) -> str:
        """The customer id that the shop's page vouches for.

        Raises:
            Unauthorized: no shopper secret is set, or the token is not the shop's, altered or expired.
        """
        if self._shopper_secret is None:
            raise Unauthorized("Shopper tokens are not set up: set KEFU_SHOPPER_SECRET.", code="bad_token")
        return str(_decode(token, self._shopper_secret, _SHOPPER_AUDIENCE)["sub"])

    def sign_shopper(self, customer_id: str, *, now: datetime) -> str:
        """What a shop's page does on its own server; here for the demo shop and for tests."""
        assert self._shopper_secret is not None
        claims = {"aud": _SHOPPER_AUDIENCE, "sub": customer_id, "exp": now + timedelta(hours=12)}
        return jwt.encode(claims, self._shopper_secret, algorithm="HS256")

    def is_api_key(self, token: str) -> bool:
        """Compared with every key in constant time."""
        given = token.encode()
        fits = [hmac.compare_digest(given, key.encode()) for key in self._api_keys]
        return any(fits)


def _decode(token: str, secret: str, audience: str) -> dict[str, object]:
    try:
        claims: dict[str, object] = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=audience,
            options={"require": ["exp", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise Unauthorized("The token is not valid or has expired.", code="bad_token") from error
    return claims


def load_secret(path: Path) -> str:
    """The secret in a file that only we can read, made at the first start."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        if not path.read_text(encoding="ascii"):
            path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        return path.read_text(encoding="ascii").strip()

"""Who is calling: session tokens that we sign, shopper tokens that the shop signs, keys of integrators."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from pydantic import TypeAdapter

from bot.conversation import Confirmation
from bot.errors import Unauthorized
from bot.http.keys import ApiKeys, Scope

_VISITOR = timedelta(days=30)
"""A visitor who comes back within this time finds the conversation."""
_CUSTOMER = timedelta(days=1)
"""A session signed in as a customer lasts this long on the shop's word, and is not extended by itself."""
_SHOPPER = timedelta(hours=12)
_LEEWAY_SECONDS = 60
_LONGEST_CUSTOMER = 64

_SHOPPER_AUDIENCE = "kefu"
_SESSION_AUDIENCE = "kefu-session"
_CONFIRMATION_AUDIENCE = "kefu-confirmation"
_CONFIRMABLE = timedelta(days=7)
"""How long the token is ours; the confirmation in it expires sooner, and once used gives its receipt."""
_CONFIRMATION: TypeAdapter[Confirmation] = TypeAdapter(Confirmation)


@dataclass(frozen=True, slots=True)
class Caller:
    """`sender` names the conversation; `customer_id` is set when a shop's token vouched for it."""

    channel: str
    sender: str
    customer_id: str | None = None
    until: datetime | None = None
    """The end of the session that says so: what is open by then closes."""

    def seconds_left(self, now: datetime) -> float | None:
        """None: as long as they like."""
        return None if self.until is None else (self.until - now).total_seconds()

    @property
    def key(self) -> str:
        """What messages are counted on."""
        return f"{self.channel}:{self.sender}"


class Tokens:
    """HS256 only, audience and expiry required, so that one kind of token never passes for the other."""

    def __init__(
        self,
        *,
        secret: str,
        shopper_secret: str | None,
        api_keys: tuple[str, ...],
        clock: Callable[[], datetime],
    ) -> None:
        """Raises SettingsError where an API key does not fit."""
        self._secret, self._shopper_secret, self._clock = secret, shopper_secret, clock
        self._api_keys = ApiKeys(api_keys)

    def new_session(self, customer_id: str | None) -> tuple[Caller, str]:
        """A signed-in customer comes back to the same conversation; a visitor gets a name nobody can guess."""
        sender = f"customer:{customer_id}" if customer_id else f"visitor:{secrets.token_urlsafe(18)}"
        caller = Caller("web", sender, customer_id)
        return caller, self._sign_session(caller)

    def continued(self, token: str) -> tuple[Caller, str]:
        """A visitor's session is extended; a customer's is not: the shop has to vouch for it again.

        Raises:
            Unauthorized: not ours, altered or expired.
        """
        caller = self.session(token)
        return caller, token if caller.customer_id else self._sign_session(caller)

    def session(self, token: str) -> Caller:
        """
        Raises:
            Unauthorized: not ours, altered or expired.
        """
        claims = self._claims(token, self._secret, _SESSION_AUDIENCE)
        customer = claims.get("customer")
        until = datetime.fromtimestamp(float(claims["exp"]) + _LEEWAY_SECONDS, UTC)
        return Caller("web", claims["sub"], str(customer) if customer else None, until)

    def shopper(self, token: str) -> str:
        """The customer id that the shop's page vouches for.

        Raises:
            Unauthorized: no shopper secret is set, or the token is not the shop's, altered or expired.
        """
        if self._shopper_secret is None:
            raise Unauthorized("Shopper tokens are not set up: set KEFU_SHOPPER_SECRET.", code="bad_token")
        customer: str = self._claims(token, self._shopper_secret, _SHOPPER_AUDIENCE)["sub"]
        if not customer.isprintable() or not 1 <= len(customer) <= _LONGEST_CUSTOMER:
            raise Unauthorized("The token names no customer.", code="bad_token")
        return customer

    def sign_shopper(self, customer_id: str) -> str:
        """What a shop's page does on its own server; here for the demo shop and for tests."""
        assert self._shopper_secret is not None
        claims = {"aud": _SHOPPER_AUDIENCE, "sub": customer_id, "exp": self._clock() + _SHOPPER}
        return jwt.encode(claims, self._shopper_secret, algorithm="HS256")

    def sign_confirmation(self, confirmation: Confirmation, *, conversation_id: str | None = None) -> str:
        """What confirms exactly this change, for the customer it was shown to.

        With `conversation_id` it was shown to an agent, and is of use in that conversation only.
        """
        claims = {
            "aud": _CONFIRMATION_AUDIENCE,
            "sub": confirmation.customer_id,
            "exp": self._clock() + _CONFIRMABLE,
            "confirmation": _CONFIRMATION.dump_python(confirmation, mode="json"),
            "conversation": conversation_id,
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def confirmation(self, token: str, *, conversation_id: str | None = None) -> Confirmation:
        """
        Raises:
            Unauthorized: not ours, altered, or of another conversation.
        """
        claims = self._claims(token, self._secret, _CONFIRMATION_AUDIENCE)
        if claims.get("conversation") != conversation_id:
            raise Unauthorized("The token is not valid.", code="bad_token")
        return _CONFIRMATION.validate_python(claims["confirmation"])

    def is_api_key(self, token: str) -> bool:
        return self.scopes(token) is not None

    def scopes(self, token: str) -> frozenset[Scope] | None:
        """What an integrator's key may do; None: it is no key."""
        return self._api_keys.scopes(token)

    def _sign_session(self, caller: Caller) -> str:
        claims = {
            "aud": _SESSION_AUDIENCE,
            "sub": caller.sender,
            "customer": caller.customer_id,
            "exp": self._clock() + (_CUSTOMER if caller.customer_id else _VISITOR),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def _claims(self, token: str, secret: str, audience: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                audience=audience,
                # Times are checked below, on our own clock.
                options={
                    "require": ["exp", "aud", "sub"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
            now = self._clock().timestamp()
            begun = float(claims.get("nbf", 0)) <= now + _LEEWAY_SECONDS
            if begun and now < float(claims["exp"]) + _LEEWAY_SECONDS:
                return claims
        except (jwt.PyJWTError, TypeError, ValueError, OverflowError) as error:
            raise Unauthorized("The token is not valid.", code="bad_token") from error
        raise Unauthorized("The token has expired.", code="bad_token")

"""One-time codes by e-mail: whoever reads the account's mail is its owner.

A code follows from a secret and the turn that sends it, so a turn made anew sends no second one, and it
is kept nowhere: the table has its keyed hash, the letter waits in memory. For an address that is nobody's
the same is done and no letter posted.
"""

import asyncio
import hashlib
import hmac
from datetime import timedelta

from bot.asker import Asker
from bot.mail import Letter
from bot.postman import Postman
from bot.shop.base import Shop
from bot.shop.domain import Customer, ShopProfile, localize
from bot.shop.keys import email_digest
from bot.store.base import Code, Store
from bot.texts.catalogue import Texts

MINUTES = 10
"""How long a code is good for."""
_WINDOW, _DAY = 15 * 60, 24 * 60 * 60
_PER_CONVERSATION, _PER_EMAIL, _PER_ADDRESS = 3, 3, 10
_PER_EMAIL_AND_DAY = 10
"""With five tries a code, a guesser has a chance of 1 in 20,000 a day, and nobody's mailbox is flooded."""


class Codes:
    def __init__(self, shop: Shop, store: Store, texts: Texts, postman: Postman, key: bytes) -> None:
        self._shop, self._store, self._texts = shop, store, texts
        self.postman, self._key = postman, key

    async def send(self, email: str, asker: Asker) -> bool:
        """Post a new code, which voids the older one; False when too many were asked for.

        Neither the answer nor the time it takes tells whether there is an account.
        """
        code = self._code(email, asker)
        digest = self._digest(code, asker)
        begun = await self._store.has_code(asker.conversation_id, digest)
        if not begun and await self._is_too_often(email, asker):
            return False
        customer = await self._shop.customer_by_email(email)
        expires_at = asker.now + timedelta(minutes=MINUTES)
        owner = customer.id if customer else None
        await self._store.put_code(Code(asker.conversation_id, digest, owner, expires_at), at=asker.now)
        letter = self._letter(_on_file(customer, email), code, digest, await self._shop.profile(), asker)
        if customer is not None:
            self.postman.post(letter)
        return True

    async def check(self, code: str, asker: Asker) -> str | None:
        """The customer whom the conversation's newest code was sent to, if this is it."""
        digest = self._digest(code, asker)
        return await self._store.try_code(asker.conversation_id, digest, turn=asker.turn, at=asker.now)

    async def _is_too_often(self, email: str, asker: Asker) -> bool:
        whose = email_digest(email)
        limits = [
            (f"code:conversation:{asker.conversation_id}", _WINDOW, _PER_CONVERSATION),
            (f"code:email:{whose}", _WINDOW, _PER_EMAIL),
            (f"code:email-day:{whose}", _DAY, _PER_EMAIL_AND_DAY),
        ]
        if asker.address:
            limits.append((f"code:address:{asker.address}", _WINDOW, _PER_ADDRESS))
        counts = await asyncio.gather(
            *(
                self._store.count_attempt(scope, at=asker.now, window_seconds=window)
                for scope, window, _ in limits
            )
        )
        return any(count > most for count, (_, _, most) in zip(counts, limits, strict=True))

    def _letter(self, to: str, code: str, digest: str, profile: ShopProfile, asker: Asker) -> Letter:
        shop = localize(profile.name, asker.language)
        return Letter(
            id=f"code-{digest[:32]}",
            to=to,
            subject=self._texts.say("mail_code_subject", asker.language, shop=shop),
            text=self._texts.say("mail_code_text", asker.language, shop=shop, code=code, minutes=MINUTES),
        )

    def _code(self, email: str, asker: Asker) -> str:
        seed = self._hash("code", asker.conversation_id, str(asker.turn), str(email_digest(email)))
        return f"{int(seed[:16], 16) % 10**6:06}"

    def _digest(self, code: str, asker: Asker) -> str:
        return self._hash("digest", asker.conversation_id, code)

    def _hash(self, *parts: str) -> str:
        text = "\n".join(parts)
        return hmac.new(self._key, text.encode(errors="replace"), hashlib.sha256).hexdigest()


def _on_file(customer: Customer | None, typed: str) -> str:
    """The customer's own spelling: letters that only look alike must not send the code elsewhere."""
    known = customer.emails if customer else ()
    return next((email for email in known if email_digest(email) == email_digest(typed)), typed)

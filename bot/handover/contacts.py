"""How to reach a shopper whom nobody can answer now: what they type, or what their account holds."""

from bot.conversation import State
from bot.shop.base import Shop
from bot.steps import LeaveContact
from bot.texts.catalogue import Texts
from bot.texts.formatting import masked
from bot.understanding import Understanding
from connectors.base import Button

_AROUND = 24
"""Characters beside a contact that is left: "my number is", 打这个电话就行."""


def left_contact(understanding: Understanding, state: State) -> str | None:
    """The contact that a message leaves and does nothing else with."""
    if state.form is not None or not (state.floor.name == "waiting" or state.offer == "contact"):
        return None
    entities = understanding.entities
    contacts = [*(one.number for one in entities.phones), *(one.address for one in entities.emails)]
    if not contacts or entities.order_numbers:
        return None
    beside = len(understanding.text.strip()) - sum(map(len, contacts))
    return contacts[0] if beside <= _AROUND + 3 * len(contacts) else None


async def contact_buttons(shop: Shop, texts: Texts, state: State, language: str) -> tuple[Button, ...]:
    """The signed-in customer's phone and e-mail, masked."""
    known = await _known(shop, state)
    return tuple(
        Button(texts.say(f"button.contact_{kind}", language, contact=masked(contact)), f"contact {kind}")
        for kind, contact in known.items()
    )


async def resolved(step: LeaveContact, shop: Shop, state: State) -> str | None:
    if step.typed:
        return step.typed
    return (await _known(shop, state)).get(step.kind)


async def _known(shop: Shop, state: State) -> dict[str, str]:
    """Of who is signed in; an order's number alone shows nobody's contacts."""
    if state.identity.level != "signed_in" or state.identity.customer_id is None:
        return {}
    customer = await shop.customer(state.identity.customer_id)
    if customer is None:
        return {}
    found = {"phone": customer.phones[:1], "email": customer.emails[:1]}
    return {kind: contacts[0] for kind, contacts in found.items() if contacts}

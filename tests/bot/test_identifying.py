"""Tools that need more than an order's number: the stronger way is asked for, or where to sign in is said."""

import asyncio
from dataclasses import replace
from typing import get_args

import pytest

from bot.conversation import Identity, State
from bot.identification import CREDENTIALS, SLOTS, suffices
from bot.identifying import Identifying, without_credentials
from bot.scene import Scene
from bot.settings import Way
from bot.steps import RunTool
from bot.texts.catalogue import Texts, load_texts
from tests.bot import test_identification
from tests.bot.test_identification import ALL, EMMA, NOW, Desk
from tests.bot.understood import understood

data, desk, mailbox, port = (
    test_identification.data,
    test_identification.desk,
    test_identification.mailbox,
    test_identification.port,
)
KNOWN = State(identity=Identity("order", "C00001", "100001"))
STEP = RunTool("change_account", "account", "change my e-mail address")


@pytest.fixture(scope="module")
def texts() -> Texts:
    return load_texts({})


async def scene(desk: Desk, words: str = STEP.text) -> Scene:
    understanding = await asyncio.to_thread(understood, words, language="en")
    return Scene((await desk.asker()).conversation_id, understanding, NOW)


async def test_where_no_way_is_strong_enough_one_has_to_sign_in(desk: Desk, texts: Texts) -> None:
    identifying, now = Identifying(desk.by("order_contact"), texts), await scene(desk)
    part, state = await identifying.prove(identifying.form(STEP, now), "signed_in", now, KNOWN)
    assert part is not None
    assert "sign in to the shop" in part.text
    assert (part.asks, state.form, state.identity) == (False, None, KNOWN.identity)


async def test_an_orders_number_does_not_open_the_account(desk: Desk, texts: Texts) -> None:
    identifying = Identifying(desk.by("order_contact", "email_code"), texts)
    now = await scene(desk, "change my e-mail address, order 100001, +86 138 0000 0001")
    part, state = await identifying.prove(identifying.form(STEP, now), "signed_in", now, KNOWN)
    assert part is not None
    assert state.form is not None
    assert (part.text, state.form.asking) == (texts.say("ask_email", "en"), "email")


async def test_the_stronger_way_is_gone_through(desk: Desk, texts: Texts) -> None:
    identifying, now = Identifying(desk.by("order_contact", "email_code"), texts), await scene(desk)
    form = replace(identifying.form(STEP, now), arguments={"email": EMMA, "contact": EMMA})
    part, state = await identifying.prove(form, "signed_in", now, KNOWN)
    assert part is not None
    assert state.form is not None
    assert state.form.asking == "code"
    form = replace(state.form, arguments={**state.form.arguments, "code": "12"})
    wrong, state = await identifying.prove(form, "signed_in", now, replace(state, turns=1))
    assert wrong is not None
    assert state.form is not None
    assert "code" not in state.form.arguments, "nothing typed as a code is kept"
    form = replace(state.form, arguments={**state.form.arguments, "code": await desk.newest_code()})
    nothing, state = await identifying.prove(form, "signed_in", now, replace(state, turns=2))
    assert nothing is None
    assert state.identity.level == "signed_in"
    assert state.identity.customer_id == "C00001"


def test_levels() -> None:
    assert suffices(Identity(), "anonymous")
    assert not suffices(Identity("order", "C1", "1"), "signed_in")
    assert suffices(Identity("signed_in", "C1"), "order")


def test_every_way_has_its_slots_and_no_slot_reaches_a_tool() -> None:
    assert set(SLOTS) == set(get_args(Way)) == set(ALL)
    assert {slot for slots in SLOTS.values() for slot in slots} - CREDENTIALS == {"order_number"}
    given = dict.fromkeys(["order_number", *CREDENTIALS], "x")
    assert without_credentials(given) == {"order_number": "x"}

"""kefu chat: talk in the terminal, on the same path as every channel."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from bot.commands.options import Data, out, settings_for
from bot.factory import Kefu, build
from bot.logs import set_up
from bot.settings import Settings
from connectors.base import Card, Message, Reply

_WAIT_SECONDS = 30


def chat(
    data: Data = None,
    customer: Annotated[str | None, typer.Option(help="Speak as this customer of the shop.")] = None,
) -> None:
    """Talk to the bot here; an empty line ends it, a number presses the button."""
    settings = settings_for(data)
    set_up("warning", settings.log_format)
    asyncio.run(_chat(settings, customer))


async def _chat(settings: Settings, customer: str | None) -> None:
    kefu = await build(settings)
    await kefu.start()
    sender = f"terminal:{uuid4().hex}"
    buttons: list[tuple[str, str | None]] = []
    try:
        while line := (await _read("› ")).strip():
            text, action = _pressed(line, buttons)
            for reply in await _say(kefu, sender, customer, text, action):
                buttons = [(button.label, button.action) for button in reply.quick_replies]
                _show(reply)
    except EOFError:
        return
    finally:
        await kefu.stop()


async def _read(prompt: str) -> str:
    return await asyncio.to_thread(input, prompt if sys.stdin.isatty() else "")


def _pressed(line: str, buttons: list[tuple[str, str | None]]) -> tuple[str, str | None]:
    if line.isdecimal() and 1 <= int(line) <= len(buttons):
        return buttons[int(line) - 1]
    return line, None


async def _say(kefu: Kefu, sender: str, customer: str | None, text: str, action: str | None) -> list[Reply]:
    message = Message(
        channel="terminal",
        sender=sender,
        external_id=uuid4().hex,
        text=text,
        received_at=datetime.now(UTC),
        action=action,
        customer_id=customer,
    )
    accepted = await kefu.desk.submit(message)
    return await kefu.desk.replies_to(accepted, wait_seconds=_WAIT_SECONDS)


def _show(reply: Reply) -> None:
    out.print(reply.text, markup=False)
    for card in reply.cards:
        _show_card(card)
    for source in reply.sources:
        out.print(f"  — {source.title} › {source.section}", style="dim", markup=False)
    for number, button in enumerate(reply.quick_replies, 1):
        out.print(f"  {number} {button.label}", style="cyan", markup=False)


def _show_card(card: Card) -> None:
    head = " · ".join(part for part in (card.title, card.badge, card.price, card.subtitle) if part)
    out.print(f"  ▪ {head}", markup=False)
    for label, value in (*card.lines, *card.steps):
        out.print(f"    {label}  {value}", style="dim", markup=False)

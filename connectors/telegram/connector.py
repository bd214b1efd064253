"""Telegram's Bot API: https://core.telegram.org/bots/api."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Button, Card, Message, Reply
from connectors.calling import call
from connectors.channel import (
    Inbound,
    Kit,
    Malformed,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Request,
    Response,
    Undeliverable,
)
from connectors.fetching import fetch_photo
from connectors.identifiers import identifier
from connectors.plain import card_text, choices, sources_text, speaker
from connectors.reading import read_object
from connectors.signatures import check_same
from connectors.splitting import split

_LONGEST_TEXT = 4096
_LONGEST_CALLBACK = 64
"""Bytes of a button's data; a longer action is pressed by its label."""
_BUTTONS_PER_ROW = 2


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: str = Field(min_length=20, repr=False)
    """The bot's, from BotFather."""
    secret: str = Field(min_length=16, max_length=256, pattern=r"^[A-Za-z0-9_-]+$", repr=False)
    """The `secret_token` that setWebhook was given."""
    username: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_]{5,32}$")
    """The bot's, without @; for links that open a chat with it."""
    api: str = "https://api.telegram.org"


class Telegram(Pushed):
    name = "telegram"
    per_second = 25.0

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit

    def receive(self, request: Request) -> Received:
        """One update; those that say nothing to a bot are accepted and dropped."""
        check_same(
            self._config.secret, request.headers.get("X-Telegram-Bot-Api-Secret-Token"), "secret token"
        )
        try:
            update = read_object(request.body)
            number = int(update["update_id"])
            if "message" in update:
                return _of_message(update["message"], number, request.at)
            if "callback_query" in update:
                return _of_button(update["callback_query"], number, request.at)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise Malformed(type(error).__name__) from error
        return Received()

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        """The text in pieces, then a card each, the buttons below the last."""
        calls: list[Payload] = []
        text = speaker(reply)
        if reply.sources:
            text = f"{text}\n\n{sources_text(reply.sources, reply.language)}".strip()
        calls += [{"method": "sendMessage", "text": piece} for piece in split(text, _LONGEST_TEXT)]
        calls += [_card(card) for card in reply.cards]
        loose = [
            button for button in choices(reply) if not any(button in card.buttons for card in reply.cards)
        ]
        if calls and loose:
            calls[-1] = _with_buttons(calls[-1], loose)
        return [{"chat_id": to.sender, **one} for one in calls]

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """Telegram knows no idempotency keys: a call whose answer is lost is not made again."""
        body = {name: value for name, value in payload.items() if name != "method"}
        await self._call(str(payload["method"]), body)

    async def fetch(self, media: Media) -> bytes:
        found = await self._call("getFile", {"file_id": media.ref})
        path = (found.get("result") or {}).get("file_path")
        if not isinstance(path, str):
            raise Undeliverable("no such file")
        host = self._config.api.split("://", 1)[-1].split(":", 1)[0]
        url = f"{self._config.api}/file/bot{self._config.token}/{path}"
        return await fetch_photo(self._kit.http, url, hosts=(host,))

    async def _call(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        return await call(
            self._kit.http, "POST", f"{self._config.api}/bot{self._config.token}/{method}", json_body=body
        )

    def way_in(self, text: str) -> str | None:
        """The chat with the bot; its start button brings the text, of letters, digits and hyphens."""
        bot = self._config.username
        return f"https://t.me/{bot}?start={text}" if bot else None


def open(config: Config, kit: Kit) -> Telegram:
    return Telegram(config, kit)


def _of_message(message: dict[str, Any], number: int, now: datetime) -> Received:
    sender = message.get("from") or {}
    if sender.get("is_bot") or message["chat"]["type"] != "private":
        return Received()
    text = message.get("text") or message.get("caption") or ""
    photos = message.get("photo") or []
    media = (Media(str(photos[-1]["file_id"])),) if photos else ()  # sizes of one photo, the largest last
    if not text and not media:
        return Received()
    return Received((Inbound(_message(message["chat"], sender, number, text, None, message, now), media),))


def _of_button(query: dict[str, Any], number: int, now: datetime) -> Received:
    shown = query.get("message") or {}
    if not shown or shown["chat"]["type"] != "private":
        return Received()
    action = str(query.get("data") or "")
    label = _label(shown, action)
    pressed = None if action.startswith("=") else action
    text = label or action.removeprefix("=")
    # The phone shows a waiting circle until it hears that the press arrived.
    heard = {"method": "answerCallbackQuery", "callback_query_id": str(query["id"])}
    message = _message(shown["chat"], query.get("from") or {}, number, text, pressed, {}, now)
    return Received((Inbound(message),), _json(heard))


def _message(
    chat: dict[str, Any],
    sender: dict[str, Any],
    number: int,
    text: str,
    action: str | None,
    message: dict[str, Any],
    now: datetime,
) -> Message:
    at = datetime.fromtimestamp(int(message["date"]), UTC) if "date" in message else now
    return Message(
        channel="telegram",
        sender=identifier(chat["id"]),
        external_id=identifier(number),
        text=text,
        received_at=min(at, now),
        action=action,
        language=str(sender.get("language_code") or "").split("-")[0] or None,
    )


def _label(shown: dict[str, Any], data: str) -> str:
    """What stood on the button that was pressed."""
    rows = (shown.get("reply_markup") or {}).get("inline_keyboard") or []
    return next((str(one["text"]) for row in rows for one in row if one.get("callback_data") == data), "")


def _card(card: Card) -> Payload:
    text = card_text(card)[:_LONGEST_TEXT]
    return _with_buttons({"method": "sendMessage", "text": text}, card.buttons)


def _with_buttons(payload: Payload, buttons: Sequence[Button]) -> Payload:
    """Below the message, two in a row."""
    keys = [_key(button) for button in buttons]
    if not keys:
        return payload
    rows = [keys[start : start + _BUTTONS_PER_ROW] for start in range(0, len(keys), _BUTTONS_PER_ROW)]
    there = payload.get("reply_markup", {}).get("inline_keyboard", [])
    return {**payload, "reply_markup": {"inline_keyboard": [*there, *rows]}}


def _key(button: Button) -> dict[str, str]:
    if button.url is not None:
        return {"text": button.label, "url": button.url}
    data = button.action or ""
    if not data or len(data.encode()) > _LONGEST_CALLBACK:
        # Pressed, it counts as typed; the label itself comes with the message below which it stands.
        data = "=" + button.label.encode()[: _LONGEST_CALLBACK - 1].decode(errors="ignore")
    return {"text": button.label, "callback_data": data}


def _json(body: dict[str, Any]) -> Response:
    return Response(body=json.dumps(body).encode(), content_type="application/json")

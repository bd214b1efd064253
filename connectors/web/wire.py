"""The web channel's JSON: frames of the widget and of the REST API, parsed in and rendered out."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from connectors.base import Message, Reply

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """Line breaks and tabs stay, one kind of line break; other control characters nobody typed."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
AttachmentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
MOST_ATTACHMENTS = 9
Language = Literal["zh", "en"]


def _once_each(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MessageIn(_Strict):
    """What a client sends; `id` is made by the client and repeated when it sends again."""

    id: MessageId
    text: Annotated[str, Field(max_length=100_000), AfterValidator(printable)] = ""
    action: Annotated[str, Field(max_length=300), AfterValidator(printable)] | None = None
    language: Language | None = None
    attachments: Annotated[
        tuple[AttachmentId, ...], Field(max_length=MOST_ATTACHMENTS), AfterValidator(_once_each)
    ] = ()
    """Ids of photos that were sent before."""


class PostMessage(MessageIn):
    wait: Annotated[float, Field(ge=0, le=30)] = 10.0
    """Seconds to wait for the reply."""
    sender: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    """With an API key: the integrator's stable id of the person."""
    customer_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """With an API key: the shop's customer, whom the integrator vouches for."""


class Hello(_Strict):
    type: Literal["hello"]
    token: Annotated[str, Field(max_length=4096)]
    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class MessageFrame(MessageIn):
    type: Literal["message"]


class Signal(_Strict):
    type: Literal["typing", "ping"]


def message(
    sent: MessageIn,
    *,
    channel: str,
    sender: str,
    customer_id: str | None,
    address: str | None,
    now: datetime,
) -> Message:
    return Message(
        channel=channel,
        sender=sender,
        external_id=sent.id,
        text=sent.text,
        received_at=now,
        action=sent.action,
        customer_id=customer_id,
        language=sent.language,
        address=address,
        attachments=sent.attachments,
    )


def render(reply: Reply, *, helpful: bool | None = None) -> dict[str, Any]:
    """A reply as the widget and the REST API show it."""
    body = asdict(reply)
    body["at"] = body.pop("created_at").isoformat()
    del body["conversation_id"]
    return {**body, "attachments": list(reply.attachments), "helpful": helpful}

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

from connectors.channel import Request
from connectors.email import Email
from tests.connectors.case import Case
from tests.connectors.mail import ADDRESS, MailServer, open_mail
from tests.contracts.platform import Call, Platform, Refusal, request

SENDER = "ann@mail.example"


def written(text: str, *, sender: str = SENDER, id: str = "1", **headers: str) -> EmailMessage:
    """A person's letter to us; `_` in a header's name stands for a dash."""
    letter = EmailMessage()
    letter.set_content(text)
    letter["From"] = f"Ann <{sender}>"
    letter["To"] = ADDRESS
    letter["Message-ID"] = f"<{id}@mail.example>"
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    return letter


@asynccontextmanager
async def serve(platform: Platform) -> AsyncIterator[str]:
    async with open_mail(platform) as server:
        yield server.address


async def bring(address: str, text: str, sender: str, id: str) -> None:
    await MailServer.at(address).arrive(written(text, sender=sender, id=id))


def say(text: str, sender: str, id: str) -> Request:
    """To the address where other channels' platforms bring theirs: nobody is heard there."""
    return request(text)


def shown(call: Call) -> list[str]:
    body = call.body.get_body(("plain",))
    return [body.get_content()]


CASE = Case(
    open=lambda address, kit: Email(MailServer.at(address).config(backlog_days=1), kit),
    say=say,
    signed=request,
    shown=shown,
    longest=1_000_000,
    sender=SENDER,
    serve=serve,
    bring=bring,
    tells_when=False,
    key=lambda call: call.headers["Message-ID"],
    refusal=Refusal(seconds=None),
    person=lambda number: f"ann{number}@mail.example",
)

"""Each platform's own payloads with parts of them altered, and signed as they should be: read, or refused in words."""

import json
from collections.abc import Sequence
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.channel import Denied, Malformed, Request
from connectors.identifiers import identifier
from tests.connectors.case import Case, cases
from tests.contracts.platform import open_kit

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["", "0", "-1", "\0", "\ud800", "9" * 400, 10**400])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def plain(name: str, case: Case, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What a message and other things of the platform's come to before they are signed and sealed."""
    module, told = import_module(f"tests.connectors.{name}_case"), list[bytes]()
    really = module.signed

    def noting(body: bytes, *more: Any) -> Request:
        told.append(body)
        request: Request = really(body, *more)
        return request

    monkeypatch.setattr(module, "signed", noting)
    case.say("退货运费谁出？", case.sender, "101")
    return told


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: Sequence[tuple[Any, Any]] = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [at, *(place for key, part in inside for place in places(part, (*at, key)))]


def replaced(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    copy = value.copy()
    copy[at[0]] = replaced(value[at[0]], at[1:], new)
    return copy


@st.composite
def altered(draw: st.DrawFn, body: bytes) -> bytes:
    """JSON and forms by their parts, what else there is by its bytes."""
    if body[:1] in (b"{", b"["):
        value = json.loads(body)
        for _ in range(draw(st.integers(1, 3))):
            value = replaced(value, draw(st.sampled_from(places(value))), draw(VALUES))
        return json.dumps(value).encode()
    if b"=" in body and not body.startswith(b"<"):
        fields = dict(parse_qsl(body.decode()))
        fields[draw(st.sampled_from(sorted(fields)))] = draw(st.text(max_size=20).map(str))
        return urlencode(fields, errors="replace").encode()
    begin = draw(st.integers(0, len(body)))
    end = draw(st.integers(begin, min(len(body), begin + 40)))
    return body[:begin] + draw(st.binary(max_size=30) | st.just(b"&#0;<a/>")) + body[end:]


@pytest.mark.parametrize(
    "examples", [pytest.param(80, id="some"), pytest.param(2000, id="many", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("name", [name for name, case in cases().items() if case.bring is None])
async def test_whatever_of_it_is_altered(name: str, examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    case = cases()[name]
    (body,) = plain(name, case, monkeypatch)
    async with open_kit() as kit:
        connector = case.open("http://127.0.0.1:1", kit)

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(altered(body))
        def run(content: bytes) -> None:
            try:
                received = connector.receive(case.signed(content))
            except (Denied, Malformed):
                return
            assert received.response.status < 500
            for one in received.messages:
                message = one.message
                assert message.channel == name
                # What the store can keep, and what names one person and one message.
                assert identifier(message.sender) == message.sender
                assert identifier(message.external_id) == message.external_id

        run()
        assert connector.receive(case.signed(body)).messages or connector.receive(case.signed(body)).pull

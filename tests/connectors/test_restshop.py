"""A described shop: what a description may say, and what becomes of it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.shop.domain import ShopData
from connectors.channel import Denied, Malformed, RetryLater
from connectors.restshop import Config, RestShop, hooks
from connectors.restshop.config import Call
from connectors.restshop.templates import compile_template
from connectors.restshop.values import Odd, Spelling
from connectors.shop_system import Change, Refusal, Touched
from tests.bot.shop.sample import START
from tests.connectors.restshop_server import RestServer, serve, signed
from tests.connectors.restshop_shop import described, fill, open_system
from tests.connectors.shop_seed import seed
from tests.contracts.platform import open_kit

NOW = START + timedelta(days=9)
README = (Path(__file__).parents[2] / "connectors/restshop/README.md").read_text()
DESCRIPTION = Config.model_validate(described("https://shop.example/api"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ShopData:
    return seed(tmp_path_factory.mktemp("shop"))


@pytest.fixture
async def server(data: ShopData) -> AsyncIterator[RestServer]:
    server = RestServer(NOW)
    fill(server, data)
    async with serve(server):
        yield server


@pytest.fixture
async def shop(server: RestServer) -> AsyncIterator[RestShop]:
    async with ClientSession() as http:
        yield open_system(server, http)


def cancelling(number: str = "100006") -> Change:
    request = {"order_number": number, "reason": '"; drop {/at}'}
    return Change("cancel_order", request, "2", NOW, movements=({"kind": "refund", "amount": 2604},))


def test_the_example_in_the_readme_is_a_description() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    found = yaml.safe_load(example)
    assert (found.pop("system"), found.pop("profile")) == ("restshop", "profile.json")
    config = Config.model_validate(found)
    assert config.changes.keys() == {"cancel_order", "change_address"}
    answer = {
        "no": 7,
        "title_cn": "杯子",
        "title_en": "Mug",
        "group": {"name": "home"},
        "on_sale": True,
        "sizes": [{"code": "L", "name": "Large"}],
        "units": [{"code": "MUG-L", "price": "12.9", "on_hand": 3, "size": "L"}],
    }
    spelling = config.spelling
    row = compile_template(config.products.row, "row").fill(
        (answer,), "", lambda f, _, v: spelling.convert(f, v)
    )
    assert row["name"] == {"zh": "杯子", "en": "Mug"}
    assert row["variants"] == [{"sku": "MUG-L", "price": 1290, "stock": 3, "options": {"size": "L"}}]
    assert row["options"][0]["values"] == [{"value": "L", "label": "Large"}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "http://shop.example"}, "url: Value error, must begin with https://"),
        ({"auth": {}}, "say exactly one of bearer, basic and headers"),
        ({"timezone": "Shanghai"}, "timezone: Value error, is no time zone"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        (
            {"orders": {"row": {"itmes": "/lines"}}},
            "orders.row.itmes: is no field of the import format; is items meant?",
        ),
        ({"orders": {"row": {"note": "remark"}}}, "orders.row.note: 'remark' is no pointer; write '/remark'"),
        (
            {"orders": {"row": {"note": {"$at": "/x", "$each": "/y"}}}},
            "orders.row.note: $at, $each do not go together",
        ),
        ({"orders": {"row": {"note": None}}}, "orders.row.note: nothing is said; leave the field out"),
        ({"products": {"one": {"path": "/articles"}}}, "products.one: Value error, has no {id} in its path"),
        ({"products": {"list": {"paging": {"by": "cursor", "parameter": "c"}}}}, "a cursor needs `next`"),
        (
            {"changes": {"cancel": {"path": "/x"}}},
            "changes.cancel: there is no such change; there are: cancel_order",
        ),
        ({"changes": {"cancel_order": {"path": "/x/{number}"}}}, "path: {number} is no pointer"),
    ],
)
def test_what_is_wrong_with_a_description_is_said_with_its_place(change: Any, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Config.model_validate(_merged(described("https://shop.example/api"), change))
    problem = error.value.errors()[0]
    assert said in f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    assert "a-token-of-the-shop" not in str(error.value)


def test_required_fields_must_be_described() -> None:
    given = described("https://shop.example/api")
    del given["orders"]["row"]["status"]
    with pytest.raises(ValidationError, match=r"orders\.row: status must be said"):
        Config.model_validate(given)


def _merged(given: Any, change: Any) -> Any:
    if not isinstance(given, dict) or not isinstance(change, dict) or not change:
        return change
    return {**given, **{key: _merged(given.get(key), value) for key, value in change.items()}}


async def test_a_change_is_told_as_json_in_the_systems_spelling(server: RestServer, shop: RestShop) -> None:
    await shop.carry_out(cancelling(), key="a-key")
    await shop.carry_out(cancelling(), key="a-key")
    at = str(int(NOW.timestamp()))
    assert server.bodies == [{"reason": '"; drop {/at}', "back": "26.04", "at": at, "by": "kefu"}]
    assert [what for _, what in server.effects] == ["cancel", "refund"]
    with pytest.raises(Refusal):
        await shop.carry_out(cancelling(), key="another-key")
    with pytest.raises(Refusal):
        await shop.carry_out(Change("return_items", {}, "2", NOW), key="a-third")


@pytest.mark.parametrize("number", ["../../secrets", "100006/../100005", "", "..", "a?b#c%2f"])
async def test_a_path_is_never_left(server: RestServer, shop: RestShop, number: str) -> None:
    with suppress(Refusal, RetryLater):
        await shop.carry_out(cancelling(number), key="a-key")
    assert server.effects == []
    assert await shop.find("order", number) is None


async def test_what_is_still_being_done_is_not_refused(server: RestServer, shop: RestShop) -> None:
    """409: by the same key, it is being worked on."""
    call = Call.model_validate(
        {"path": "/sales/{/request/order_number}/cancel", "key_header": "X-Request-Key"}
    )
    server.moods = [409]
    with pytest.raises(RetryLater):
        await shop._api.change(call, {"request": {"order_number": "100006"}}, "a-key")


async def test_a_row_that_cannot_be_made_is_told_as_odd(server: RestServer, shop: RestShop) -> None:
    server.sales["100006"]["lines"][0]["each"] = "a lot"
    server.sales["100005"]["changed"] = None
    odd = await shop.find("order", "100006")
    assert odd is not None
    assert "unit_price" in json.dumps(odd.row)
    undated = await shop.find("order", "100005")
    assert undated is not None
    assert undated.updated_at.year == 1990
    server.articles["7"] = {"title": "no number"}
    assert await shop.find("product", "7") is None


async def test_subscribing_tells_where(server: RestServer, shop: RestShop) -> None:
    await shop.subscribe("https://kefu.shop.example/shop/hooks")
    assert server.hooks == ["https://kefu.shop.example/shop/hooks"]


def test_webhooks_are_signed_with_their_time() -> None:
    assert DESCRIPTION.webhook is not None
    body = json.dumps({"events": [{"what": "sale", "which": 12}, {"what": "weather", "which": 1}]}).encode()
    told = signed(body)
    assert hooks.heard(told, DESCRIPTION.webhook).touched == (Touched("order", "12"),)
    late = type(told)(**{**_fields(told), "at": told.at + timedelta(minutes=6)})
    other = type(told)(**{**_fields(told), "body": body.replace(b"12", b"13")})
    for wrong in (late, other):
        with pytest.raises(Denied):
            hooks.heard(wrong, DESCRIPTION.webhook)
    with pytest.raises(Malformed):
        hooks.heard(signed(b'{"events": [{"what": "sale", "which": ""}]}'), DESCRIPTION.webhook)


def _fields(request: Any) -> dict[str, Any]:
    return {name: getattr(request, name) for name in request.__slots__}


def test_spellings() -> None:
    units, cents = Spelling(), Spelling(money="cents", moments="unix_ms")
    assert [units.cents(one) for one in ("12.9", 12.9, 12, "0.005", "-3")] == [1290, 1290, 1200, 1, -300]
    assert (cents.cents("1290"), cents.units(1290), units.units(1290)) == (1290, 1290, "12.90")
    moment = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert units.moment(units.written(moment)) == cents.moment(cents.written(moment)) == moment
    for field, value in (
        ("price", "a lot"),
        ("price", "NaN"),
        ("placed_at", "soon"),
        ("stock", "1e999999999"),
    ):
        with pytest.raises(Odd):
            units.convert(field, value)
    with pytest.raises(Odd):
        cents.convert("placed_at", [1])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("no", "lines", "money", "state", "each", "to", "changed")), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(answer=_JSON)
async def test_whatever_the_system_answers_makes_a_row_or_none(answer: Any) -> None:
    async with open_kit() as kit:
        shop = RestShop(DESCRIPTION, kit)
        if shop._id("order", answer):
            assert shop._thing("order", answer).id

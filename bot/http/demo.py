"""What the demo shop's own server would do: sign its shoppers in, fill its shelf."""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.errors import NotFound
from bot.http.context import body, context
from bot.http.door import language_of
from bot.shop.domain import localize
from bot.shop.images import image_url
from bot.texts.formatting import money


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    customer_id: Annotated[str, Field(max_length=64)]


async def sign_in(request: web.Request) -> web.Response:
    here = context(request)
    asked = await body(request, SignIn)
    customer = await here.kefu.shop.customer(asked.customer_id)
    if customer is None:
        raise NotFound("There is no such customer.")
    token = here.tokens.sign_shopper(customer.id)
    return web.json_response({"shopper_token": token, "name": customer.name})


async def shelf(request: web.Request) -> web.Response:
    """The catalogue as the demo page shows it."""
    here = context(request)
    language = request.query.get("language", language_of(request))
    profile = await here.kefu.shop.profile()
    products = [
        {
            "id": product.id,
            "name": localize(product.name, language),
            "price": money(min(variant.price for variant in product.variants), profile.currency),
            "image": image_url(product.image),
            "category": localize(profile.categories.get(product.category, {"*": product.category}), language),
        }
        for product in await here.kefu.shop.catalogue()
    ]
    return web.json_response(products)


ROUTES = (web.post("/demo/sign-in", sign_in), web.get("/demo/products", shelf))

"""An order or product that is longer than a page: what is missing, fetched."""

from connectors.channel import RetryLater
from connectors.shopify import queries
from connectors.shopify.api import Api, Data


async def whole_product(api: Api, product: Data) -> Data:
    """All of its variants."""
    connection = product["variants"]
    if not connection["pageInfo"]["hasNextPage"]:
        return product
    return {
        **product,
        "variants": {"nodes": await _rest(api, queries.VARIANTS, "product", "variants", product)},
    }


async def whole_order(api: Api, order: Data) -> Data:
    """All of its lines, parcels, payments and returns."""
    whole = dict(order)
    if _is_cut(order["lineItems"]):
        whole["lineItems"] = {"nodes": await _rest(api, queries.LINES_OF, "order", "lineItems", order)}
    if len(order["transactions"]) >= queries.TRANSACTIONS:
        whole["transactions"] = (await _ask(api, queries.TRANSACTIONS_OF, "order", order))["transactions"]
    if len(order["refunds"]) >= queries.REFUNDS:
        whole["refunds"] = (await _ask(api, queries.REFUNDS_OF, "order", order))["refunds"]
    parcels = order["fulfillments"]
    if len(parcels) >= queries.PARCELS:
        parcels = (await _ask(api, queries.PARCELS_OF, "order", order))["fulfillments"]
    whole["fulfillments"] = [await _parcel(api, one) for one in parcels]
    returns = order["returns"]["nodes"]
    if _is_cut(order["returns"]):
        returns = await _rest(api, queries.RETURNS_OF, "order", "returns", order)
    whole["returns"] = {"nodes": [await _return(api, one) for one in returns]}
    return whole


async def _parcel(api: Api, parcel: Data) -> Data:
    if "events" in parcel and not _is_cut(parcel["events"]) and not _is_cut(parcel["fulfillmentLineItems"]):
        return parcel
    return await _ask(api, queries.PARCEL, "fulfillment", parcel)


async def _return(api: Api, back: Data) -> Data:
    if "returnLineItems" in back and not _is_cut(back["returnLineItems"]):
        return back
    return await _ask(api, queries.RETURN, "return", back)


def _is_cut(connection: Data) -> bool:
    return bool(connection["pageInfo"]["hasNextPage"])


async def _rest(api: Api, document: str, of: str, name: str, thing: Data) -> list[Data]:
    """What was read of the connection, and the pages behind it."""
    nodes = list(thing[name]["nodes"])
    info = thing[name]["pageInfo"]
    while info["hasNextPage"]:
        page = (await _ask(api, document, of, thing, after=info["endCursor"]))[name]
        nodes += page["nodes"]
        info = page["pageInfo"]
    return nodes


async def _ask(api: Api, document: str, of: str, thing: Data, **variables: str) -> Data:
    found = (await api.ask(document, id=thing["id"], **variables))[of]
    if not isinstance(found, dict):
        raise RetryLater(f"Shopify: {thing['id']} went away while it was read")
    return found

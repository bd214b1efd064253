"""Where an order goes, and where a customer's orders go by default."""

from connectors.shop_system import Refusal
from connectors.shopify import mutations
from connectors.shopify.api import Data
from connectors.shopify.customers import address_input, is_address
from connectors.shopify.ids import number_of
from connectors.shopify.work import DONE, CustomerWork, OrderWork

_STILL = ("UNFULFILLED", "OPEN", "ON_HOLD", "SCHEDULED")
"""Nobody packs it yet, so nobody has printed the old address."""


async def change_address(work: OrderWork) -> None:
    """Address and mark in one call."""
    wanted = address_input(work.change.request["address"])
    if is_address(work.order["shippingAddress"], wanted):
        await work.leave_mark()
        return
    work.require_unsent()
    if work.order["displayFulfillmentStatus"] not in _STILL:
        raise Refusal("the order is being packed")
    before, after = work.change.before or {}, work.change.after or {}
    if work.change.movements or before.get("shipping_fee", 0) != after.get("shipping_fee", 0):
        raise Refusal("Shopify does not work out the delivery fee of a placed order again")
    await work.api.do(
        "orderUpdate",
        mutations.UPDATE_ORDER,
        input={"id": work.gid, "shippingAddress": wanted, "metafields": [work.metafield()]},
    )


async def change_default_address(work: CustomerWork) -> None:
    if await work.read_mark() == DONE:
        return
    wanted = address_input(work.change.request["address"])
    customer = (await work.api.ask(mutations.ADDRESSES, id=work.gid))["customer"]
    if customer is None:
        raise Refusal("there is no such customer")
    await _choose(work, customer, str(work.change.request["address"]["id"]), wanted)
    await work.leave_mark()


async def _choose(work: CustomerWork, customer: Data, id: str, wanted: dict[str, str]) -> None:
    """One that is there, the one of that id made so, or a new one."""
    addresses = customer["addressesV2"]["nodes"]
    same = next((one["id"] for one in addresses if is_address(one, wanted)), None)
    mine = next((one["id"] for one in addresses if number_of(one["id"]) == id), None)
    if same is not None:
        if same != (customer["defaultAddress"] or {}).get("id"):
            await work.api.do(
                "customerUpdateDefaultAddress", mutations.CHOOSE_ADDRESS, id=work.gid, address_id=same
            )
    elif mine is not None:
        await work.api.do(
            "customerAddressUpdate", mutations.CHANGE_ADDRESS, id=work.gid, address_id=mine, address=wanted
        )
    else:
        await work.api.do("customerAddressCreate", mutations.ADD_ADDRESS, id=work.gid, address=wanted)

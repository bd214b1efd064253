"""Other variants in an order that nothing was sent of: an order edit, and the difference back."""

from collections.abc import Mapping
from typing import Any

from connectors.shop_system import Refusal
from connectors.shopify import mutations
from connectors.shopify.api import Data
from connectors.shopify.ids import gid, number_of
from connectors.shopify.money import of_bag
from connectors.shopify.orders import has_tax_on_top
from connectors.shopify.refunding import refund
from connectors.shopify.work import OrderWork


async def change_items(work: OrderWork) -> None:
    """The edit is one step, seen by its lines; the refund another, seen by its note; then the mark."""
    swaps = {str(line): str(sku) for line, sku in work.change.request["items"].items()}
    moves = work.refunds()
    units = _units(work, swaps)
    if not _is_swapped(work.order, swaps, units):
        work.require_unsent()
        if has_tax_on_top(work.order):
            raise Refusal("the tax on other items is not known")
        await _swap(work, swaps, units)
    work.begun = True
    if moves and not work.has_refund() and await _is_owed(work, sum(move["amount"] for move in moves)):
        await refund(work, f"{work.mark} items changed")
    await work.leave_mark()


async def _is_owed(work: OrderWork, amount: int) -> bool:
    """False: somebody has paid it back already.

    Raises:
        Refusal: the customer has not paid as much more than the order costs.
    """
    order = (await work.api.ask(mutations.OWED, id=work.gid))["order"]
    over = of_bag(order["netPaymentSet"]) - of_bag(order["currentTotalPriceSet"])
    if over not in (0, amount):
        raise Refusal("what was paid does not fit what it costs now")
    return over > 0


def _units(work: OrderWork, swaps: Mapping[str, str]) -> dict[str, int]:
    """How many of each line there were when it was confirmed."""
    units = {item["id"]: int(item["quantity"]) for item in (work.change.before or {}).get("items", ())}
    if not swaps.keys() <= units.keys():
        raise Refusal("there is no such item")
    return units


def _is_swapped(order: Data, swaps: Mapping[str, str], units: Mapping[str, int]) -> bool:
    """
    Raises:
        Refusal: a line is not there as it was when it was confirmed.
    """
    lines = {number_of(one["id"]): one for one in order["lineItems"]["nodes"]}
    if not swaps.keys() <= lines.keys():
        raise Refusal("there is no such item")
    left = {line: lines[line]["currentQuantity"] for line in swaps}
    if left == {line: units[line] for line in swaps}:
        return False
    wanted: dict[str, int] = {}
    for line, sku in swaps.items():
        wanted[sku] = wanted.get(sku, 0) + units[line]
    for one in lines.values():
        if one["variant"] and one["currentQuantity"]:
            sku = number_of(one["variant"]["id"])
            wanted[sku] = wanted.get(sku, 0) - one["currentQuantity"]
    if any(left.values()) or any(wanted[sku] > 0 for sku in swaps.values()):
        raise Refusal("somebody changed the order meanwhile")
    return True


async def _swap(work: OrderWork, swaps: Mapping[str, str], units: Mapping[str, int]) -> None:
    """Nothing is changed before the last call, and only if the total comes to what was shown."""
    edit = (await work.api.do("orderEditBegin", mutations.BEGIN_EDIT, id=work.gid))["calculatedOrder"]
    there = {number_of(one["id"]): one for one in edit["lineItems"]["nodes"]}
    latest = edit
    for line, sku in swaps.items():
        variant = gid("ProductVariant", sku)
        if variant is None or line not in there:
            raise Refusal("there is no such item")
        await work.api.do(
            "orderEditSetQuantity", mutations.SET_QUANTITY, id=edit["id"], line=there[line]["id"]
        )
        added = await work.api.do(
            "orderEditAddVariant", mutations.ADD_VARIANT, id=edit["id"], variant=variant, quantity=units[line]
        )
        latest = added["calculatedOrder"]
    difference = of_bag(latest["totalPriceSet"]) - of_bag(edit["totalPriceSet"])
    if difference != _total(work.change.after) - _total(work.change.before):
        raise Refusal("it no longer comes to what was shown")
    await work.api.do("orderEditCommit", mutations.COMMIT_EDIT, id=edit["id"], note=work.mark)


def _total(row: Mapping[str, Any] | None) -> int:
    """Of an order's row: what `docs/import.md` says it is."""
    if row is None:
        raise Refusal("it does not say what it comes to")
    lines = sum(item["unit_price"] * item["quantity"] - (item.get("discount") or 0) for item in row["items"])
    return int(lines + (row.get("shipping_fee") or 0) - (row.get("discount") or 0))

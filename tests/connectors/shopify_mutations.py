"""What a simulated Shopify does when it is told to, with the refusals that it is known for."""

import copy
from typing import Any

from tests.connectors.shopify_state import Node, State, bag, cents, total

_ADDRESS = ("firstName", "lastName", "company", "address1", "address2", "city", "province", "zip", "phone")


class Mutations:
    """A method for each mutation; its arguments are the mutation's."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.looks_until_cancelled = 2
        """How often a cancellation is looked at before its job has run."""
        self._jobs: dict[str, tuple[int, Any]] = {}
        self._known: dict[str, tuple[Node, Node]] = {}
        """Idempotency key to (input, payload)."""

    def run_jobs(self, order: Node) -> None:
        if order["id"] in self._jobs:
            looks, run = self._jobs.pop(order["id"])
            if looks:
                self._jobs[order["id"]] = (looks - 1, run)
            else:
                run()

    def order_cancel(self, *, orderId: str, reason: str, restock: bool, **given: Any) -> Node:
        order = self.state.nodes[orderId]
        if order["cancelledAt"] or order["id"] in self._jobs:
            return _refused("orderCancelUserErrors", "Cannot cancel an order that has already been canceled")
        if order["fulfillments"]:
            return _refused("orderCancelUserErrors", "Cannot cancel a fulfilled order")
        if any(back["status"] in ("OPEN", "REQUESTED") for back in order["returns"]):
            return _refused("orderCancelUserErrors", "Cannot cancel an order with open returns")
        if len(given.get("staffNote") or "") > 255:
            return _refused("orderCancelUserErrors", "Staff note is too long")

        def run() -> None:
            order.update(cancelledAt=self.state.later(), cancelReason=reason)
            order["cancellation"] = {"staffNote": given.get("staffNote")}
            self._effect(order, "cancel")
            if (given.get("refundMethod") or {}).get("originalPaymentMethodsRefund"):
                self._refund_all(order)
            for line in order["lineItems"]:
                if restock:
                    line["variant"]["inventoryQuantity"] += line["currentQuantity"]
                line["currentQuantity"] = 0
            self.state.touch(order, "orders/updated")

        self._jobs[order["id"]] = (self.looks_until_cancelled, run)
        return {"job": {"id": "gid://shopify/Job/1", "done": False}, "orderCancelUserErrors": []}

    def order_update(self, *, input: Node) -> Node:
        order = self.state.nodes[input["id"]]
        if "shippingAddress" in input:
            order["shippingAddress"] = self._address(input["shippingAddress"])
            self._effect(order, "address")
        for metafield in input.get("metafields", ()):
            self._metafield(order, metafield)
        self.state.touch(order, "orders/updated")
        return {"order": order, "userErrors": []}

    def refund_create(self, *, input: Node, key: str) -> Node:
        if key in self._known:
            before, payload = self._known[key]
            return (
                payload if before == input else _refused("userErrors", "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
            )
        payload = self._refund(input)
        if not payload["userErrors"]:
            self._known[key] = (copy.deepcopy(input), payload)
        return payload

    def _refund(self, input: Node) -> Node:
        order = self.state.nodes[input["orderId"]]
        asked = {one["lineItemId"]: one for one in input.get("refundLineItems") or ()}
        for id, one in asked.items():
            line = self.state.nodes[id]
            if one["quantity"] > line["currentQuantity"]:
                return _refused("userErrors", "Quantity cannot refund more items than were purchased")
            if one.get("restockType") != "NO_RESTOCK" and "locationId" not in one:
                return _refused("userErrors", "Location must be set when restocking")
        moves = input.get("transactions") or ()
        for move in moves:
            parent = self.state.nodes[move["parentId"]]
            if parent["gateway"] != move["gateway"] or round(float(move["amount"]) * 100) > self._left(
                order, parent
            ):
                return _refused("userErrors", "Refund amount is more than what is available")
        for id, one in asked.items():
            line = self.state.nodes[id]
            line["currentQuantity"] -= one["quantity"]
            line["variant"]["inventoryQuantity"] += one["quantity"]
            self._effect(order, "remove")
        for move in moves:
            self._pay_back(order, self.state.nodes[move["parentId"]], round(float(move["amount"]) * 100))
        amount = sum(round(float(move["amount"]) * 100) for move in moves)
        refund = self.state.put("Refund", note=input.get("note"), createdAt=self.state.later())
        refund["totalRefundedSet"] = bag(amount)
        order["refunds"].append(refund)
        self.state.touch(order, "orders/updated")
        return {"order": order, "refund": refund, "userErrors": []}

    def return_create(self, *, returnInput: Node) -> Node:
        return self._return(returnInput, "OPEN")

    def return_request(self, *, input: Node) -> Node:
        return self._return(input, "REQUESTED")

    def _return(self, input: Node, status: str) -> Node:
        order = self.state.nodes[input["orderId"]]
        lines = []
        left = {one["fulfillmentLineItem"]["id"]: one["quantity"] for one in self.returnable(order)}
        for one in input.get("returnLineItems") or ():
            if not 0 < one["quantity"] <= left.get(one["fulfillmentLineItemId"], 0):
                return _refused("userErrors", "Return line item has an invalid quantity")
            if one.get("returnReason") == "OTHER" and not (
                one.get("returnReasonNote") or one.get("customerNote")
            ):
                return _refused("userErrors", "Return reason note can't be blank")
            lines.append(
                self.state.put(
                    "ReturnLineItem",
                    quantity=one["quantity"],
                    returnReasonNote=one.get("returnReasonNote") or "",
                    customerNote=one.get("customerNote"),
                    returnReasonDefinition={"id": "d", "handle": one["returnReason"].lower(), "name": "?"},
                    fulfillmentLineItem=self.state.nodes[one["fulfillmentLineItemId"]],
                )
            )
        fee = input.get("returnShippingFee")
        back = self.state.put(
            "Return",
            name=f"{order['name']}-R{len(order['returns']) + 1}",
            status=status,
            createdAt=self.state.later(),
            requestApprovedAt=self.state.later() if status == "OPEN" else None,
            closedAt=None,
            returnShippingFees=[{"id": "f", "amountSet": bag(round(float(fee["amount"]["amount"]) * 100))}]
            if fee
            else [],
            refunds=[],
            returnLineItems=lines,
        )
        order["returns"].append(back)
        self._effect(order, "return")
        self.state.touch(order, "orders/updated")
        return {"return": back, "userErrors": []}

    def returnable(self, order: Node) -> list[Node]:
        gone: dict[str, int] = {}
        for back in order["returns"]:
            for line in back["returnLineItems"]:
                if back["status"] not in ("DECLINED", "CANCELED"):
                    id = line["fulfillmentLineItem"]["id"]
                    gone[id] = gone.get(id, 0) + line["quantity"]
        lines = [line for parcel in order["fulfillments"] for line in parcel["fulfillmentLineItems"]]
        found = [
            {"quantity": line["quantity"] - gone.get(line["id"], 0), "fulfillmentLineItem": line}
            for line in lines
        ]
        return [one for one in found if one["quantity"]]

    def order_edit_begin(self, *, id: str) -> Node:
        order = self.state.nodes[id]
        if order["cancelledAt"]:
            return _refused("userErrors", "The order cannot be edited.")
        lines = [
            {
                "id": line["id"].replace("LineItem", "CalculatedLineItem"),
                "title": line["title"],
                "quantity": line["currentQuantity"],
                "variant": line["variant"],
                "price": cents(line["originalUnitPriceSet"]),
            }
            for line in order["lineItems"]
        ]
        edit = self.state.put(
            "CalculatedOrder", order=order, lineItems=lines, totalPriceSet=bag(total(order))
        )
        return {"calculatedOrder": dict(edit), "userErrors": []}

    def order_edit_add_variant(self, *, id: str, variantId: str, quantity: int, **given: Any) -> Node:
        edit, variant = self.state.nodes[id], self.state.nodes.get(variantId)
        if variant is None:
            return _refused("userErrors", "Variant does not exist")
        if any(one["variant"] is variant for one in edit["lineItems"]) and not given["allowDuplicates"]:
            return _refused("userErrors", "Variant is already in the order")
        line = {
            "id": f"gid://shopify/CalculatedLineItem/new{len(edit['lineItems'])}",
            "title": variant["product"]["title"],
            "quantity": quantity,
            "variant": variant,
            "price": round(float(variant["price"]) * 100),
        }
        edit["lineItems"].append(line)
        return {"calculatedLineItem": line, **self._calculated(edit)}

    def order_edit_set_quantity(self, *, id: str, lineItemId: str, quantity: int, **given: Any) -> Node:
        edit = self.state.nodes[id]
        line = next(one for one in edit["lineItems"] if one["id"] == lineItemId)
        line["quantity"] = quantity
        return {"calculatedLineItem": line, **self._calculated(edit)}

    def order_edit_commit(self, *, id: str, **given: Any) -> Node:
        edit = self.state.nodes.pop(id)
        order = edit["order"]
        there = {line["id"].replace("LineItem", "CalculatedLineItem"): line for line in order["lineItems"]}
        for line in edit["lineItems"]:
            if line["id"] in there:
                there[line["id"]]["currentQuantity"] = line["quantity"]
            elif line["quantity"]:
                order["lineItems"].append(self._new_line(line))
        self._effect(order, "edit")
        self.state.touch(order, "orders/updated")
        return {"order": order, "successMessages": [], "userErrors": []}

    def customer_address_create(self, *, customerId: str, address: Node, setAsDefault: bool = False) -> Node:
        customer = self.state.nodes[customerId]
        node = self._address(address)
        customer["addressesV2"].append(node)
        if setAsDefault:
            customer["defaultAddress"] = node
        self.state.touch(customer, "customers/update")
        return {"address": node, "userErrors": []}

    def customer_address_update(
        self, *, customerId: str, addressId: str, address: Node, setAsDefault: bool = False
    ) -> Node:
        customer = self.state.nodes[customerId]
        node = next(one for one in customer["addressesV2"] if one["id"] == addressId)
        node |= {**self._address(address), "id": addressId}
        if setAsDefault:
            customer["defaultAddress"] = node
        self.state.touch(customer, "customers/update")
        return {"address": node, "userErrors": []}

    def customer_update_default_address(self, *, customerId: str, addressId: str) -> Node:
        customer = self.state.nodes[customerId]
        customer["defaultAddress"] = next(one for one in customer["addressesV2"] if one["id"] == addressId)
        self.state.touch(customer, "customers/update")
        return {"customer": customer, "userErrors": []}

    def metafields_set(self, *, metafields: list[Node]) -> Node:
        set_ = [self._metafield(self.state.nodes[one["ownerId"]], one) for one in metafields]
        return {"metafields": set_, "userErrors": []}

    def webhook_subscription_create(self, *, topic: str, webhookSubscription: Node) -> Node:
        hook = {"topic": topic, "uri": webhookSubscription.get("uri") or "", "format": "JSON"}
        if not hook["uri"].startswith("https://"):
            return _refused("userErrors", "Address protocol http:// is not supported")
        if any(
            one["topic"] == topic and one["uri"] == hook["uri"]
            for one in self.state.all("WebhookSubscription")
        ):
            return _refused("userErrors", "Address for this topic has already been taken")
        return {"webhookSubscription": self.state.put("WebhookSubscription", **hook), "userErrors": []}

    def _calculated(self, edit: Node) -> Node:
        amount = sum(line["price"] * line["quantity"] for line in edit["lineItems"])
        edit["totalPriceSet"] = bag(amount)
        return {"calculatedOrder": edit, "userErrors": []}

    def _new_line(self, line: Node) -> Node:
        line["variant"]["inventoryQuantity"] -= line["quantity"]
        return self.state.put(
            "LineItem",
            title=line["title"],
            quantity=line["quantity"],
            currentQuantity=line["quantity"],
            requiresShipping=True,
            product=line["variant"]["product"],
            variant=line["variant"],
            originalUnitPriceSet=bag(line["price"]),
            discountAllocations=[],
            taxLines=[],
        )

    def _address(self, given: Node) -> Node:
        node = self.state.put("MailingAddress", provinceCode=given.get("provinceCode"))
        node |= {key: given.get(key) for key in _ADDRESS}
        name = f"{given.get('firstName') or ''} {given.get('lastName') or ''}".strip()
        return node | {"name": name, "countryCodeV2": given.get("countryCode")}

    def _metafield(self, owner: Node, given: Node) -> Node:
        assert 2 <= len(given["key"]) <= 64
        node = {
            "id": "gid://shopify/Metafield/1",
            **{key: given[key] for key in ("namespace", "key", "type", "value")},
        }
        owner.setdefault("metafields", {})[node["namespace"], node["key"]] = node
        return node

    def _refund_all(self, order: Node) -> None:
        for parent in [
            one
            for one in order["transactions"]
            if one["kind"] in ("SALE", "CAPTURE") and one["status"] == "SUCCESS"
        ]:
            if self._left(order, parent):
                self._pay_back(order, parent, self._left(order, parent))

    def _left(self, order: Node, parent: Node) -> int:
        back = (one for one in order["transactions"] if one["parentTransaction"] is parent)
        return cents(parent["amountSet"]) - sum(cents(one["amountSet"]) for one in back)

    def _pay_back(self, order: Node, parent: Node, amount: int) -> None:
        at = self.state.later()
        node = self.state.put("OrderTransaction", kind="REFUND", status="SUCCESS", gateway=parent["gateway"])
        node |= {"createdAt": at, "processedAt": at, "amountSet": bag(amount), "parentTransaction": parent}
        order["transactions"].append(node)
        self._effect(order, "refund")

    def _effect(self, order: Node, what: str) -> None:
        self.state.effects.append((order["id"], what))


def _refused(field: str, message: str) -> Node:
    return {field: [{"field": ["base"], "message": message, "code": "INVALID"}]}

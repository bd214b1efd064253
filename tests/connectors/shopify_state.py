"""What a simulated Shopify keeps, in the shapes of its API, and what its own people do there."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.shop.domain import Address, Customer, Fulfilment, Order, OrderItem, Payment, Product, ShopData

Node = dict[str, Any]
CURRENCY = "CNY"
LOCALE = "zh-CN"
LOCATION = {"id": "gid://shopify/Location/1", "name": "Hangzhou"}
_KINDS = {"product": "Product", "customer": "Customer", "order": "Order"}
_EVENTS = {
    "picked_up": "CARRIER_PICKED_UP",
    "in_transit": "IN_TRANSIT",
    "out_for_delivery": "OUT_FOR_DELIVERY",
    "delivered": "DELIVERED",
}


def bag(cents: int) -> Node:
    money = {"amount": f"{cents / 100:.2f}", "currencyCode": CURRENCY}
    return {"shopMoney": money, "presentmentMoney": money}


def cents(money: Node) -> int:
    return round(float(money["shopMoney"]["amount"]) * 100)


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class State:
    def __init__(self, data: ShopData, now: datetime) -> None:
        self.now = self._last = now
        self.nodes: dict[str, Node] = {}
        """All by their gid."""
        self.effects: list[tuple[str, str]] = []
        """(Order's gid, what was done to it over the API)."""
        self.told: list[tuple[str, str, bytes]] = []
        """(Topic, gid, payload) of each webhook, as it was when it happened."""
        self._numbers = count(70_001)
        start = now - timedelta(hours=1)
        self._moments = (start + timedelta(seconds=second) for second in count())
        self.variant_of: dict[str, Node] = {}
        for product in data.products:
            self._add_product(product)
        for customer in data.customers:
            self._add_customer(customer)
        for number, order in enumerate(data.orders, start=5001):
            self._add_order(order, f"gid://shopify/Order/{number}")

    def all(self, kind: str) -> list[Node]:
        return [one for one in self.nodes.values() if one["__typename"] == kind]

    def order(self, number: str) -> Node:
        return next(one for one in self.all("Order") if one["name"] == f"#{number}")

    def put(self, kind: str, number: str | int | None = None, /, **fields: Any) -> Node:
        gid = f"gid://shopify/{kind}/{next(self._numbers) if number is None else number}"
        self.nodes[gid] = {**fields, "__typename": kind, "id": gid}
        return self.nodes[gid]

    def touch(self, node: Node, *topics: str) -> None:
        """Something of it changed: later than everything so far."""
        self._last = max(self._last, self.now) + timedelta(seconds=1)
        node["updatedAt"] = text(self._last)
        for topic in topics:
            self.told.append((topic, node["id"], json.dumps(_payload(node)).encode()))

    def later(self) -> str:
        return text(self._last + timedelta(seconds=1))

    # Its people

    def ship(self, number: str) -> None:
        order = self.order(number)
        lines = [
            self.put("FulfillmentLineItem", quantity=line["currentQuantity"], lineItem=line)
            for line in order["lineItems"]
            if line["currentQuantity"]
        ]
        parcel = self.put(
            "Fulfillment",
            status="SUCCESS",
            displayStatus="FULFILLED",
            createdAt=self.later(),
            estimatedDeliveryAt=None,
            deliveredAt=None,
            trackingInfo=[{"company": "sf", "number": "SF1", "url": None}],
            fulfillmentLineItems=lines,
            events=[],
        )
        order["fulfillments"].append(parcel)
        self.touch(order, "orders/updated")
        self.told.append(("fulfillments/create", order["id"], json.dumps(_of_parcel(order, parcel)).encode()))

    def restock(self, sku: str, stock: int) -> None:
        for product in self.all("Product"):
            for variant in product["variants"]:
                if variant["sku"] == sku:
                    variant["inventoryQuantity"] = stock
                    self.touch(product, "products/update")

    def remove(self, kind: str, id: str) -> None:
        node = self.order(id) if kind == "order" else self.nodes[f"gid://shopify/{_KINDS[kind]}/{id}"]
        del self.nodes[node["id"]]
        number = int(node["id"].rsplit("/", 1)[-1])
        self.told.append((f"{kind}s/delete", node["id"], json.dumps({"id": number}).encode()))

    def last_told(self, kind: str, id: str) -> tuple[str, bytes]:
        """(Topic, payload)."""
        gid = self.order(id)["id"] if kind == "order" else f"gid://shopify/{_KINDS[kind]}/{id}"
        told = ((topic, body) for topic, about, body in reversed(self.told) if about == gid)
        return next(told, None) or (f"{kind}s/create", json.dumps(_payload(self.nodes[gid])).encode())

    # How it was before

    def _add_product(self, product: Product) -> None:
        names = [option.name for option in product.options]
        variants = [
            self.put(
                "ProductVariant",
                int(product.id) * 1000 + index,
                sku=variant.sku,
                price=f"{variant.price / 100:.2f}",
                compareAtPrice=None,
                inventoryQuantity=variant.stock,
                inventoryPolicy="DENY",
                inventoryItem={"id": f"gid://shopify/InventoryItem/{index}", "tracked": True},
                selectedOptions=[{"name": name, "value": variant.options[name]} for name in names]
                or [{"name": "Title", "value": "Default Title"}],
                image=None,
            )
            for index, variant in enumerate(product.variants)
        ]
        options = [
            {
                "id": f"gid://shopify/ProductOption/{index}",
                "name": option.name,
                "translations": _translated("name", option.label),
                "optionValues": [
                    {"id": "v", "name": value.value, "translations": _translated("name", value.label)}
                    for value in option.values
                ],
            }
            for index, option in enumerate(product.options)
        ]
        self.variant_of |= {variant["sku"]: variant for variant in variants}
        node = self.put(
            "Product",
            product.id,
            title=product.name["en"],
            description=product.description.get("en", ""),
            vendor=product.brand,
            productType=product.category,
            tags=list(product.tags),
            status="ACTIVE" if product.active else "ARCHIVED",
            onlineStoreUrl=None,
            publishedAt=text(self.now - timedelta(days=300)),
            createdAt=text(self.now - timedelta(days=300)),
            updatedAt=text(next(self._moments)),
            hasOnlyDefaultVariant=not product.options,
            category=None,
            featuredMedia=None,
            options=options,
            translations=_translated("title", product.name),
            variants=variants,
        )
        for variant in variants:
            variant["product"] = node

    def _add_customer(self, customer: Customer) -> None:
        addresses = [self._address(one) for one in customer.addresses]
        email = next(iter(customer.emails), None)
        phone = next(iter(customer.phones), None)
        self.put(
            "Customer",
            customer.id,
            displayName=customer.name,
            locale=LOCALE,
            createdAt=text(self.now - timedelta(days=300)),
            updatedAt=text(next(self._moments)),
            defaultEmailAddress=email and {"emailAddress": email, "marketingState": "NOT_SUBSCRIBED"},
            defaultPhoneNumber=phone and {"phoneNumber": phone.replace(" ", "").replace("-", "")},
            defaultAddress=addresses[0] if addresses else None,
            addressesV2=addresses,
        )

    def _address(self, address: Address) -> Node:
        node = self.put("MailingAddress", f"{address.id}?model_name=CustomerAddress")
        node |= {"name": address.name, "firstName": "", "lastName": address.name, "company": None}
        node |= {"address1": address.street, "address2": None, "city": address.city, "provinceCode": None}
        node |= {"province": address.province, "countryCodeV2": address.country, "zip": address.postcode}
        return node | {"phone": address.phone}

    def _add_order(self, order: Order, gid: str) -> None:
        lines = [self._line(item) for item in order.items]
        node = self.put(
            "Order",
            gid.rsplit("/", 1)[-1],
            name=f"#{order.number}",
            email=None,
            phone=None,
            createdAt=text(order.placed_at),
            processedAt=text(order.placed_at),
            updatedAt=text(next(self._moments)),
            cancelledAt=order.cancelled_at and text(order.cancelled_at),
            cancelReason=None,
            cancellation={"staffNote": None} if order.cancelled_at else None,
            currencyCode=CURRENCY,
            presentmentCurrencyCode=CURRENCY,
            taxesIncluded=True,
            discountCode=None,
            customer=self.nodes[f"gid://shopify/Customer/{order.customer_id}"],
            shippingAddress=self._address(order.address),
            billingAddress=None,
            shippingLines=[],
            lineItems=lines,
            fulfillments=[self._parcel(parcel, lines) for parcel in order.fulfilments],
            transactions=[],
            refunds=[],
            returns=[],
        )
        for payment in order.payments:
            node["transactions"].append(self._transaction(payment, node))
        derive(node)

    def _line(self, item: OrderItem) -> Node:
        variant = self.variant_of[item.sku]
        return self.put(
            "LineItem",
            item.id,
            title=item.name["en"],
            quantity=item.quantity,
            currentQuantity=item.quantity,
            requiresShipping=True,
            product=variant["product"],
            variant=variant,
            originalUnitPriceSet=bag(item.unit_price),
            discountAllocations=[],
            taxLines=[],
        )

    def _parcel(self, parcel: Fulfilment, lines: list[Node]) -> Node:
        by_number = {line["id"].rsplit("/", 1)[-1]: line for line in lines}
        return self.put(
            "Fulfillment",
            parcel.id,
            status="SUCCESS",
            displayStatus="DELIVERED" if parcel.delivered_at else "FULFILLED",
            createdAt=text(parcel.shipped_at),
            estimatedDeliveryAt=parcel.estimated_at and text(parcel.estimated_at),
            deliveredAt=parcel.delivered_at and text(parcel.delivered_at),
            trackingInfo=[{"company": parcel.carrier, "number": parcel.tracking_number, "url": None}],
            fulfillmentLineItems=[
                self.put("FulfillmentLineItem", quantity=units, lineItem=by_number[item])
                for item, units in parcel.items.items()
            ],
            events=[
                {
                    "id": f"gid://shopify/FulfillmentEvent/{next(self._numbers)}",
                    "happenedAt": text(event.at),
                    "status": _EVENTS[event.status],
                    "message": event.text["en"],
                    "city": event.place["en"],
                    "province": None,
                }
                for event in parcel.events
            ],
        )

    def _transaction(self, payment: Payment, order: Node) -> Node:
        parent = order["transactions"][0] if payment.kind == "refund" else None
        return self.put(
            "OrderTransaction",
            payment.id,
            kind="SALE" if parent is None else "REFUND",
            status="SUCCESS",
            gateway=payment.method,
            createdAt=text(payment.at),
            processedAt=text(payment.at),
            amountSet=bag(payment.amount),
            parentTransaction=parent,
        )


def derive(order: Node) -> None:
    """What Shopify works out anew whenever it is asked."""
    order["netPaymentSet"] = lambda: bag(net(order))
    order["currentTotalPriceSet"] = lambda: bag(total(order))
    order["displayFulfillmentStatus"] = lambda: "FULFILLED" if order["fulfillments"] else "UNFULFILLED"
    order["displayFinancialStatus"] = lambda: _financial(order)
    order["fulfillmentOrders"] = lambda: list(_unsent(order))


def total(order: Node) -> int:
    return sum(cents(line["originalUnitPriceSet"]) * line["currentQuantity"] for line in order["lineItems"])


def net(order: Node) -> int:
    signs = {"SALE": 1, "CAPTURE": 1, "REFUND": -1}
    done = (one for one in order["transactions"] if one["status"] == "SUCCESS")
    return sum(signs.get(one["kind"], 0) * cents(one["amountSet"]) for one in done)


def _financial(order: Node) -> str:
    paid = [one for one in order["transactions"] if one["kind"] == "SALE" and one["status"] == "SUCCESS"]
    if not paid:
        return "PENDING"
    if any(one["kind"] == "REFUND" for one in order["transactions"]):
        return "PARTIALLY_REFUNDED" if net(order) else "REFUNDED"
    return "PAID"


def _unsent(order: Node) -> Iterator[Node]:
    sent: dict[str, int] = {}
    for parcel in order["fulfillments"]:
        for one in parcel["fulfillmentLineItems"]:
            sent[one["lineItem"]["id"]] = sent.get(one["lineItem"]["id"], 0) + one["quantity"]
    lines = [
        {
            "id": "u",
            "remainingQuantity": max(line["currentQuantity"] - sent.get(line["id"], 0), 0),
            "lineItem": line,
        }
        for line in order["lineItems"]
    ]
    yield {"id": "f", "status": "OPEN", "assignedLocation": {"location": LOCATION}, "lineItems": lines}


def _translated(key: str, names: Mapping[str, str]) -> Callable[[str], list[Node]]:
    said = [{"key": key, "locale": LOCALE, "value": names["zh"], "outdated": False}] if "zh" in names else []
    return lambda locale: said if locale == LOCALE else []


def _payload(node: Node) -> Node:
    """Webhooks speak the REST API's language."""
    payload: Node = {
        "id": int(node["id"].rsplit("/", 1)[-1]),
        "admin_graphql_api_id": node["id"],
        "updated_at": node["updatedAt"],
    }
    if node["__typename"] == "Order":
        customer = node["customer"] and {"id": int(node["customer"]["id"].rsplit("/", 1)[-1])}
        payload |= {
            "name": node["name"],
            "email": node["email"],
            "phone": node["phone"],
            "customer": customer,
        }
    return payload


def _of_parcel(order: Node, parcel: Node) -> Node:
    return {
        "id": int(parcel["id"].rsplit("/", 1)[-1]),
        "order_id": int(order["id"].rsplit("/", 1)[-1]),
        "name": f"{order['name']}.{len(order['fulfillments'])}",
        "status": "success",
    }

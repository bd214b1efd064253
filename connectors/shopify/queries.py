"""What is asked of Shopify, sized so that no question costs more than the 1,000 points one may.

What is longer than its first page here is fetched whole by `connectors/shopify/whole.py`.
"""

from collections.abc import Sequence

LINES, PARCELS, PARCEL_LINES, EVENTS = 12, 4, 8, 8
TRANSACTIONS, REFUNDS, RETURNS, RETURN_LINES = 10, 6, 3, 6

_PAGE = "pageInfo { hasNextPage endCursor }"
_MONEY = "{ shopMoney { amount currencyCode } }"

ADDRESS = """
fragment address on MailingAddress {
  id name company address1 address2 city province countryCodeV2 zip phone
}"""

_VARIANT = """
fragment variant on ProductVariant {
  id sku price compareAtPrice inventoryQuantity inventoryPolicy
  inventoryItem { tracked }
  selectedOptions { name value }
}"""


def _product(locales: Sequence[str]) -> str:
    said = " ".join(f't{n}: translations(locale: "{one}") {{ key value }}' for n, one in enumerate(locales))
    return f"""
fragment product on Product {{
  id title vendor productType tags status description(truncateAt: 2000)
  onlineStoreUrl publishedAt createdAt updatedAt hasOnlyDefaultVariant
  category {{ name }}
  featuredMedia {{ preview {{ image {{ url }} }} }}
  options {{ name optionValues {{ name {said} }} {said} }}
  {said}
  variants(first: 40) {{ nodes {{ ...variant }} {_PAGE} }}
}}{_VARIANT}"""


def products(locales: Sequence[str]) -> str:
    return f"""query Products($query: String, $after: String) {{
  shop {{ currencyCode }}
  products(first: 4, after: $after, query: $query, sortKey: UPDATED_AT) {{ nodes {{ ...product }} {_PAGE} }}
}}""" + _product(locales)


def product(locales: Sequence[str]) -> str:
    return """query Product($id: ID!) {
  shop { currencyCode }
  product(id: $id) { ...product }
}""" + _product(locales)


VARIANTS = (
    f"""query Variants($id: ID!, $after: String) {{
  product(id: $id) {{ variants(first: 200, after: $after) {{ nodes {{ ...variant }} {_PAGE} }} }}
}}"""
    + _VARIANT
)

_CUSTOMER = (
    """
fragment customer on Customer {
  id displayName locale createdAt updatedAt
  defaultEmailAddress { emailAddress marketingState }
  defaultPhoneNumber { phoneNumber }
  defaultAddress { id }
  addressesV2(first: 20) { nodes { ...address } }
}"""
    + ADDRESS
)

CUSTOMERS = (
    f"""query Customers($query: String, $after: String) {{
  customers(first: 20, after: $after, query: $query, sortKey: UPDATED_AT) {{ nodes {{ ...customer }} {_PAGE} }}
}}"""
    + _CUSTOMER
)

CUSTOMER = (
    """query Customer($id: ID!) {
  customer(id: $id) { ...customer }
}"""
    + _CUSTOMER
)

GUESTS = f"""query Guests($query: String, $after: String, $reverse: Boolean!) {{
  orders(first: 100, after: $after, query: $query, sortKey: UPDATED_AT, reverse: $reverse) {{
    nodes {{ id email phone updatedAt customer {{ id }} shippingAddress {{ name }} billingAddress {{ name }} }}
    {_PAGE}
  }}
}}"""

GUEST_IDS = f"""query GuestIds($after: String) {{
  orders(first: 250, after: $after) {{ nodes {{ id email phone customer {{ id }} }} {_PAGE} }}
}}"""

_LINE = f"""
fragment line on LineItem {{
  id title quantity currentQuantity requiresShipping
  product {{ id }}
  variant {{ id selectedOptions {{ name value }} }}
  originalUnitPriceSet {_MONEY}
  discountAllocations {{ allocatedAmountSet {_MONEY} }}
  taxLines {{ priceSet {_MONEY} }}
}}"""

_TRANSACTION = f"""
fragment transaction on OrderTransaction {{
  id kind status gateway createdAt processedAt
  amountSet {_MONEY}
  parentTransaction {{ id }}
}}"""


def _parcel(lines: int, events: int) -> str:
    return f"""
fragment parcel on Fulfillment {{
  id status displayStatus createdAt estimatedDeliveryAt deliveredAt
  trackingInfo {{ company number }}
  fulfillmentLineItems(first: {lines}) {{ nodes {{ id quantity lineItem {{ id }} }} {_PAGE} }}
  events(first: {events}, sortKey: HAPPENED_AT) {{
    nodes {{ happenedAt status message city province }}
    {_PAGE}
  }}
}}"""


def _return(lines: int) -> str:
    return f"""
fragment back on Return {{
  id status createdAt requestApprovedAt closedAt
  returnShippingFees {{ amountSet {_MONEY} }}
  refunds(first: 5) {{ nodes {{ totalRefundedSet {_MONEY} }} }}
  returnLineItems(first: {lines}) {{
    nodes {{
      quantity returnReasonNote customerNote
      returnReasonDefinition {{ handle }}
      ... on ReturnLineItem {{ fulfillmentLineItem {{ lineItem {{ id }} }} }}
    }}
    {_PAGE}
  }}
}}"""


_ORDER = (
    f"""
fragment order on Order {{
  id name email phone createdAt processedAt updatedAt cancelledAt cancelReason
  currencyCode presentmentCurrencyCode taxesIncluded discountCode
  displayFinancialStatus displayFulfillmentStatus
  customer {{ id displayName }}
  shippingAddress {{ ...address }}
  billingAddress {{ ...address }}
  shippingLines(first: 3) {{
    nodes {{ isRemoved discountedPriceSet {_MONEY} taxLines {{ priceSet {_MONEY} }} }}
  }}
  lineItems(first: {LINES}) {{ nodes {{ ...line }} {_PAGE} }}
  fulfillments(first: {PARCELS}) {{ ...parcel }}
  transactions(first: {TRANSACTIONS}) {{ ...transaction }}
  refunds(first: {REFUNDS}) {{ id note createdAt }}
  returns(first: {RETURNS}) {{ nodes {{ ...back }} {_PAGE} }}
}}"""
    + ADDRESS
    + _LINE
    + _TRANSACTION
    + _parcel(PARCEL_LINES, EVENTS)
    + _return(RETURN_LINES)
)

ORDERS = (
    f"""query Orders($query: String, $after: String) {{
  orders(first: 2, after: $after, query: $query, sortKey: UPDATED_AT) {{ nodes {{ ...order }} {_PAGE} }}
}}"""
    + _ORDER
)

ORDER = (
    """query Order($id: ID!) {
  order(id: $id) { ...order }
}"""
    + _ORDER
)

NAMED = """query Named($query: String!) {
  found: orders(first: 10, query: $query) { nodes { id name } }
  latest: orders(first: 50, sortKey: CREATED_AT, reverse: true) { nodes { id name } }
}"""
"""A new order may not be in the search yet; then it is among the latest."""

LINES_OF = (
    f"""query Lines($id: ID!, $after: String) {{
  order(id: $id) {{ lineItems(first: 50, after: $after) {{ nodes {{ ...line }} {_PAGE} }} }}
}}"""
    + _LINE
)

TRANSACTIONS_OF = (
    """query Transactions($id: ID!) {
  order(id: $id) { transactions(first: 150) { ...transaction } }
}"""
    + _TRANSACTION
)

REFUNDS_OF = """query Refunds($id: ID!) {
  order(id: $id) { refunds(first: 250) { id note createdAt } }
}"""

PARCELS_OF = """query Parcels($id: ID!) {
  order(id: $id) { fulfillments(first: 250) { id } }
}"""

PARCEL = """query Parcel($id: ID!) {
  fulfillment(id: $id) { ...parcel }
}""" + _parcel(150, 100)

RETURNS_OF = f"""query Returns($id: ID!, $after: String) {{
  order(id: $id) {{ returns(first: 100, after: $after) {{ nodes {{ id }} {_PAGE} }} }}
}}"""

RETURN = """query Return($id: ID!) {
  return(id: $id) { ...back }
}""" + _return(150)

IDS = {
    "product": f"query Ids($after: String) {{ products(first: 250, after: $after) {{ nodes {{ id }} {_PAGE} }} }}",
    "customer": f"query Ids($after: String) {{ customers(first: 250, after: $after) {{ nodes {{ id }} {_PAGE} }} }}",
    "order": f"query Ids($after: String) {{ orders(first: 250, after: $after) {{ nodes {{ name }} {_PAGE} }} }}",
}

HOOKS = f"""query Hooks($after: String) {{
  webhookSubscriptions(first: 100, after: $after) {{ nodes {{ id topic uri }} {_PAGE} }}
}}"""

ADD_HOOK = """mutation AddHook($topic: WebhookSubscriptionTopic!, $hook: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $hook) {
    webhookSubscription { id }
    userErrors { field message }
  }
}"""

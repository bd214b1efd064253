"""What Shopify is told to do. Each either bears the change's mark or leaves what is wanted plainly to see."""

from connectors.shopify.queries import ADDRESS

_MONEY = "{ shopMoney { amount currencyCode } }"
_ERRORS = "userErrors { field message }"

NAMESPACE = "$app:kefu"
"""Of metafields that no other app can write."""

MARKED = """query Marked($id: ID!, $namespace: String!, $mark: String!) {
  node(id: $id) { ... on HasMetafields { metafield(namespace: $namespace, key: $mark) { value } } }
}"""

SET_MARK = f"""mutation SetMark($marks: [MetafieldsSetInput!]!) {{
  metafieldsSet(metafields: $marks) {{ metafields {{ id }} {_ERRORS} }}
}}"""

CANCEL = """mutation Cancel($id: ID!, $refund: OrderCancelRefundMethodInput!, $note: String!) {
  orderCancel(
    orderId: $id, reason: CUSTOMER, refundMethod: $refund, restock: true, notifyCustomer: true, staffNote: $note
  ) {
    job { id done }
    orderCancelUserErrors { field message code }
  }
}"""

CANCELLED = """query Cancelled($id: ID!) {
  order(id: $id) { cancelledAt cancellation { staffNote } }
}"""

REFUND = f"""mutation Refund($input: RefundInput!, $key: String!) {{
  refundCreate(input: $input) @idempotent(key: $key) {{ refund {{ id }} {_ERRORS} }}
}}"""

UNSENT = """query Unsent($id: ID!) {
  order(id: $id) {
    fulfillmentOrders(first: 8) {
      nodes {
        status
        assignedLocation { location { id } }
        lineItems(first: 40) { nodes { remainingQuantity lineItem { id } } }
      }
    }
  }
}"""

UPDATE_ORDER = f"""mutation UpdateOrder($input: OrderInput!) {{
  orderUpdate(input: $input) {{ order {{ id }} {_ERRORS} }}
}}"""

BEGIN_EDIT = f"""mutation BeginEdit($id: ID!) {{
  orderEditBegin(id: $id) {{
    calculatedOrder {{ id totalPriceSet {_MONEY} lineItems(first: 250) {{ nodes {{ id quantity }} }} }}
    {_ERRORS}
  }}
}}"""

ADD_VARIANT = f"""mutation AddVariant($id: ID!, $variant: ID!, $quantity: Int!) {{
  orderEditAddVariant(id: $id, variantId: $variant, quantity: $quantity, allowDuplicates: true) {{
    calculatedOrder {{ totalPriceSet {_MONEY} }}
    {_ERRORS}
  }}
}}"""

SET_QUANTITY = f"""mutation SetQuantity($id: ID!, $line: ID!) {{
  orderEditSetQuantity(id: $id, lineItemId: $line, quantity: 0, restock: true) {{
    calculatedOrder {{ totalPriceSet {_MONEY} }}
    {_ERRORS}
  }}
}}"""

COMMIT_EDIT = f"""mutation CommitEdit($id: ID!, $note: String!) {{
  orderEditCommit(id: $id, notifyCustomer: false, staffNote: $note) {{ order {{ id }} {_ERRORS} }}
}}"""

OWED = f"""query Owed($id: ID!) {{
  order(id: $id) {{ netPaymentSet {_MONEY} currentTotalPriceSet {_MONEY} }}
}}"""

RETURNABLE = """query Returnable($id: ID!) {
  returnableFulfillments(orderId: $id, first: 8) {
    nodes {
      returnableFulfillmentLineItems(first: 30) {
        nodes { quantity fulfillmentLineItem { id lineItem { id } } }
      }
    }
  }
}"""

CREATE_RETURN = """mutation CreateReturn($input: ReturnInput!) {
  returnCreate(returnInput: $input) { return { id } userErrors { field message } }
}"""

REQUEST_RETURN = """mutation RequestReturn($input: ReturnRequestInput!) {
  returnRequest(input: $input) { return { id } userErrors { field message } }
}"""

ADDRESSES = (
    """query Addresses($id: ID!) {
  customer(id: $id) { defaultAddress { id } addressesV2(first: 100) { nodes { ...address } } }
}"""
    + ADDRESS
)

ADD_ADDRESS = f"""mutation AddAddress($id: ID!, $address: MailingAddressInput!) {{
  customerAddressCreate(customerId: $id, address: $address, setAsDefault: true) {{ address {{ id }} {_ERRORS} }}
}}"""

CHANGE_ADDRESS = f"""mutation ChangeAddress($id: ID!, $address_id: ID!, $address: MailingAddressInput!) {{
  customerAddressUpdate(customerId: $id, addressId: $address_id, address: $address, setAsDefault: true) {{
    address {{ id }}
    {_ERRORS}
  }}
}}"""

CHOOSE_ADDRESS = f"""mutation ChooseAddress($id: ID!, $address_id: ID!) {{
  customerUpdateDefaultAddress(customerId: $id, addressId: $address_id) {{ customer {{ id }} {_ERRORS} }}
}}"""

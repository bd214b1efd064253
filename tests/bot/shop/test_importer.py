"""Every way a shop's files can be wrong is named by file, line and field, before anything is written."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ShopImportError
from bot.shop import policy
from bot.shop.domain import OrderStatus
from bot.shop.importer import MAX_PROBLEMS, read_folder
from bot.shop.jsonlines import MAX_LINE
from tests.bot.shop import sample

POLICY = Path(policy.__file__).with_name(policy.FILE)


def problems(folder: Path) -> list[str]:
    with pytest.raises(ShopImportError) as caught:
        read_folder(folder)
    return caught.value.problems


def changed(row: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the row with the value at `items.0.sku` replaced, or removed when it is `...`."""
    row = copy.deepcopy(row)
    target: Any = row
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parents:
        target = target[part]
    if value is ...:
        del target[last]
    elif isinstance(target, list) and last == len(target):
        target.append(value)
    else:
        target[last] = value
    return row


def test_a_good_folder_becomes_a_shop(tmp_path: Path) -> None:
    data = read_folder(sample.write_folder(tmp_path, products=3, customers=4, orders=6))
    assert [len(data.products), len(data.customers), len(data.orders)] == [3, 4, 6]
    assert data.profile.currency == "CNY"
    assert data.orders[0].status is OrderStatus.DELIVERED
    assert data.products[0].variants[3].options == {"colour": "white", "size": "S"}
    assert data.products[0].options[1].label == {"*": "Size"}


def test_blank_lines_windows_line_ends_and_a_byte_order_mark_are_welcome(tmp_path: Path) -> None:
    folder = sample.write_folder(tmp_path)
    for file in folder.iterdir():
        text = file.read_text()
        file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n\r\n").encode())
    assert len(read_folder(folder).orders) == 6


PRODUCT, CUSTOMER, ORDER = sample.product(), sample.customer(), sample.order(2)

BROKEN = [
    # file, path of the field, its value (... removes it), what is said
    ("profile", "colour", "red", "profile.json: colour: is no field of the format"),
    ("profile", "currency", "yuan", "profile.json: currency: String should match pattern"),
    ("profile", "timezone", "Hangzhou", "profile.json: timezone: 'Hangzhou' is no IANA time zone"),
    ("profile", "timezone", "../../etc/passwd", "is no IANA time zone"),
    ("profile", "languages", [], "profile.json: languages: names no language"),
    ("profile", "name", {"zh": " "}, "profile.json: name: is empty"),
    (
        "profile",
        "url",
        "javascript:alert(1)",
        "profile.json: url: 'javascript:alert(1)' is no http(s) address",
    ),
    ("profile", "logo", "../logo.svg", "profile.json: logo: '../logo.svg' is neither a path inside"),
    ("profile", "hours.0.opens", "09:00+08:00", "profile.json: hours[0]: has an offset"),
    (
        "profile",
        "hours.0.days",
        [0],
        "profile.json: hours[0].days[0]: Input should be greater than or equal to 1",
    ),
    ("products", "name", ..., "products.jsonl:1: name: is missing"),
    ("products", "name", {}, "products.jsonl:1: name: is empty"),
    ("products", "name", {"chinese": "衬衫"}, "products.jsonl:1: name: has a key that is neither a language"),
    ("products", "variants", [], "products.jsonl:1: variants: Tuple should have at least 1 item"),
    (
        "products",
        "variants.0.price",
        12.5,
        "products.jsonl:1: variants[0].price: Input should be a valid integer",
    ),
    ("products", "variants.0.price", "1250", "variants[0].price: Input should be a valid integer"),
    ("products", "variants.0.price", -1, "variants[0].price: Input should be greater than or equal to 0"),
    ("products", "variants.0.price", 10**30, "variants[0].price: Input should be less than"),
    ("products", "variants.0.stock", True, "variants[0].stock: Input should be a valid integer"),
    ("products", "variants.0.price_before", 1, "variants[0].price_before: is below the price"),
    ("products", "variants.1.sku", "P001-00", "variants[1].sku: 'P001-00' is already on line 1"),
    ("products", "variants.0.options.colour", "pink", "variants[0].options.colour: 'pink' is not declared"),
    ("products", "variants.0.options.fit", "slim", "variants[0].options.fit: is not declared in the product"),
    ("products", "variants.0.options.size", ..., "variants[0].options.size: is missing"),
    ("products", "variants.0.options.size", "M", "variants[1].options: another variant has the same options"),
    ("products", "options.1.name", "colour", "options[1].name: 'colour' is declared twice"),
    ("products", "options.1.values.1.value", "S", "options[1].values[1].value: 'S' is declared twice"),
    ("products", "image", "/etc/passwd", "image: '/etc/passwd' is neither a path inside the folder"),
    ("products", "image", "images/../../x.png", "is neither a path inside the folder"),
    ("products", "image", "http://shop.example/a.png", "is neither a path inside the folder"),
    ("products", "image", "images/none.png", "image: 'images/none.png' does not exist"),
    ("products", "image", "profile.json", "image: 'profile.json' is no picture"),
    ("products", "image", "images/a\0.png", "image: holds a control character"),
    (
        "products",
        "variants.0.image",
        "images/none.png",
        "variants[0].image: 'images/none.png' does not exist",
    ),
    ("products", "added_at", "2025-03-01T10:00:00", "added_at: has no offset such as +08:00"),
    (
        "products",
        "added_at",
        "0001-01-01T00:00:00Z",
        "added_at: Input should be greater than or equal to 1990",
    ),
    ("products", "description", "a\x1b[31mb", "products.jsonl:1: description: holds a control character"),
    ("products", "aliases", ["ok", "a\x85"], "products.jsonl:1: aliases[1]: holds a control character"),
    ("customers", "emails", ["nobody"], "customers.jsonl:1: emails[0]: 'nobody' is no e-mail address"),
    ("customers", "phones", ["12"], "customers.jsonl:1: phones[0]: '12' is no phone number"),
    ("customers", "default_address_id", "A9", "default_address_id: 'A9' is none of the customer's addresses"),
    ("customers", "addresses.1", sample.address("C00001"), "addresses[1].id: 'C00001-A1' is there twice"),
    ("customers", "addresses.0.country", "China", "addresses[0].country: String should match pattern"),
    (
        "customers",
        "payment_methods.0.balance",
        5,
        "payment_methods[0].balance: only a gift card has a balance",
    ),
    (
        "customers",
        "payment_methods.0.kind",
        "bitcoin",
        "payment_methods[0].kind: Input should be 'wechat_pay'",
    ),
    (
        "customers",
        "coupons",
        [{"code": "X", "label": "x", "kind": "percent", "value": 101}],
        "coupons[0].value: is more than 100 per cent",
    ),
    ("customers", "id", " C1", "customers.jsonl:1: id: String should match pattern"),
    ("orders", "customer_id", "C9", "orders.jsonl:1: customer_id: 'C9' is not in customers.jsonl"),
    ("orders", "items.0.sku", "X", "orders.jsonl:1: items[0].sku: 'X' is not in products.jsonl"),
    (
        "orders",
        "items.0.product_id",
        "P2",
        "items[0].product_id: the sku 'P001-00' belongs to product 'P001'",
    ),
    ("orders", "items.0.quantity", 0, "items[0].quantity: Input should be greater than or equal to 1"),
    ("orders", "items.0.discount", 10**9, "items[0].discount: is more than the line costs"),
    ("orders", "items.1.id", "I1", "items[1].id: 'I1' is there twice"),
    ("orders", "items", [], "items: Tuple should have at least 1 item"),
    ("orders", "number", "###", "number: holds neither a letter nor a digit"),
    ("orders", "status", "lost", "status: Input should be 'pending'"),
    ("orders", "discount", 10**9, "discount: makes the total negative"),
    ("orders", "cancelled_at", "2026-01-01T00:00:00Z", "cancelled_at: is set, but the status is delivered"),
    ("orders", "fulfilments.0.items.I9", 1, "fulfilments[0].items.I9: is no item of this order"),
    ("orders", "fulfilments.0.items.I1", 2, "fulfilments: hold 2 of item 'I1', more than were ordered"),
    (
        "orders",
        "fulfilments.0.shipped_at",
        "2025-01-01T00:00:00Z",
        "fulfilments[0].shipped_at: is before placed_at",
    ),
    (
        "orders",
        "fulfilments.0.delivered_at",
        "2025-03-03T11:00:00Z",
        "fulfilments[0].delivered_at: is before shipped",
    ),
    ("orders", "fulfilments.0.events.1.at", "2025-03-03T12:00:00Z", "events[1].at: is before events[0].at"),
    ("orders", "payments.0.at", "2025-01-01T00:00:00Z", "payments[0].at: is before placed_at"),
    ("orders", "payments.0.kind", "refund", "payments: refunds ("),
    (
        "orders",
        "returns",
        [
            {
                "id": "R",
                "items": {"I1": 5},
                "reason": "",
                "status": "approved",
                "requested_at": "2025-03-06T00:00:00Z",
            }
        ],
        "returns: hold 5 of item 'I1', more than were ordered",
    ),
    (
        "orders",
        "exchanges",
        [{"id": "E", "items": {"I1": "P002-00"}, "status": "done", "requested_at": "2025-03-06T00:00:00Z"}],
        "exchanges[0].items.I1: 'P002-00' is no variant of the product ordered",
    ),
]


@pytest.mark.parametrize(("file", "path", "value", "said"), BROKEN, ids=lambda part: str(part)[:40])
def test_what_is_wrong_is_named(tmp_path: Path, file: str, path: str, value: Any, said: str) -> None:
    items = [{**item, "sku": "P001-00", "product_id": "P001"} for item in ORDER["items"]]
    rows: dict[str, Any] = {
        "profile": sample.shop_profile(),
        "products": PRODUCT,
        "customers": CUSTOMER,
        "orders": {**ORDER, "items": items},
    }
    row = changed(rows[file], path, value)
    folder = sample.write_folder(
        tmp_path,
        **{name: (good if name == "profile" else [good]) for name, good in {**rows, file: row}.items()},
    )
    found = problems(folder)
    assert any(said in problem for problem in found), found


@pytest.mark.parametrize("file", ["products", "customers", "orders"])
def test_a_repeated_key_names_both_lines(tmp_path: Path, file: str) -> None:
    row = {"products": PRODUCT, "customers": CUSTOMER, "orders": sample.order()}[file]
    field = "number" if file == "orders" else "id"
    rows: dict[str, Any] = {"products": 1, "customers": 1, "orders": 1, file: [row, row]}
    found = problems(sample.write_folder(tmp_path, **rows))
    assert any(p.startswith(f"{file}.jsonl:2: {field}: ") and "already on line 1" in p for p in found), found


def test_order_numbers_that_a_shopper_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    orders = [sample.order(1, number="SG-1042"), sample.order(2, number="#sg1042")]
    found = problems(sample.write_folder(tmp_path, products=1, customers=1, orders=orders))
    assert found == ["orders.jsonl:2: number: 'sg1042' is already on line 1"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": "C1", "name": ', "orders.jsonl:2: Invalid JSON"),
        (b'{"number": "\xff"}', "orders.jsonl:2: is not UTF-8 (byte 13)"),
        (b"[" * 100_000, "orders.jsonl:2: Invalid JSON"),
        (b"[]", "orders.jsonl:2: "),
        (b'"' + b"x" * MAX_LINE + b'"', "orders.jsonl:2: is longer than 1024 KiB"),
        (b'{"note": "\\ud800"}', "orders.jsonl:2: Invalid JSON"),
        (b'{"shipping_fee": NaN}', "orders.jsonl:2: "),
    ],
    ids=["cut", "latin1", "deep", "list", "long", "surrogate", "nan"],
)
def test_a_broken_line_is_named_and_the_others_are_still_checked(
    tmp_path: Path, line: bytes, said: str
) -> None:
    folder = sample.write_folder(tmp_path, orders=2)
    good, other = (folder / "orders.jsonl").read_bytes().splitlines()
    bad = json.dumps({**json.loads(other), "shipping_fee": -1}).encode()
    (folder / "orders.jsonl").write_bytes(b"\n".join((good, line, bad)))
    found = problems(folder)
    assert found[0].startswith(said)
    assert found[-1].startswith("orders.jsonl:3: shipping_fee: ")


def test_a_customer_who_could_not_be_read_does_not_make_every_order_wrong(tmp_path: Path) -> None:
    folder = sample.write_folder(tmp_path, customers=1, orders=3)
    (folder / "customers.jsonl").write_text("{}\n")
    assert all(problem.startswith("customers.jsonl:1: ") for problem in problems(folder))


def test_missing_files_are_named(tmp_path: Path) -> None:
    assert [problem.split(":")[0] for problem in problems(tmp_path)] == [
        "profile.json",
        "products.jsonl",
        "customers.jsonl",
        "orders.jsonl",
    ]


def test_many_problems_are_cut_short_and_counted(tmp_path: Path) -> None:
    folder = sample.write_folder(tmp_path)
    (folder / "orders.jsonl").write_text("{]\n" * 1000)
    found = problems(folder)
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1] == f"... and {1000 - MAX_PROBLEMS} more"


def test_a_picture_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    folder = sample.write_folder(
        tmp_path / "shop", products=[sample.product(image="images/a.png")], orders=[]
    )
    (folder / "images").mkdir()
    (folder / "images" / "a.png").symlink_to(tmp_path / "secret.png")
    assert problems(folder) == ["products.jsonl:1: image: 'images/a.png' leads out of the folder"]


def test_a_lost_parcel_may_be_sent_again_and_an_exchange_sends_a_second(tmp_path: Path) -> None:
    order = sample.order(3)
    first = copy.deepcopy(order["fulfilments"][0])
    lost = {
        **first,
        "id": "F2",
        "delivered_at": None,
        "events": [{**first["events"][0], "status": "exception"}],
    }
    exchange = {
        "id": "E1",
        "items": {"I1": "P001-05"},
        "status": "shipped",
        "requested_at": "2025-03-08T00:00:00Z",
    }
    replacement = {**first, "id": "F3", "items": {"I1": 1}, "shipped_at": "2025-03-09T00:00:00Z"}
    replacement = {**replacement, "delivered_at": None, "events": []}
    orders = [{**order, "fulfilments": [first, lost, replacement], "exchanges": [exchange]}]
    read_folder(sample.write_folder(tmp_path, products=1, customers=1, orders=orders))


def test_an_escaped_backslash_is_no_control_character(tmp_path: Path) -> None:
    folder = sample.write_folder(
        tmp_path, products=[sample.product(description="a\\u0000b\\bc\n\tok")], orders=[]
    )
    assert read_folder(folder).products[0].description == {"*": "a\\u0000b\\bc\n\tok"}


def test_a_policy_of_the_shop_s_own_is_read(tmp_path: Path) -> None:
    folder = sample.write_folder(tmp_path)
    assert read_folder(folder).policy is None
    text = POLICY.read_text(encoding="utf-8")
    (folder / "policy.yaml").write_text("\ufeff" + text, encoding="utf-8")
    assert read_folder(folder).policy == text


@pytest.mark.parametrize(
    ("found", "written", "problem"),
    [
        (
            "states: [pending, paid, packing]",
            "states: [pending, payed]",
            "policy.yaml: cancel_order.states.1: Input",
        ),
        ("confirmation_minutes: 10", "confirmation_minute: 10", "policy.yaml: confirmation_minute: "),
        ("version: 1 ", "version: 2 ", "policy.yaml: version: "),
        ("coupon_back: true", "coupon_back: [", "policy.yaml:"),
        ("document: returns ", "document: \x00", "policy.yaml"),
    ],
)
def test_a_policy_that_is_wrong_is_refused_by_file_and_key(
    tmp_path: Path, found: str, written: str, problem: str
) -> None:
    text = POLICY.read_text(encoding="utf-8")
    assert found in text
    folder = sample.write_folder(tmp_path)
    (folder / "policy.yaml").write_text(text.replace(found, written, 1), encoding="utf-8")
    (found,) = problems(folder)
    assert found.startswith(problem)


def test_problems_of_the_policy_stand_beside_those_of_the_rows(tmp_path: Path) -> None:
    folder = sample.write_folder(tmp_path, orders=[sample.order(1, status="lost")])
    (folder / "policy.yaml").write_bytes(b"\xff")
    assert [problem.split(":")[0] for problem in problems(folder)] == ["orders.jsonl", "policy.yaml"]

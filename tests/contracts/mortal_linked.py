"""Changes a shop that is kept elsewhere and dies on the way; run by test_shop_linked_crash.py.

As mortal_shop.py, with the system's own moments among the others: before it does what it is told, and after. What
somebody left is first worked off as a running server does.
"""

import asyncio
import json
import os
import sys
from datetime import datetime
from typing import Any

from bot.shop.changes.requests import read_request
from bot.shop.linked.link import Link, Times
from bot.store.opening import open_database
from tests.connectors.plain_shop import PlainShop
from tests.contracts.mortal_shop import die_at

LEASE_SECONDS = 0.05


async def change(url: str, file: str, what: dict[str, Any]) -> None:
    now = datetime.fromisoformat(what["now"])
    if what["moment"] == 0:
        await asyncio.sleep(LEASE_SECONDS)  # who held it is dead
    moments = die_at(what["moment"])
    database = open_database(url)
    link = Link(database, PlainShop(now, file, moment=moments.pass_one), times=Times(lease=LEASE_SECONDS))
    if what["moment"] == 0 and int(what["request"]["order_number"]) % 2:
        await link.carrying.settle_due()
    receipt = await link.shop.change(
        read_request(what["kind"], what["request"]),
        customer_id=what["customer_id"],
        now=now,
        key=what["key"],
        digest=what["digest"],
    )
    os.write(1, f"{receipt.number}\n".encode())
    await database.close()


def main(url: str, file: str) -> None:
    for line in sys.stdin:
        what = json.loads(line)
        child = os.fork()
        if child == 0:
            asyncio.run(change(url, file, what))
            os._exit(0)
        os.waitpid(child, 0)
        os.write(1, b"end\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

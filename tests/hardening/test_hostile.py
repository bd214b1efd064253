"""Every line of hostile.yaml on a running bot: to a stranger, to somebody signed in, and before an open card."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from tests.hardening.house import House, copied, open_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINES = yaml.safe_load(Path(__file__).with_name("hostile.yaml").read_text(encoding="utf-8"))
OWNER, ORDER, OTHER, OTHERS_ORDER = "C001", "118626", "C002", "118624"
CANCELLED = {
    "orders": {ORDER: {"status": "cancelled", "cancel_reason": "changed_mind"}},
    "customers": {OWNER: {}},
    "stock": {"P024-SAGE-1.8M": 1, "P027-CEDAR": 1},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(copied(demo_data, tmp_path_factory.mktemp("hostile"))) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def others_button(house: House) -> str:
    """The button of a card that is open before somebody else."""
    other = house.conversation(OTHER)
    await other.say(f"cancel order {OTHERS_ORDER}, I ordered it by mistake")
    return other.button("confirm ")


def lines(*but: str) -> list[Any]:
    """Every third in the fast tier, the rest in the slow one."""
    return [
        pytest.param(line, id=f"{name}-{number}", marks=[pytest.mark.slow] if number % 3 else [])
        for name, ones in LINES.items()
        if name not in but
        for number, line in enumerate(ones)
    ]


def written(line: Any, other: str) -> dict[str, str]:
    """What is said or pressed."""
    if isinstance(line, str):
        return {"text": line}
    if "press" in line:
        return {"press": line["press"].replace("{other}", other)}
    if "around" in line:
        long = line["repeat"] * line["times"]
        return {"text": f"{long}{line['around']}{long}x"}
    if "repeat" in line:
        return {"text": line["repeat"] * line["times"] + line.get("after", "")}
    numbers = (line["numbers"].format(number) for number in range(1, line["to"] + 1))
    return {"text": line.get("before", "") + ",".join(numbers)}


@pytest.mark.parametrize("line", lines("yes"))
async def test_nothing_happens(house: House, others_button: str, line: Any) -> None:
    said = written(line, others_button)
    await house.conversation().say(**said)
    await house.conversation(OWNER).say(**said)
    with_card = house.conversation(OWNER)
    card = await with_card.say(f"取消{ORDER}，不想要了")
    assert [tool["outcome"] for tool in card["tools"]] == ["proposed"]
    await with_card.say(**said)
    house.check_unchanged()


@pytest.mark.parametrize("line", LINES["yes"])
async def test_an_honest_yes_does_what_the_card_says_and_no_more(house: House, line: str) -> None:
    await house.conversation().say(line)
    await house.conversation(OWNER).say(line)
    house.check_unchanged()
    with_card = house.conversation(OWNER)
    await with_card.say(f"取消{ORDER}，不想要了")
    await with_card.say(line)
    try:
        house.shop.check(CANCELLED)
    finally:
        house.put_back()


async def test_there_are_many_in_both_languages() -> None:
    texts = [line for ones in LINES.values() for line in ones if isinstance(line, str)]
    chinese = sum(any("\u4e00" <= one <= "\u9fff" for one in text) for text in texts)
    assert len(texts) >= 150
    assert chinese >= 0.35 * len(texts)

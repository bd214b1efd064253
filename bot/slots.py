"""From words to a tool's typed arguments: one small reader per kind of argument."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, get_type_hints

from bot import cues
from bot.conversation import State
from bot.shop.keys import order_key
from bot.shop.size_guide import Body
from bot.steps import RunTool
from bot.tools.base import (
    Answer,
    Budget,
    Chosen,
    ChosenItems,
    Earlier,
    Exclude,
    Like,
    Listed,
    Named,
    OrderNumber,
    Photos,
    ProductId,
    ProductIds,
    Query,
    Tool,
    Words,
)
from bot.understanding import Understanding

Reader = Callable[[Understanding, State, RunTool], Any]


def arguments(tool: Tool, understanding: Understanding, state: State, step: RunTool) -> Any:
    """The tool's arguments, each read from the message, the focus or what a button gave."""
    hints = get_type_hints(tool.arguments)
    values = {
        field.name: _value(field.name, _kind(hints[field.name]), understanding, state, step)
        for field in fields(tool.arguments)
    }
    return tool.arguments(**values)


def takes_any_words(tool: Tool, slot: str) -> bool:
    """Whether whatever the shopper says fills the slot."""
    hint = get_type_hints(tool.arguments).get(slot)
    return hint is not None and _kind(hint) is Answer


def takes_photos(tool: Tool) -> bool:
    return "photos" in get_type_hints(tool.arguments)


def _value(name: str, kind: Any, understanding: Understanding, state: State, step: RunTool) -> Any:
    if kind in (ChosenItems, Photos):
        return tuple(part for part in step.given.get(name, "").split(",") if part)
    if kind in (Chosen, Answer):
        return step.given.get(name)
    return _READERS[kind](understanding, state, step)


def _kind(hint: Any) -> Any:
    """`OrderNumber | None` is an OrderNumber that may be missing."""
    options = [option for option in getattr(hint, "__args__", ()) if option is not type(None)]
    return options[0] if type(None) in getattr(hint, "__args__", ()) else hint


def order_number(understanding: Understanding, state: State, step: RunTool) -> str | None:
    """Named in the message, else the order talked about, unless another one is meant."""
    if "order_number" in step.given or "target" in step.given:
        return step.given.get("order_number") or step.given["target"]
    turned_down = {order_key(number) for number in step.exclude}
    numbers = understanding.entities.order_numbers
    # Of several requests in one message each may name its own order.
    own = [number for number in numbers if number.value in step.text]
    for number in own or ([] if cues.means_another_order(step.text) else numbers):
        if order_key(number.value) not in turned_down:
            return number.value
    if cues.means_another_order(step.text):
        return None
    return None if step.exclude or understanding.entities.latest_order else state.focus.order_number


def product_id(understanding: Understanding, state: State, step: RunTool) -> str | None:
    """Named in the message; else by its place in what was shown; else the only or first one shown."""
    if "product_id" in step.given or "target" in step.given:
        return step.given.get("product_id") or step.given["target"]
    named = tuple(one for one in _named(understanding, state) if one not in step.exclude)
    if named:
        return named[0] if len(named) == 1 else None
    listed = [one for one in state.focus.places if one not in step.exclude]
    for ordinal in understanding.entities.ordinals:
        index = ordinal.index - 1 if ordinal.index > 0 else ordinal.index
        if -len(listed) <= index < len(listed):
            return listed[index]
    return next((one for one in state.focus.product_ids if one not in step.exclude), None)


def product_ids(understanding: Understanding, state: State, step: RunTool) -> tuple[str, ...]:
    """Every product named, or those that the message's places point at, or those shown last."""
    given = step.given.get("products") or step.given.get("target")
    if given:
        return tuple(part for part in given.split(",") if part)
    named = _all_named(understanding)
    shown = state.focus.product_ids
    if len(named) == 1 and shown and named[0] not in shown:
        return (shown[0], *named)
    if named:
        return named
    places = [ordinal.index for ordinal in understanding.entities.ordinals]
    listed = state.focus.places
    picked = tuple(
        listed[index - 1 if index > 0 else index]
        for index in places
        if -len(listed) <= (index - 1 if index > 0 else index) < len(listed)
    )
    return picked if len(picked) > 1 else shown


def like(understanding: Understanding, state: State, step: RunTool) -> str | None:
    """A product to find others for: only where the words or a button say so."""
    if "target" in step.given or cues.wants_alike(step.text):
        return product_id(understanding, state, step)
    return None


def listed(understanding: Understanding, state: State, step: RunTool) -> tuple[str, ...]:
    """None where the message names products, or a button one."""
    return () if "target" in step.given or _all_named(understanding) else state.focus.places


def named(understanding: Understanding, state: State, step: RunTool) -> tuple[str, ...]:
    del state, step
    return _all_named(understanding)


def earlier(understanding: Understanding, state: State, step: RunTool) -> str:
    """What was asked just before, while the same products are on the table."""
    del understanding
    return state.focus.question if state.focus.topic == step.tool else ""


def query(understanding: Understanding, state: State, step: RunTool) -> str:
    del understanding, state
    return step.text


def words(understanding: Understanding, state: State, step: RunTool) -> tuple[str, ...]:
    del understanding, state
    return (step.text, *step.words)


def exclude(understanding: Understanding, state: State, step: RunTool) -> tuple[str, ...]:
    del understanding, state
    return step.exclude


def budget(understanding: Understanding, state: State, step: RunTool) -> Budget:
    """The first amount of money named; "around" allows a fifth more or less."""
    del state, step
    for money in understanding.entities.money:
        if money.relation == "between":
            return Budget(money.cents, money.upper_cents)
        if money.relation == "under":
            return Budget(None, money.cents)
        if money.relation == "over":
            return Budget(money.cents, None)
        return Budget(money.cents * 4 // 5, money.cents * 6 // 5)
    return Budget()


def body(understanding: Understanding, state: State, step: RunTool) -> Body:
    """Height and weight, as far as the message tells them."""
    del state, step
    told = {measure.kind: measure.value for measure in reversed(understanding.entities.measures)}
    return Body(told.get("height"), told.get("weight"))


def _all_named(understanding: Understanding) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for mention in understanding.mentions for one in mention.product_ids))


def _named(understanding: Understanding, state: State) -> tuple[str, ...]:
    """Products of the first mention; one that is already on the table wins over its namesakes."""
    for mention in understanding.mentions:
        on_table = tuple(one for one in mention.product_ids if one in state.focus.product_ids)
        return on_table[:1] or mention.product_ids
    return ()


_READERS: Mapping[Any, Reader] = {
    OrderNumber: order_number,
    ProductId: product_id,
    ProductIds: product_ids,
    Like: like,
    Named: named,
    Listed: listed,
    Query: query,
    Earlier: earlier,
    Exclude: exclude,
    Words: words,
    Budget: budget,
    Body: body,
}

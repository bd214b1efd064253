"""A tool's arguments from outside: their JSON Schema, and JSON read into the tool's own types."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from bot.errors import InvalidInput
from bot.shop.changes.requests import Request, read_request
from bot.tools.base import Tool


def arguments_schema(tool: Tool) -> dict[str, Any]:
    """JSON Schema of a tool's arguments; one that only reads requires none of them."""
    if tool.request is not None:
        return TypeAdapter(tool.request).json_schema()
    hints = get_type_hints(tool.arguments)
    properties = {
        field.name: TypeAdapter(hints[field.name]).json_schema() for field in fields(tool.arguments)
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def read_change(name: str, arguments: Mapping[str, Any]) -> Request:
    """
    Raises:
        InvalidInput: they do not fit; the text names the first that does not.
    """
    try:
        return read_request(name, arguments)
    except ValidationError as error:
        raise _misfit(error) from error


def read_arguments(tool: Tool, given: Mapping[str, Any]) -> Any:
    """Of a tool that only reads; what is not given is empty.

    Raises:
        InvalidInput: one is unknown or does not fit; the text names it.
    """
    hints = get_type_hints(tool.arguments)
    unknown = sorted(given.keys() - hints.keys())
    if unknown:
        raise InvalidInput(f"arguments.{unknown[0][:60]}: is no argument of this tool", code="invalid_field")
    values = {}
    for field in fields(tool.arguments):
        adapter: TypeAdapter[Any] = TypeAdapter(hints[field.name])
        try:
            values[field.name] = adapter.validate_python(given.get(field.name, _EMPTY))
        except ValidationError as error:
            if field.name in given:
                raise _misfit(error, field.name) from error
            values[field.name] = _empty(adapter)
    return tool.arguments(**values)


_EMPTY = object()


def _empty(adapter: TypeAdapter[Any]) -> Any:
    """The first of nothing, no words, no entries and no fields that the type takes."""
    nothing: tuple[Any, ...] = (None, (), "", {})
    for value in nothing:
        try:
            return adapter.validate_python(value)
        except ValidationError:
            continue
    raise AssertionError("an argument that cannot be left out")


def _misfit(error: ValidationError, name: str = "") -> InvalidInput:
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = [name, *(str(part)[:60] for part in problem["loc"])]
    where = ".".join(["arguments", *(part for part in path if part)])
    return InvalidInput(f"{where.encode(errors='replace').decode()}: {problem['msg']}", code="invalid_field")

"""A report as a spreadsheet: one row a figure, in the words of who reads it."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Literal

from bot.console.report import Group, InTime, Number, Ratings, Report, Spread

Language = Literal["zh", "en"]
Cell = str | int | float | None

_BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the machine's own code page, and Chinese is lost."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_DIGITS = 4

_WORDS: Mapping[str, tuple[str, str]] = {
    "head.part": ("部分", "Part"),
    "head.name": ("名称", "Name"),
    "head.figure": ("指标", "Figure"),
    "head.value": ("数值", "Value"),
    "days": ("按天", "By day"),
    "totals": ("合计", "Totals"),
    "reasons": ("转人工原因", "Hand-over reasons"),
    "intents": ("咨询意图", "Intents"),
    "tool_failures": ("工具故障", "Tool failures"),
    "changes": ("订单操作", "Changes to orders"),
    "channels": ("按渠道", "By channel"),
    "languages": ("按语言", "By language"),
    "agents": ("按客服", "By agent"),
    "conversations": ("会话数", "Conversations"),
    "bot": ("机器人解决", "Resolved by the bot"),
    "person": ("人工解决", "Resolved by a person"),
    "open": ("处理中", "Still open"),
    "missed": ("未接待", "Nobody came or taken back"),
    "messages": ("顾客消息数", "Messages of shoppers"),
    "handovers": ("转人工次数", "Hand-overs"),
    "handover_rate": ("转人工率", "Hand-over rate"),
    "first_response": ("首次响应", "First response"),
    "resolution": ("解决时长", "Resolution"),
    "response_in_time": ("首次响应达标率", "First response in time"),
    "resolution_in_time": ("解决达标率", "Resolution in time"),
    "rating": ("评分", "Rating"),
    "helpful": ("有帮助", "Helpful"),
    "unhelpful": ("没帮助", "Not helpful"),
    "unanswered": ("未答问题", "Unanswered questions"),
    "edited": ("被改写的建议", "Suggestions changed"),
    "taken": ("接待数", "Taken"),
    "closed": ("结束数", "Closed"),
    "replies": ("回复数", "Replies"),
    "count": ("数量", "count"),
    "median": ("中位数（秒）", "median, seconds"),
    "p90": ("90 分位（秒）", "90th percentile, seconds"),
    "average": ("平均", "average"),
    "satisfied": ("满意率（4–5 分）", "share of 4 and 5"),
    "met": ("达标", "met"),
    "late": ("超时", "missed"),
}


def to_csv(report: Report, language: Language) -> str:
    """UTF-8 text with a byte order mark, lines end with CR LF; no cell is taken for a formula."""
    say = {key: words[language == "en"] for key, words in _WORDS.items()}
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow([say[f"head.{name}"] for name in ("part", "name", "figure", "value")])
    for part, name, keys, value in _rows(report):
        figure = " · ".join(say.get(key, key) for key in keys)
        writer.writerow([_cell(cell) for cell in (say[part], name, figure, value)])
    return _BOM + sheet.getvalue()


def _cell(value: Cell) -> str | int | float:
    """Spreadsheets run what begins like a formula; an apostrophe makes it text."""
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


_Row = tuple[str, str, Sequence[str], Cell]
"""Part, name, the words of the figure, its value."""


def _rows(report: Report) -> Iterator[_Row]:
    for field in fields(report.totals):
        for keys, value in _figures(getattr(report.totals, field.name)):
            yield "totals", "", (field.name, *keys), value
    for part, groups in (
        ("days", report.days),
        ("channels", report.channels),
        ("languages", report.languages),
    ):
        yield from _of_groups(part, groups)
    for agent in report.agents:
        for name in ("taken", "closed", "replies", "first_response", "rating"):
            for keys, value in _figures(getattr(agent, name)):
                yield "agents", agent.name, (name, *keys), value
    for part, named in (
        ("reasons", report.reasons),
        ("intents", report.intents),
        ("tool_failures", report.tool_failures),
    ):
        yield from ((part, one.name, ("count",), one.value) for one in named)
    for change in report.changes:
        for outcome, number in change.outcomes.items():
            yield "changes", change.name, (outcome,), number.value


def _of_groups(part: str, groups: Sequence[Group]) -> Iterator[_Row]:
    for group in groups:
        for name in ("conversations", "messages", "handovers", "unanswered"):
            number = getattr(group, name)
            if number is not None:
                yield part, group.name, (name,), number.value


def _figures(value: Number | Spread | InTime | Ratings) -> Iterator[tuple[Sequence[str], Cell]]:
    match value:
        case Number():
            yield (), value.value
        case Spread():
            yield from ((("count",), value.count), (("median",), value.median), (("p90",), value.p90))
        case InTime():
            yield from (((), value.value), (("met",), value.met), (("late",), value.missed))
        case Ratings():
            yield from ((("count",), value.count), (("average",), value.average))
            yield ("satisfied",), value.satisfied
            yield from (((str(one.rating),), one.value) for one in value.distribution)

"""What leads look at: unanswered questions, reviewed answers, insights."""

import asyncio
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.console.faq import Written
from bot.console.questions import MOST, Question
from bot.console.report import Report
from bot.console.reports import Reports
from bot.console.scopes import Filters
from bot.console.sheet import to_csv
from bot.console.unanswered import Cluster, Overview
from bot.errors import InvalidInput
from bot.http.console.seat import Route, Seat
from bot.http.context import body, name_in_path

_TOP_CLUSTERS = 5
_PATIENCE_SECONDS = 1.0
"""How long insights wait for the clusters; they are worked out further meanwhile."""
_LONGEST = 300
_LARGEST_ID = 2**63 - 1

Ids = Annotated[tuple[Annotated[int, Field(ge=1, le=_LARGEST_ID)], ...], Field(min_length=1, max_length=MOST)]
Words = Annotated[str, Field(min_length=1, max_length=4000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Chosen(_Strict):
    ids: Ids


class Answer(Chosen):
    question: Words
    answer: Words
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Change(_Strict):
    question: Words | None = None
    answer: Words | None = None


def _reports(seat: Seat) -> Reports:
    return seat.here.kefu.reports


async def get_unanswered(seat: Seat) -> web.Response:
    unanswered = _reports(seat).unanswered
    overview = await unanswered.overview()
    settled = await unanswered.settled()
    await seat.office.note("view_unanswered", seat.agent)
    return web.json_response(
        {
            "clusters": [_cluster(one) for one in overview.clusters],
            "open": overview.open,
            "shown": sum(len(one.questions) for one in overview.clusters),
            "done": [
                asdict(one) | {"at": one.at.isoformat(), "resolved_at": one.resolved_at.isoformat()}
                for one in settled
            ],
        }
    )


async def answer(seat: Seat) -> web.Response:
    sent = await body(seat.request, Answer)
    written = await _reports(seat).faq.answer(
        sent.ids,
        question=sent.question,
        answer=sent.answer,
        language=sent.language,
        agent_id=seat.agent.id,
    )
    return await _written(seat, "write_answer", written)


async def dismiss(seat: Seat) -> web.Response:
    sent = await body(seat.request, Chosen)
    count = await _reports(seat).unanswered.dismiss(sent.ids, agent_id=seat.agent.id)
    await seat.office.note("dismiss_questions", seat.agent, detail=_numbers(sent.ids))
    return web.json_response({"count": count})


async def restore(seat: Seat) -> web.Response:
    sent = await body(seat.request, Chosen)
    count = await _reports(seat).unanswered.restore(sent.ids)
    await seat.office.note("restore_questions", seat.agent, detail=_numbers(sent.ids))
    return web.json_response({"count": count})


async def get_faq(seat: Seat) -> web.Response:
    entries = await _reports(seat).faq.entries()
    found = [
        asdict(entry) | {"at": entry.at.isoformat(), "searchable": indexed} for entry, indexed in entries
    ]
    return web.json_response({"entries": found})


async def change_faq(seat: Seat) -> web.Response:
    sent = await body(seat.request, Change)
    written = await _reports(seat).faq.change(
        name_in_path(seat.request, "document"),
        question=sent.question,
        answer=sent.answer,
        agent_id=seat.agent.id,
    )
    return await _written(seat, "change_answer", written)


async def withdraw_faq(seat: Seat) -> web.Response:
    document = name_in_path(seat.request, "document")
    reopened = await _reports(seat).faq.withdraw(document)
    await seat.office.note("withdraw_answer", seat.agent, subject=document)
    return web.json_response({"reopened": reopened})


async def get_insights(seat: Seat) -> web.Response:
    filters = await _filters(seat)
    report = await _reports(seat).insights.report(filters)
    return web.json_response(_shown(report, filters) | {"clusters": await _top(seat, report.asked)})


async def get_sheet(seat: Seat) -> web.Response:
    filters = await _filters(seat)
    report = await _reports(seat).insights.report(filters)
    asked = seat.request.query.get("ui", seat.language)
    days = f"{filters.first.isoformat()}-{filters.last.isoformat()}"
    await seat.office.note("export_insights", seat.agent, subject=days)
    name = f"kefu-{days}.csv"
    return web.Response(
        body=to_csv(report, "zh" if asked == "zh" else "en").encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


async def get_behind(seat: Seat) -> web.Response:
    """The conversations behind a figure, the latest first."""
    asked = seat.request.query
    ids, more = await _reports(seat).insights.conversation_ids(
        asked.get("set", ""), await _filters(seat), name=asked.get("name", "")[:_LONGEST] or None
    )
    return web.json_response({"ids": list(ids), "more": more})


async def _filters(seat: Seat) -> Filters:
    asked = {name: value.strip()[:_LONGEST] or None for name, value in seat.request.query.items()}
    return await _reports(seat).insights.filters(
        _day("from", asked.get("from")),
        _day("to", asked.get("to")),
        channel=asked.get("channel"),
        language=asked.get("language"),
        agent_id=asked.get("agent"),
    )


def _day(name: str, text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(f"{name}: a day like 2026-11-23", code="invalid_field") from error
    if found is not None and not 2000 <= found.year < 2100:
        raise InvalidInput(f"{name}: a day of this century", code="invalid_field")
    return found


async def _written(seat: Seat, action: str, written: Written) -> web.Response:
    await seat.office.note(action, seat.agent, subject=written.document)
    return web.json_response(asdict(written))


def _numbers(ids: tuple[int, ...]) -> str:
    return ",".join(map(str, ids))[:1000]


def _cluster(one: Cluster) -> dict[str, Any]:
    return {
        "id": one.id,
        "question": one.question,
        "language": one.language,
        "languages": list(one.languages),
        "size": len(one.questions),
        "kind": one.kind,
        "questions": [_question(row) for row in one.questions],
        "nearest": [asdict(near) for near in one.nearest],
    }


def _question(row: Question) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": row.text,
        "language": row.language,
        "at": row.at.isoformat(),
        "conversation_id": row.conversation_id,
        "channel": row.channel,
        "suggested": row.suggested,
        "given": row.given,
    }


def _shown(report: Report, filters: Filters) -> dict[str, Any]:
    shown = asdict(report)
    for name in ("first", "last", "asked"):
        del shown[name]
    for day in shown["days"]:
        day["day"] = day.pop("name")
    return shown | {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "channel": filters.channel,
        "language": filters.language,
        "agent": filters.agent_id,
    }


async def _top(seat: Seat, asked: frozenset[int]) -> list[dict[str, Any]] | None:
    """The largest of those that were asked within the days; None while a long list is read for the first time."""
    making = asyncio.ensure_future(_reports(seat).unanswered.overview())
    try:
        clusters = (await asyncio.wait_for(asyncio.shield(making), _PATIENCE_SECONDS)).clusters
    except TimeoutError:
        making.add_done_callback(_seen)
        return None
    sizes = [(sum(row.id in asked for row in one.questions), one) for one in clusters]
    best = sorted(((size, one) for size, one in sizes if size), key=lambda pair: -pair[0])[:_TOP_CLUSTERS]
    return [{"id": one.id, "question": one.question, "size": size} for size, one in best]


def _seen(making: asyncio.Future[Overview]) -> None:
    """What failed meanwhile fails again for who asks next, and is told then."""
    if not making.cancelled():
        making.exception()


ROUTES = (
    Route("GET", "/unanswered", "lead", get_unanswered),
    Route("POST", "/unanswered/answer", "lead", answer),
    Route("POST", "/unanswered/dismiss", "lead", dismiss),
    Route("POST", "/unanswered/restore", "lead", restore),
    Route("GET", "/faq", "lead", get_faq),
    Route("PATCH", "/faq/{document}", "lead", change_faq),
    Route("DELETE", "/faq/{document}", "lead", withdraw_faq),
    Route("GET", "/insights", "lead", get_insights),
    Route("GET", "/insights.csv", "lead", get_sheet),
    Route("GET", "/insights/conversations", "lead", get_behind),
)

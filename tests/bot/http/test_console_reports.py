"""What leads look at, over a real server: only they; from a question to its answer; every number opens."""

import csv
import io
from typing import Any

import pytest

from tests.bot.http.conftest import Client
from tests.bot.http.console_client import Arrive

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "有学生优惠吗"
ANSWER = "在读学生认证后享 95 折。"
ROUTES = (
    ("GET", "/unanswered"),
    ("POST", "/unanswered/answer"),
    ("POST", "/unanswered/dismiss"),
    ("POST", "/unanswered/restore"),
    ("GET", "/faq"),
    ("PATCH", "/faq/faq-000000000000"),
    ("DELETE", "/faq/faq-000000000000"),
    ("GET", "/insights"),
    ("GET", "/insights.csv"),
    ("GET", "/insights/conversations"),
)


async def test_only_leads_may(arrive: Arrive) -> None:
    agent, lead = await arrive("reporting-agent"), await arrive("reporting-lead", role="lead")
    for method, path in ROUTES:
        assert (await agent.request(method, path, {})).status == 403, path
    for path in (
        "/insights?from=yesterday",
        "/insights?from=2020-01-01&to=2026-01-01",
        "/insights?to=9999-12-31",
    ):
        assert (await lead.request("GET", path)).status == 400
    assert (await lead.request("GET", "/insights/conversations?set=all")).status == 400
    assert (await lead.request("DELETE", "/faq/..%2f..%2fzh")).status == 404
    await lead.post("/unanswered/dismiss", {"ids": [2**70]}, status=400)


async def test_from_a_question_to_its_answer_and_the_figures(visitor: Client, arrive: Arrive) -> None:
    lead = await arrive("lead", role="lead")
    await visitor.say(QUESTION)
    await visitor.say("转人工")
    seen = await lead.get("/unanswered")
    cluster = next(one for one in seen["clusters"] if one["question"] == QUESTION)
    assert (cluster["kind"], cluster["language"], cluster["size"]) == ("unanswered", "zh", 1)
    assert cluster["questions"][0]["conversation_id"] == visitor.conversation_id
    ids = [row["id"] for row in cluster["questions"]]
    report = await lead.get("/insights")
    assert report["to"] == "2026-11-23"
    assert len(report["days"]) == 30
    assert report["clusters"][0]["question"]
    for number in (
        report["totals"]["conversations"],
        report["totals"]["handovers"],
        report["days"][-1]["unanswered"],
    ):
        behind = await lead.get(f"/insights/conversations?{number['query']}")
        assert visitor.conversation_id in behind["ids"]
        assert not behind["more"]
    assert report["reasons"]
    rows = await _sheet(lead)
    assert ["合计", "", "会话数", str(report["totals"]["conversations"]["value"])] in rows
    sent = {"ids": ids, "question": QUESTION, "answer": ANSWER, "language": "zh"}
    written = await lead.post("/unanswered/answer", sent)
    assert (written["searchable"], written["said"], written["resolved"]) == (True, ANSWER, 1)
    other = visitor.with_headers()
    await other.session()
    reply = (await other.say(QUESTION))["replies"][-1]
    assert ANSWER in reply["text"]
    assert reply["sources"][0]["title"] == QUESTION
    document = written["document"]
    changed = await lead.ask("PATCH", f"/faq/{document}", {"answer": "有，95 折。"})
    assert changed["said"] == "有，95 折。"
    entries = (await lead.get("/faq"))["entries"]
    assert [(one["document"], one["answer"], one["searchable"]) for one in entries] == [
        (document, "有，95 折。", True)
    ]
    assert (await lead.ask("DELETE", f"/faq/{document}"))["reopened"] == 1
    assert (await lead.post("/unanswered/dismiss", {"ids": ids}))["count"] == 1
    done = (await lead.get("/unanswered"))["done"]
    assert ids[0] in {one["id"] for one in done}
    assert (await lead.post("/unanswered/restore", {"ids": ids}))["count"] == 1


async def _sheet(lead: Any) -> list[list[str]]:
    answer = await lead.request("GET", "/insights.csv?ui=zh")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = (await answer.read()).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))

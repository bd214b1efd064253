"""Report that something is missing, wrong or damaged; somebody looks at the photos and answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.conversation import Choice
from bot.shop.changes.allowed import ItemChoices
from bot.shop.changes.plan import Facts, Receipt, Refused
from bot.shop.changes.requests import ReportProblem
from bot.shop.changes.rules import refuse
from bot.shop.domain import Order
from bot.shop.policy import Problems
from bot.tools import proposing
from bot.tools.asking import ask, choose
from bot.tools.base import Chosen, ChosenItems, OrderNumber, Photos, Tool, ToolContext, ToolResult, Words
from bot.tools.finding_items import Quantities, find_items, kept
from bot.tools.finding_orders import find_order_to_change
from bot.tools.problem_words import Problem, said_count, said_problem, said_wish, says_fault
from bot.tools.proposing import concerning, done, keeping, propose, refusal
from bot.tools.sending_back import choices_of, described, open_orders
from connectors.base import Button

TEXTS = {
    "en": {
        **proposing.TEXTS["en"],
        "sorry": "Sorry about that. ",
        "sorry.missing": "Sorry something's missing. ",
        "sorry.wrong": "Sorry we got it wrong. ",
        "sorry.damaged": "Sorry it reached you like that. ",
        "which_problem": "What's wrong: is something missing, is it the wrong thing, or is it damaged?",
        "problem.missing": "Something's missing",
        "problem.wrong": "It's the wrong thing",
        "problem.damaged": "It's damaged",
        "which_items": "Which item is it about?",
        "which_items.missing": "Which item is missing?",
        "which_wish": "Would you like a replacement or a refund?",
        "wish.replacement": "Replacement",
        "wish.refund": "Refund",
        "photos.missing": "Please send me a photo of the box, its label and what was in it.",
        "photos.wrong": "Please send me a photo of what you got, with its tag.",
        "photos.damaged": "Please send me a photo of the damage.",
        "photos_least": " At least {least}, please.",
        "propose_report": "Here's your report. Shall I send it off?",
        "title.missing": "Report a missing item",
        "title.wrong": "Report a wrong item",
        "title.damaged": "Report a damaged item",
        "label.wish": "You'd like",
        "wish_refund": "a refund of {value}",
        "wish_replacement": "a replacement",
        "label.photos": "Photos",
        "label.note": "In your words",
        "label.answer": "Answer",
        "answer": "within {hours} hours",
        "done": "Your report is in, and a colleague will look at it.",
        "done_hours": "Your report is in. A colleague will look at it and answer within {hours} hours.",
        "done.refund": " Once it's confirmed, we'll refund {value}.",
        "done.replacement": " Once it's confirmed, we'll send the replacement.",
        "done.keep": " You needn't send anything back.",
        "done.send_back": " Please keep what you got, unused; we'll tell you how it comes back to us.",
    },
    "zh": {
        **proposing.TEXTS["zh"],
        "sorry": "不好意思。",
        "sorry.missing": "少了东西，不好意思。",
        "sorry.wrong": "发错了，不好意思。",
        "sorry.damaged": "收到这样的东西，不好意思。",
        "which_problem": "是少了东西、发错了，还是坏了？",
        "problem.missing": "少了东西",
        "problem.wrong": "发错了",
        "problem.damaged": "坏了",
        "which_items": "是哪一件？",
        "which_items.missing": "少了哪一件？",
        "which_wish": "您想要补发，还是退款？",
        "wish.replacement": "补发",
        "wish.refund": "退款",
        "photos.missing": "麻烦把箱子、面单和收到的东西拍下来发给我。",
        "photos.wrong": "麻烦把收到的东西和吊牌拍下来发给我。",
        "photos.damaged": "麻烦把坏的地方拍下来发给我。",
        "photos_least": "至少 {least} 张。",
        "propose_report": "您核对一下，没问题就点确认，我马上报上去：",
        "title.missing": "反馈少件",
        "title.wrong": "反馈发错货",
        "title.damaged": "反馈商品损坏",
        "label.wish": "您想要",
        "wish_refund": "退款 {value}",
        "wish_replacement": "补发",
        "label.photos": "照片",
        "label.note": "您的说明",
        "label.answer": "答复",
        "answer": "{hours} 小时内",
        "done": "已经报上去了，同事会来看。",
        "done_hours": "已经报上去了，{hours} 小时内同事看完答复您。",
        "done.refund": "核实后退您 {value}。",
        "done.replacement": "核实后马上补发。",
        "done.keep": "东西不用寄回。",
        "done.send_back": "收到的这件先别用，留着，怎么取回到时告诉您。",
    },
}
_LONGEST_NOTE = 1000
_SHOWN_NOTE = 60
_WISH_WORDS = {
    "replacement": (
        "补发",
        "重发",
        "补给我",
        "换一",
        "replacement",
        "replace",
        "send another",
        "another one",
        "new one",
    ),
    "refund": ("退款", "退钱", "退给我", "refund", "money back"),
}
_NO_PHOTOS = re.compile(
    r"没(?:有)?拍?(?:照片|图)?$|没(?:有)?(?:拍|照片|图)|拍不了|不方便拍|发不了|不想拍|扔了"
    r"|\b(?:no|don't have|haven't got|without|can't (?:take|send)|cannot (?:take|send)) (?:any |a )?(?:photos?|pictures?|pics?)\b"
    r"|\bthr(?:ew|own) (?:it|them) (?:away|out)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    items: ChosenItems
    problem: Chosen | None
    wish: Chosen | None
    photos: Photos
    words: Words


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    rules = (await context.shop.policy()).report_problem
    problem = said_problem(arguments.words, arguments.problem)

    def fits(item: ItemChoices) -> bool:
        return any(one.open for kind, one in item.report.items() if problem in (None, kind))

    may = await open_orders(context, rules.states, fits)
    order = await find_order_to_change(
        context, arguments.order_number, arguments.words, fitting=lambda one: one.number in may
    )
    if isinstance(order, ToolResult):
        result = order
    elif problem is None:
        result = choose(context, "problem", context.say("which_problem"), _kinds(context, rules), order=order)
    else:
        with concerning(order):
            result = await _about(context, rules, order, problem, arguments)
    if result.ask is None:
        return result
    begins = len(arguments.words) == 1 and arguments.problem is None and result.outcome != "refused"
    sorry = context.say(f"sorry.{problem}" if problem else "sorry") if begins else ""
    known = {"problem": problem} if problem else {}
    # A page may know how to mend it; if not, or if that does not help, it is reported.
    mendable = begins and says_fault(arguments.words[0])
    return keeping(replace(result, text=f"{sorry}{result.text}", documents_first=mendable), **known)


def _kinds(context: ToolContext, rules: Problems) -> list[Choice]:
    return [Choice(kind, context.say(f"problem.{kind}")) for kind in rules.kinds]


async def _about(
    context: ToolContext, rules: Problems, order: Order, problem: Problem, arguments: Arguments
) -> ToolResult:
    """
    Raises:
        Refused: it can be reported of none of the order's items, or not of those that are meant.
    """
    possible = {one.item.id: one.report[problem] for one in (await choices_of(context, order)).items}
    items = await find_items(
        context,
        order,
        arguments.words,
        arguments.items,
        fitting=lambda item: possible[item.id].quantity,
        question=context.say("which_items.missing" if problem == "missing" else "which_items"),
        wishes=problem == "wrong",
    )
    if isinstance(items, ToolResult):
        if all(one.refused for one in possible.values()):
            raise next(one.refused for one in possible.values() if one.refused)
        return items
    if len(items) == 1:
        (item_id,) = items
        whole = next(item.quantity for item in order.items if item.id == item_id)
        items = {item_id: said_count(arguments.words, whole, problem) or items[item_id]}
    result = await _with_items(context, rules, order, items, problem, arguments)
    return keeping(result, items=kept(items)) if result.ask is not None else result


async def _with_items(
    context: ToolContext,
    rules: Problems,
    order: Order,
    items: Quantities,
    problem: Problem,
    arguments: Arguments,
) -> ToolResult:
    wish, least = said_wish(arguments.words, arguments.wish), rules.kinds[problem].photos
    photos = arguments.photos[-rules.photos_at_most :]
    report = ReportProblem(
        order.number, problem, items, _note(arguments.words), photos, wish or "replacement"
    )
    try:
        # A refusal comes before the questions: as if there were photos enough.
        as_if = tuple(str(number) for number in range(least))
        await context.preview(report if len(photos) >= least else replace(report, photos=as_if))
    except Refused as refused:
        if refused.rule != "problems.sold_out":
            raise
        return _refund_instead(context, refused, order)
    if wish is None:
        return choose(context, "wish", context.say("which_wish"), _wishes(context), order=order)
    if len(photos) < least and any(_NO_PHOTOS.search(text) for text in arguments.words[-1:]):
        refuse("problems.photos", rules.kinds[problem].document, least=least)
    if len(photos) < least:
        return keeping(_ask_photos(context, problem, least, order), wish=wish)
    plan = await context.preview(report)
    result = await propose(
        context,
        plan,
        title=context.say(f"title.{problem}"),
        lines=[*await _rows(context, plan.facts), *_own_words(context, report)],
        text=context.say("propose_report"),
    )
    return keeping(result, wish=wish)


def _wishes(context: ToolContext) -> list[Choice]:
    return [Choice(wish, context.say(f"wish.{wish}"), words) for wish, words in _WISH_WORDS.items()]


def _refund_instead(context: ToolContext, refused: Refused, order: Order) -> ToolResult:
    """Nothing left to send: the money, or nothing."""
    said = refusal(context, refused)
    refund = Choice("refund", context.say("wish.refund"), ("可以", "好", "行", "yes", "ok", "sure", "fine"))
    asked = choose(context, "wish", said.text, [refund], order=order)
    return replace(asked, outcome="refused", rule=refused.rule, document=refused.document)


def _ask_photos(context: ToolContext, problem: Problem, least: int, order: Order) -> ToolResult:
    more = context.say("photos_least", least=least) if least > 1 else ""
    asked = ask(context, "photos", context.say(f"photos.{problem}") + more, order=order)
    human = Button(context.say("button.human"), "human")
    return replace(asked, quick_replies=(*asked.quick_replies, human))


def _note(words: Sequence[str]) -> str:
    """What the shopper said, a line each; the end of it where it is long."""
    lines = [
        "".join(one if one.isprintable() else " " for one in line).strip()
        for text in words
        for line in text.splitlines()
    ]
    return "\n".join(line[:_LONGEST_NOTE] for line in lines if line)[-_LONGEST_NOTE:]


async def _rows(context: ToolContext, facts: Facts) -> list[tuple[str, str]]:
    items = context.listing([await described(context, item) for item in facts["items"]])
    wish = context.say(f"wish_{facts['wish']}", value=context.money(facts["value"]))
    rows = [(context.say("label.items"), items), (context.say("label.wish"), wish)]
    if facts["photos"]:
        rows.append((context.say("label.photos"), str(facts["photos"])))
    if facts["answer_hours"]:
        rows.append((context.say("label.answer"), context.say("answer", hours=facts["answer_hours"])))
    return rows


def _own_words(context: ToolContext, report: ReportProblem) -> list[tuple[str, str]]:
    note = " / ".join(report.note.splitlines())
    shown = note if len(note) <= _SHOWN_NOTE else f"{note[:_SHOWN_NOTE]}…"
    return [(context.say("label.note"), shown)] if shown else []


async def tell(context: ToolContext, receipt: Receipt) -> ToolResult:
    facts = receipt.facts
    hours = facts["answer_hours"]
    text = context.say("done_hours", hours=hours) if hours else context.say("done")
    text += context.say(f"done.{facts['wish']}", value=context.money(facts["value"]))
    if facts["problem"] != "missing":
        text += context.say("done.send_back" if facts["send_back"] else "done.keep")
    title = context.say(f"title.{facts['problem']}")
    return done(context, receipt, text=text, title=title, lines=await _rows(context, facts))


TOOL = Tool(
    name="report_problem",
    description="Report an item of one of the shopper's own orders that is missing, wrong or damaged.",
    arguments=Arguments,
    run=run,
    intents=("item_missing", "item_wrong", "item_damaged"),
    identity="order",
    texts=TEXTS,
    request=ReportProblem,
    tell=tell,
)

"""How to reach a person at the shop, and when."""

import re
from dataclasses import dataclass

from bot.shop.hours import open_now
from bot.texts.formatting import opening_hours
from bot.tools.base import Query, Tool, ToolContext, ToolResult, localized
from connectors.base import Button, Card

TEXTS = {
    "en": {
        "open": "We're here {hours}, and someone is in right now: call {phone} or write to {email}.",
        "closed": "People answer {hours}. It's after hours now, so {email} is the surest way; I'm here all the time.",
        "title": "{shop}, customer service",
        "hours": "Hours",
        "phone": "Phone",
        "email": "E-mail",
        "address": "Address",
    },
    "zh": {
        "open": "人工服务时间是{hours}，现在有人在。电话 {phone}，邮箱 {email}。",
        "closed": "人工服务时间是{hours}，这会儿已经下班。发邮件到 {email} 最稳妥，我一直都在。",
        "title": "{shop}客服",
        "hours": "服务时间",
        "phone": "电话",
        "email": "邮箱",
        "address": "地址",
    },
}


_PLACES = re.compile(
    r"门店|实体|线下|店里|到店|专柜|关门|开门|打烊|停车|地铁|分店|自提|在哪|地址|位置|哪个城市"
    r"|\b(?:stores?|branch(?:es)?|showrooms?|in person|parking|park|clos(?:e|es|ing)|visit|walk[- ]in|where|located"
    r"|location|address|pick[- ]?up)\b",
    re.IGNORECASE,
)
"""Of places to go to, the shop's pages know more than when somebody answers the telephone."""


@dataclass(frozen=True, slots=True)
class Arguments:
    query: Query


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    profile = context.profile
    hours = opening_hours(profile.hours, context.language)
    rows = (
        (context.say("hours"), hours),
        (context.say("phone"), profile.phone),
        (context.say("email"), profile.email),
        (context.say("address"), localized(context, profile.address)),
    )
    card = Card(
        kind="contact",
        id="contact",
        title=context.say("title", shop=localized(context, profile.name)),
        lines=tuple((label, value) for label, value in rows if value),
    )
    key = "open" if open_now(profile, context.now) else "closed"
    return ToolResult(
        "ok",
        context.say(key, hours=hours, phone=profile.phone, email=profile.email),
        cards=(card,),
        quick_replies=(Button(context.say("button.human"), "human"),),
        documents_first=bool(_PLACES.search(arguments.query)),
    )


TOOL = Tool(
    name="shop_contact",
    description="Phone, e-mail, address and opening hours of the shop.",
    arguments=Arguments,
    run=run,
    intents=("store_info",),
    texts=TEXTS,
)

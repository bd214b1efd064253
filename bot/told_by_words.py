"""What the words themselves ask for, whatever intent the classifier took them for."""

from bot import cues, in_change
from bot.conversation import State
from bot.shop.changes.requests import KINDS
from bot.shop.mentions import normalise
from bot.tools.problem_words import said_problem, said_wish
from bot.understanding import Understanding
from intents.addresses import parse_address
from intents.requests import Request

COURTESIES = {"greet", "thanks", "bye", "bot_identity", "small_talk"}
ANSWERS = {"affirm", "deny"}
ABOUT_RETURNS = ("return_item", "refund_status", "exchange_item")
_WEAK = 0.6
"""Below this confidence, what was said before may decide what is meant."""
_ORDER_TOOLS = ("order_status", "track_parcel", "refund_status")


def told_by_words(request: Request, understanding: Understanding, state: State) -> str | None:
    """The tool that the words themselves ask for: an order's number, a list, a return under way, a product."""
    numbered = bool(understanding.entities.order_numbers)
    if cues.lists_orders(request.text):
        return "order_status" if state.identity.level == "anonymous" else "list_orders"
    known = state.identity.level != "anonymous" or numbered
    if known and request.intent in ABOUT_RETURNS and cues.asks_return_progress(request.text):
        return "refund_status"
    if known and cues.asks_what_returns(request.text):
        return "return_options"
    if known and _tells_a_problem(request):
        return "report_problem"
    if state.identity.level == "signed_in":
        if cues.asks_own_coupons(request.text):
            return "coupons"
        if cues.asks_own_methods(request.text):
            return "payment_methods"
    if _asks_for_default_address(request):
        return "change_default_address"
    if known and is_weak(request) and _gives_an_address(request):
        return "change_address"
    if numbered and not _is_sure_wish(request):
        if state.offer in KINDS:
            return state.offer  # "how returns work; tell me the order's number and I'll do it"
        return state.focus.topic if state.focus.topic in _ORDER_TOOLS else "order_status"
    if known and request.intent == "delivery_time" and _is_about_that_order(request, state):
        return "order_status"
    if not request.accepted and cues.waits_for(request.text):
        return "order_status"
    if not request.accepted and _names_a_product(request, understanding):
        return "product_facts"
    return None


def _is_about_that_order(request: Request, state: State) -> bool:
    """今天能到吗, after an order was looked up; 多久能到成都 asks for anybody."""
    known = state.focus.order_number is not None and state.focus.topic in _ORDER_TOOLS
    return known and not cues.asks_generally(request.text)


def _is_sure_wish(request: Request) -> bool:
    """More than an order's number: what is wanted of it is said, too."""
    if cues.names_only_a_number(request.text):
        return False
    asked = request.accepted and in_change.is_change(request)
    return asked or (is_real(request) and not is_weak(request))


def _tells_a_problem(request: Request) -> bool:
    """ "The tent I got is torn, refund me" is taken for a question about the refund."""
    mistaken = is_weak(request) or request.intent in ("restock_notice", "refund_status")
    text, words = request.text, (request.text,)
    if not mistaken or cues.is_question(text) or said_problem(words, None) is None:
        return False
    return cues.says_it_came(text) or said_wish(words, None) is not None


def _asks_for_default_address(request: Request) -> bool:
    about = request.intent in ("change_address", "account") or not request.accepted
    return about and cues.means_default_address(request.text) and cues.wants_done(request.text)


def _gives_an_address(request: Request) -> bool:
    """ "118596 寄到香港轩尼诗道507号": a whole address beside an order says what is wanted."""
    address = parse_address(request.text)
    return bool(address.street and address.city) and cues.wants_done(request.text)


def _names_a_product(request: Request, understanding: Understanding) -> bool:
    text = normalise(request.text)
    return any(mention.words in text for mention in understanding.mentions)


def is_weak(request: Request) -> bool:
    """Nothing in the words themselves says what is wanted."""
    told_by_its_words = request.confidence == 1.0 or is_real(request)
    return not request.accepted or request.confidence < _WEAK or not told_by_its_words


def is_real(request: Request) -> bool:
    """More than a courtesy."""
    return not request.accepted or request.intent not in COURTESIES | ANSWERS

"""What leads look at: unanswered questions, reviewed answers, insights; wired."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from bot.console.faq import Faq
from bot.console.insights import Insights
from bot.console.unanswered import Unanswered
from bot.shop.base import Shop
from bot.staff.base import StaffStore
from bot.store.database import Database
from knowledge.encoder import Encoder
from knowledge.index import Index
from knowledge.search import Search


@dataclass(frozen=True, slots=True)
class Reports:
    unanswered: Unanswered
    faq: Faq
    insights: Insights


def open_reports(
    *,
    database: Database,
    staff: StaffStore,
    shop: Shop,
    search: Search,
    encoder: Encoder,
    executor: Executor,
    open_index: Callable[[], Index],
    faq: Path,
    clock: Callable[[], datetime],
) -> Reports:
    """Light: `open_index` is called when somebody first looks. `faq` is the folder of reviewed answers."""
    opened = cache(open_index)
    return Reports(
        unanswered=Unanswered(database, opened, search, encoder, executor, clock=clock),
        faq=Faq(faq, database, opened, search, encoder, clock=clock),
        insights=Insights(database, staff, shop, clock=clock),
    )

"""What a hand-over promises the shop's people: by when to answer, and by when to have it settled."""

from dataclasses import dataclass
from datetime import datetime

from bot.shop.domain import ShopProfile
from bot.shop.hours import open_after


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Counted in opening time: a request of the evening is due the next morning."""

    respond_minutes: int = 5
    resolve_hours: int = 24

    def respond_by(self, profile: ShopProfile, now: datetime) -> datetime:
        return open_after(profile, now, self.respond_minutes)

    def resolve_by(self, profile: ShopProfile, now: datetime) -> datetime:
        return open_after(profile, now, 60 * self.resolve_hours)

"""The demo's time: days counted back from today in the shop's time zone, and chance that repeats."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Clock:
    now: datetime
    shift: timedelta = timedelta(0)
    """How much earlier than planned things happened, so that nothing lies in the future."""

    def at(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """That time of that day; negative days lie ahead."""
        midnight = self.now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=days_ago) + timedelta(hours=hour, minutes=minute) - self.shift

    def earlier(self, by: timedelta) -> "Clock":
        return Clock(self.now, self.shift + by)


def chance(seed: int, *names: object) -> Random:
    """A stream of its own for every name: one thing changed does not change all the others."""
    return Random(":".join(map(str, (seed, *names))))  # noqa: S311 - a demo, not a secret

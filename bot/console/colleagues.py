"""The shop's people on their own channels: what they write below an alert is said as the agent they are."""

from collections.abc import Awaitable, Mapping, Sequence

import structlog

from bot.channels_file import Place
from bot.console.handling import Handling, Said
from bot.errors import Conflict, KefuError, NotFound
from bot.shop.base import Shop
from bot.staff.agents import Agent
from bot.staff.base import StaffStore
from bot.texts.catalogue import Texts
from connectors.channel import Alerting, Answerable, Connector, Remark, RetryLater, Undeliverable

log = structlog.get_logger()


class Colleagues:
    def __init__(
        self,
        staff: StaffStore,
        handling: Handling,
        shop: Shop,
        texts: Texts,
        connectors: Mapping[str, Connector],
        places: Sequence[Place],
        *,
        public_url: str | None,
    ) -> None:
        self._staff, self._handling, self._shop, self._texts = staff, handling, shop, texts
        self._channels = {name: one for name, one in connectors.items() if isinstance(one, Alerting)}
        self._told = {(place.channel, place.where) for place in places}
        self._console = f"{(public_url or '').rstrip('/')}/console/inbox"

    async def is_one(self, channel: str, user: str) -> bool:
        """They are told of hand-overs there, or linked with an agent: what they write is no shopper's."""
        if channel not in self._channels:
            return False
        return (channel, user) in self._told or await self._staff.agent_of((channel, user)) is not None

    async def say(self, channel: str, remark: Remark) -> None:
        """To the shopper, taking the floor; who wrote it is told how it went. The same again changes nothing."""
        connector = self._channels.get(channel)
        if not isinstance(connector, Answerable):
            return
        agent = await self._staff.agent_of((channel, remark.user))
        key, facts = "remark.sent", {"user": remark.user}
        if agent is None:
            key = "remark.stranger"
        else:
            facts["agent"] = agent.name
            try:
                await self._reply(agent, remark)
            except Conflict as error:
                key = "remark.taken" if error.code == "taken" else "remark.refused"
            except NotFound:
                key = "remark.refused"
            except KefuError as error:
                log.warning("remark_failed", channel=channel, kind=type(error).__name__)
                key = "remark.failed"
        text = self._texts.say(key, await self._language(), **facts)
        await self._told_or_logged(channel, connector.tell_back(remark, text, to_all=key == "remark.sent"))

    async def _reply(self, agent: Agent, remark: Remark) -> None:
        """The alert may be older than the shopper's going on elsewhere: they are answered where they are."""
        said = Said(remark.id, remark.text)
        try:
            await self._handling.reply(agent, remark.about, said)
        except Conflict as error:
            if error.code != "moved":
                raise
            await self._handling.reply(agent, error.details["into"], said)

    async def point_to_console(self, channel: str, user: str) -> None:
        """Who writes to the bot there is told where shoppers are answered."""
        language = await self._language()
        text, label = self._texts.say("remark.where", language), self._texts.say("alert.open", language)
        await self._told_or_logged(channel, self._channels[channel].alert(user, text, self._console, label))

    async def _language(self) -> str:
        return self._texts.languages((await self._shop.profile()).languages)[0]

    async def _told_or_logged(self, channel: str, telling: Awaitable[None]) -> None:
        try:
            await telling
        except (RetryLater, Undeliverable) as error:
            log.warning("colleague_not_told", channel=channel, kind=type(error).__name__)

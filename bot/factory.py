"""One place that picks implementations and wires them: `build(settings)`. Constructors are light, `start` loads."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.acting import Acting
from bot.alerts import Alerts
from bot.answers import Answers
from bot.attachments import Attachments
from bot.channels import Channels, open_channels
from bot.channels_file import ChannelsFile, read_channels
from bot.codes import Codes
from bot.confirming import Confirming
from bot.console.colleagues import Colleagues
from bot.console.demo import password_from
from bot.console.faq import faq_folder
from bot.console.office import Office, open_office
from bot.console.reading import reading
from bot.console.reports import Reports, open_reports
from bot.console.translating import Translator
from bot.desk import Desk
from bot.dialogue import Dialogue
from bot.errors import NotPrepared
from bot.handover.afterwards import Afterwards
from bot.handover.deadlines import Deadlines
from bot.handover.handing_over import HandingOver
from bot.handover.places import Places
from bot.handover.topics import topics
from bot.handover.turns import Turns
from bot.identification import Identification
from bot.identifying import Identifying
from bot.joining import Joining
from bot.link_offers import Offers
from bot.live import Live
from bot.looking_up import LookingUp
from bot.mail import open_mailer
from bot.metrics import Metrics
from bot.outbox import Outbox
from bot.postman import Postman
from bot.prepared import Models, classifier_file, index_of, open_models
from bot.processors import executor_beside
from bot.product_finder import SearchFinder
from bot.restock import Restock
from bot.saying import Saying
from bot.secret import key_for, secret_of
from bot.served_shop import ServedShop, open_shop
from bot.settings import Settings
from bot.shop.base import Shop
from bot.shop.policy import default_policy
from bot.staff.logins import Logins
from bot.staff.sql import SqlStaffStore
from bot.store.base import Store
from bot.store.events import Events
from bot.store.links import Links
from bot.store.migrate import upgrade
from bot.store.opening import open_database
from bot.store.repeats import Repeats
from bot.store.sql import SqlStore
from bot.texts.catalogue import Texts, load_texts
from bot.timers import Timers
from bot.tool_calls import ToolCalls
from bot.tool_round import ToolRound
from bot.tools.registry import TOOLS, tool_of
from bot.understanding import Understander
from bot.webhooks.hooks import Hooks
from bot.webhooks.opening import open_hooks, telling
from connectors.channel import Connector
from connectors.shop_system import ShopSystem
from intents.classifier import ClassifierError, IntentClassifier
from intents.language import detect_language
from knowledge.encoder import Encoder
from knowledge.errors import KnowledgeError
from knowledge.search import Search

if TYPE_CHECKING:
    from bot.shop.linked.link import Link

_LOOK_SECONDS = 0.4
_GRACE_SECONDS = 10.0
Clock = Callable[[], datetime]

log = structlog.get_logger()


def deadlines_of(settings: Settings) -> Deadlines:
    return Deadlines(settings.respond_minutes, settings.resolve_hours)


def media_folder(settings: Settings) -> Path:
    return settings.data / "media"


@dataclass
class Kefu:
    """A running bot without a door: what HTTP, the terminal, the evaluation and the tests hold."""

    desk: Desk
    dialogue: Dialogue
    store: Store
    shop: Shop
    served: ServedShop
    texts: Texts
    answers: Answers
    calls: ToolCalls
    search: Search
    encoder: Encoder
    live: Live
    metrics: Metrics
    media: Path
    outbox: Outbox
    timers: Timers
    restock: Restock
    attachments: Attachments
    channels: Channels
    offers: Offers
    alerts: Alerts
    office: Office
    reports: Reports
    hooks: Hooks
    repeats: Repeats
    postman: Postman | None
    public_url: str | None
    executor: ThreadPoolExecutor
    clock: Clock
    tasks: list[asyncio.Task[None]]

    async def start(self) -> None:
        """Load the models, answer what was left open, begin to deliver."""
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            loop.run_in_executor(self.executor, self._warm_up_encoder),
            loop.run_in_executor(self.executor, self._warm_up_search),
            self.office.prepare(),
        )
        await self.shop.catalogue()
        resumed = await self.desk.resume()
        self.tasks = [asyncio.create_task(self.outbox.run()), asyncio.create_task(self.timers.run())]
        self.tasks += [
            asyncio.create_task(self.restock.run(), name="restock"),
            asyncio.create_task(self.attachments.run()),
            asyncio.create_task(self.channels.run()),
            asyncio.create_task(self.alerts.run(), name="alerts"),
            asyncio.create_task(self.hooks.deliverer.run(), name="webhooks"),
            asyncio.create_task(self.served.run(self.public_url), name="shop"),
        ]
        await self.office.start()
        if self.postman is not None:
            self.tasks.append(asyncio.create_task(self.postman.run()))
        if self.search.is_local:
            self.tasks.append(asyncio.create_task(self._watch_index(), name="index"))
        for task in self.tasks:
            task.add_done_callback(_report)
        log.info("started", resumed=resumed)

    async def stop(self) -> None:
        """Finish open turns; what is not done in time stays on disk for the next start."""
        await self.desk.close(grace_seconds=_GRACE_SECONDS)
        await self.outbox.finish(grace_seconds=_GRACE_SECONDS)
        if self.postman is not None:
            await self.postman.finish(grace_seconds=_GRACE_SECONDS)
        await self.office.stop()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.channels.close()
        await self.served.close()
        await asyncio.to_thread(self.executor.shutdown, wait=True, cancel_futures=True)
        await self.store.close()

    @property
    def link(self) -> "Link | None":
        """To the shop's own system, where it has one."""
        return self.served.link

    def checks(self) -> Mapping[str, Callable[[], Awaitable[object]]]:
        """What a turn depends on, each as something that raises when it is not there."""
        loop = asyncio.get_running_loop()
        return {
            "database": self.store.check,
            "shop": self.shop.profile,
            "encoder": lambda: loop.run_in_executor(self.executor, self.encoder.embed_queries, ["ready?"]),
            "index": lambda: loop.run_in_executor(self.executor, self._ask_index),
        }

    async def _watch_index(self) -> None:
        """What another process ingests is noticed before a question waits for it."""
        while True:
            with suppress(KnowledgeError):  # told to whoever asks, and by /readyz
                await asyncio.to_thread(self.search.look)
            await asyncio.sleep(_LOOK_SECONDS)

    def _ask_index(self) -> None:
        vector = self.encoder.embed_queries(["ready?"])[0]
        self.search.find(vector, "ready?", language="en", limit=1)

    def _warm_up_encoder(self) -> None:
        self.encoder.warm_up()
        self.encoder.embed_queries(["你好", "hello"])

    def _warm_up_search(self) -> None:
        if not self.search.is_loaded:
            self.search.warm_up()
        if not self.search.is_calibrated:
            log.warning("confidence_fitted_with_another_encoder")
        # Latin text makes it read its statistics, which must not happen while others wait.
        detect_language("parcel tracking question", fallback=None)


async def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    connectors: Mapping[str, Connector] | None = None,
    models: Models | None = None,
    system: ShopSystem | None = None,
) -> Kefu:
    """Everything wired, nothing started. `models` are the settings' where they are open already,
    `system` stands in for the one that KEFU_SHOP names.

    Raises:
        NotPrepared: a model, the index or the shop is missing; the message names the command.
    """
    clock = clock or (lambda: datetime.now(UTC))
    if models is None:
        models = await asyncio.to_thread(open_models, settings)
    encoder, search = models.encoder, models.search
    classifier, texts = await asyncio.to_thread(_load, settings, encoder)
    await upgrade(settings.database)
    database = open_database(settings.database)
    events = Events()
    store = SqlStore(database, clock=clock, events=events)
    served = await open_shop(
        settings,
        database,
        store,
        media=media_folder(settings),
        clock=clock,
        on_change=telling(events),
        system=system,
    )
    shop: Shop = served.shop
    profile = await shop.profile()
    texts = replace(texts, tone=profile.tone)
    # A query keeps one processor busy, so as many turns are understood at once as the encoder has threads.
    executor = executor_beside(settings.threads, "models")
    live, metrics = Live(), Metrics()
    codes = await asyncio.to_thread(_open_codes, settings, shop, store, texts)
    identification = Identification(shop, store, ways=settings.verify_by, codes=codes)
    answers = Answers(search, executor)
    languages = texts.languages(profile.languages)
    understander = Understander(encoder, classifier, shop, executor, languages, search.prepare)
    tools = {tool.name: tool for tool in TOOLS}
    finder = SearchFinder(search, encoder, executor)

    def acting(shop: Shop, identification: Identification) -> Acting:
        tool_round = ToolRound(tools, shop, texts, Identifying(identification, texts), finder)
        saying = Saying(shop, texts)
        return Acting(
            texts=texts,
            tool_of=tool_of(TOOLS),
            tools=tool_round,
            confirming=Confirming(tools, shop, tool_round),
            looking_up=LookingUp(answers, understander, saying, texts),
            saying=saying,
            handing_over=HandingOver(
                shop, texts, store, minutes=settings.handover_minutes, deadlines=deadlines_of(settings)
            ),
            afterwards=Afterwards(texts),
            understander=understander,
        )

    file = await asyncio.to_thread(read_channels, settings.channels) if settings.channels else ChannelsFile()
    opened, sessions = await open_channels(file, store, clock=clock)
    connectors = {**opened, **(connectors or {})}
    links, key = Links(database), await asyncio.to_thread(_key, settings, "links")
    offers = Offers(links, store, texts, connectors, key, public_url=settings.public_url)
    joining = Joining(offers, links, store, texts, languages=texts.languages(profile.languages))
    dialogue = Dialogue(understander, acting(shop, identification), metrics, joining)
    # Drafts for agents: nothing can be changed, and with no way to prove who asks no attempt is counted.
    drafting = Dialogue(understander, acting(reading(shop), Identification(shop, store, ways=())), Metrics())
    outbox = Outbox(store, connectors, clock=clock)
    desk = Desk(store, dialogue, live, metrics, clock=clock, pushed=connectors.keys(), deliver=outbox.wake)
    turns = Turns(
        shop, texts, store, deadlines=deadlines_of(settings), handover_minutes=settings.handover_minutes
    )
    attachments = Attachments(store, settings.data / "attachments", clock=clock)
    calls = ToolCalls(tools, shop, store, texts, understander, finder)
    staff = SqlStaffStore(database)
    demo_password = await asyncio.to_thread(_demo_password, settings) if settings.demo else None
    office = open_office(
        staff=staff,
        logins=Logins(staff, store, clock=clock),
        store=store,
        shop=shop,
        desk=desk,
        live=live,
        calls=calls,
        turns=turns,
        drafting=drafting,
        translator=Translator(settings.translate_url, settings.translate_key)
        if settings.translate_url
        else None,
        assignment=settings.assignment,
        demo_password=demo_password,
        clock=clock,
    )
    return Kefu(
        desk=desk,
        dialogue=dialogue,
        store=store,
        shop=shop,
        served=served,
        texts=texts,
        answers=answers,
        calls=calls,
        search=search,
        encoder=encoder,
        live=live,
        metrics=metrics,
        media=media_folder(settings),
        outbox=outbox,
        timers=Timers(
            store,
            desk,
            turns,
            Places(store, live, texts, clock=clock),
            clock=clock,
            away=timedelta(minutes=settings.agent_away_minutes),
        ),
        restock=Restock(shop, store, desk, clock=clock),
        attachments=attachments,
        channels=Channels(
            connectors,
            sessions,
            desk,
            store,
            attachments,
            Colleagues(
                staff,
                office.handling,
                shop,
                texts,
                connectors,
                file.alerts,
                public_url=settings.public_url,
            ),
            clock=clock,
            max_chars=settings.max_chars,
        ),
        offers=offers,
        alerts=Alerts(
            database,
            shop,
            texts,
            connectors,
            file.alerts,
            public_url=settings.public_url,
            clock=clock,
        ),
        office=office,
        reports=open_reports(
            database=database,
            staff=staff,
            shop=shop,
            search=search,
            encoder=encoder,
            executor=executor,
            open_index=partial(index_of, settings, encoder),
            faq=faq_folder(settings),
            clock=clock,
        ),
        hooks=open_hooks(
            database,
            events,
            key=await asyncio.to_thread(_key, settings, "webhooks"),
            allow_private=settings.webhook_allow_private,
            keep_days=settings.webhook_days,
            clock=clock,
        ),
        repeats=Repeats(database, await asyncio.to_thread(_key, settings, "repeats"), clock=clock),
        postman=codes.postman if codes else None,
        public_url=settings.public_url,
        executor=executor,
        clock=clock,
        tasks=[],
    )


def _demo_password(settings: Settings) -> str:
    """Blocking."""
    return password_from(key_for("demo agents", secret_of(settings)))


def _open_codes(settings: Settings, shop: Shop, store: Store, texts: Texts) -> Codes | None:
    """None where no mail server is set up; blocking."""
    mailer = open_mailer(settings)
    if mailer is None:
        return None
    return Codes(shop, store, texts, Postman(mailer), key_for("codes", secret_of(settings)))


def _key(settings: Settings, use: str) -> bytes:
    """Blocking."""
    return key_for(use, secret_of(settings))


def _load(settings: Settings, encoder: Encoder) -> tuple[IntentClassifier, Texts]:
    """What is read from files; blocking."""
    topics()
    default_policy()
    try:
        classifier = IntentClassifier.load(classifier_file(settings), encoder.fingerprint)
    except ClassifierError as error:
        raise NotPrepared(f"{error}.", "kefu train") from error
    return classifier, load_texts({tool.name: tool.texts for tool in TOOLS})


def _report(task: asyncio.Task[None]) -> None:
    """What runs until the end broke before it: nobody awaits it until then."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("task_ended", task=task.get_name(), exc_info=error)

"""kefu doctor: what is wrong, and the command that mends it."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import typer

from bot.channels_file import read_channels
from bot.commands.options import Data, out, settings_for
from bot.errors import KefuError, NotPrepared
from bot.mail import open_mailer
from bot.prepared import classifier_file, index_location, open_index
from bot.settings import Settings
from bot.shop.sql import SqlShop
from bot.shop_file import read_shop_file
from bot.store.migrate import upgrade
from bot.store.opening import open_database
from connectors.registry import BadConfig, check_connector, check_shop_system
from intents.classifier import ClassifierError, IntentClassifier
from knowledge.encoder import encoder_folder
from knowledge.errors import KnowledgeError
from knowledge.prepare import check as check_encoder
from knowledge.search import open_search

_LEAST_FREE = 500 * 2**20


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    problem: str | None
    remedy: str = ""


def doctor(data: Data = None) -> None:
    """Check everything a turn depends on; exit code 1 when something is wrong."""
    settings = settings_for(data)
    wrong = 0
    for finding in examine(settings):
        if finding.problem is None:
            out.print(f"[green]ok[/green]     {finding.what}")
            continue
        wrong += 1
        out.print(f"[red]wrong[/red]  {finding.what}: {finding.problem}")
        if finding.remedy:
            out.print(f"       mend it with: [bold]{finding.remedy}[/bold]")
    raise typer.Exit(1 if wrong else 0)


def examine(settings: Settings) -> Iterator[Finding]:
    """One finding after another, as each is known."""
    for what, (check, remedy) in CHECKS.items():
        if what in _ONLY_WITH and not getattr(settings, _ONLY_WITH[what]):
            continue
        yield finding(what, partial(check, settings), remedy)


def finding(what: str, check: Callable[[], object], remedy: str) -> Finding:
    try:
        check()
    except (KefuError, KnowledgeError, ClassifierError, BadConfig, OSError) as error:
        return Finding(what, str(error), getattr(error, "remedy", "") or remedy)
    return Finding(what, None)


def _python(_settings: Settings) -> None:
    if sys.version_info[:2] != (3, 11):
        raise KefuError(
            f"this is Python {sys.version_info.major}.{sys.version_info.minor}, Kefu runs on 3.11"
        )


def _room(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data).free
    if free < _LEAST_FREE:
        raise KefuError(f"{free >> 20} MiB are free below {settings.data}; make room for {_LEAST_FREE >> 20}")


def _encoder(settings: Settings) -> None:
    check_encoder(encoder_folder(settings.cache, settings.encoder), settings.encoder)


def _classifier(settings: Settings) -> None:
    encoder, _ = open_index(settings)
    IntentClassifier.load(classifier_file(settings), encoder.fingerprint)


def _database(settings: Settings) -> None:
    asyncio.run(upgrade(settings.database))


def _shop(settings: Settings) -> None:
    asyncio.run(_ask_shop(settings))


async def _ask_shop(settings: Settings) -> None:
    remedy = "kefu shop sync" if settings.shop else "kefu shop import DIR"
    database = open_database(settings.database)
    try:
        products = await SqlShop(database).catalogue()
    except NotPrepared as error:
        raise NotPrepared("There is no shop yet.", remedy) from error
    finally:
        await database.close()
    if not products:
        raise NotPrepared("The shop has no products.", remedy)


def _index(settings: Settings) -> None:
    encoder, index = open_index(settings)
    if not index.count():
        raise NotPrepared(f"The index at {index_location(settings)} is empty.", "kefu ingest DIR")
    open_search(index, encoder).find(encoder.embed_queries(["hello"])[0], "hello", language="en", limit=1)


def _shop_file(settings: Settings) -> None:
    if settings.shop:
        file = read_shop_file(settings.shop)
        check_shop_system(file.system, file.config)


def _channels(settings: Settings) -> None:
    if settings.channels:
        for name, config in read_channels(settings.channels).channels.items():
            check_connector(name, config)


def _mail(settings: Settings) -> None:
    mailer = open_mailer(settings)
    if mailer is not None:
        mailer.check()


CHECKS: Mapping[str, tuple[Callable[[Settings], object], str]] = {
    "Python 3.11": (_python, ""),
    "room on disk": (_room, ""),
    "encoder": (_encoder, "kefu models prepare"),
    "intent classifier": (_classifier, "kefu train"),
    "database": (_database, "check KEFU_DATABASE_URL and the disk"),
    "shop file": (_shop_file, "the file as docs/linked.md shows it"),
    "shop": (_shop, "kefu shop import DIR  (or: kefu demo)"),
    "index": (_index, "kefu ingest DIR  (or: kefu demo)"),
    "channels": (_channels, "the section as the README in its folder of connectors/ shows it"),
    "mail": (_mail, "check KEFU_SMTP_URL and KEFU_MAIL_FROM"),
}
"""What a turn depends on, in the order in which it is made: how to look at it, and what mends it."""
_ONLY_WITH = {"shop file": "shop", "channels": "channels", "mail": "smtp_url"}
"""What not every shop has, and the setting that says so."""

"""What is said with nothing looked up: courtesies, and that a person can be had."""

from dataclasses import replace

from bot.conversation import State
from bot.parts import Part
from bot.scene import Scene
from bot.shop.base import Shop
from bot.shop.domain import localize
from bot.texts.catalogue import Texts
from connectors.base import Button, IntentScore

Done = tuple[Part, State]


class Saying:
    def __init__(self, shop: Shop, texts: Texts) -> None:
        self._shop, self._texts = shop, texts

    def plain(self, key: str, scene: Scene) -> Part:
        return Part(text=self._texts.say(key, scene.language))

    async def courtesy(self, key: str, intent: IntentScore, scene: Scene, state: State) -> Done:
        profile = await self._shop.profile()
        shop, assistant = (localize(text, scene.language) for text in (profile.name, profile.assistant))
        text = self._texts.say(key, scene.language, shop=shop, assistant=assistant)
        return Part(text=text, intent=intent), replace(state, offer=None)

    def offer_human(self, key: str, intent: IntentScore | None, scene: Scene, state: State) -> Done:
        human = Button(self._texts.say("button.human", scene.language), "human")
        part = Part(text=self._texts.say(key, scene.language), intent=intent, quick_replies=(human,))
        return part, replace(state, offer="human")

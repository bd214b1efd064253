"""What Kefu says: templates by key and language, filled with facts; no sentence is written anywhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from bot.shipped import shipped
from bot.texts.formatting import spaced

FALLBACK = "en"
Templates = Mapping[str, str]


class _Filler(Formatter):
    """`{count|parcel|parcels}` picks the English form; everything else is `str.format` without attribute access."""

    def get_field(self, field_name: str, _args: object, kwargs: Mapping[str, object]) -> tuple[object, str]:
        name, _, forms = field_name.partition("|")
        value = kwargs[name]
        if forms:
            one, _, many = forms.partition("|")
            value = one if value == 1 else many
        return value, name


_FILLER = _Filler()


@dataclass(frozen=True, slots=True)
class Texts:
    """Every template, by language and key."""

    templates: Mapping[str, Templates]
    tone: str = "neutral"

    def say(self, key: str, language: str, /, **facts: object) -> str:
        """The sentence for `key`, in the shop's tone where one is written for it."""
        text = _FILLER.format(self._template(key, language), **facts)
        return spaced(text) if language == "zh" else text

    def has(self, key: str, language: str) -> bool:
        return key in self.templates.get(language, {})

    def languages(self, preferred: Sequence[str]) -> tuple[str, ...]:
        """The languages that replies are written in, the shop's own first."""
        wanted = [language for language in preferred if language in self.templates]
        return (*wanted, *sorted(set(self.templates) - set(wanted)))

    def _template(self, key: str, language: str) -> str:
        for templates in (self.templates.get(language, {}), self.templates[FALLBACK]):
            for name in (f"{key}@{self.tone}", key):
                if name in templates:
                    return templates[name]
        raise KeyError(key)


def load_texts(tool_texts: Mapping[str, Mapping[str, Templates]]) -> Texts:
    """The language files beside this module, and each tool's own texts under `tool.key`.

    `tool_texts` is tool name → language → key → template. A language file may hold `tool.key` itself,
    so a new language is one file.
    """
    templates: dict[str, dict[str, str]] = {}
    for name, by_language in tool_texts.items():
        for language, texts in by_language.items():
            own = templates.setdefault(language, {})
            own.update({f"{name}.{key}": text for key, text in texts.items()})
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        own = templates.setdefault(path.stem, {})
        own.update(shipped(path))
    return Texts(templates)

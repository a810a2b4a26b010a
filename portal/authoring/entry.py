"""One value of a source with the place it is written: asks for what it should be, and fails with a sentence when it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, cast

from portal.authoring.errors import AuthoringError
from portal.authoring.source import Path, Source
from portal.types import Json

LANGUAGES = ("fr", "en")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    source: Source
    path: Path
    value: Any

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def get(self, key: str) -> "Entry | None":
        found = self.mapping().get(key)
        return None if found is None else Entry(source=self.source, path=(*self.path, key), value=found)

    def need(self, key: str) -> "Entry":
        found = self.get(key)
        if found is None:
            raise self.fail(f"“{key}” is missing here.")
        return found

    def fail(self, sentence: str) -> AuthoringError:
        return self.source.error(self.path, sentence)

    def only(self, *keys: str) -> None:
        """Refuses a key that means nothing here, and guesses the one that was meant."""
        for key in self.mapping():
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                meant = f" Is it “{near[0]}”?" if near else f" What may stand here: {', '.join(keys)}."
                raise self.source.error((*self.path, key), f"“{key}” means nothing here.{meant}")

    def mapping(self) -> Json:
        if not isinstance(self.value, dict):
            raise self.fail("Names with values (name: value) are expected here.")
        return cast("Json", self.value)

    def each(self) -> Iterator["Entry"]:
        if not isinstance(self.value, list):
            raise self.fail("A list (lines that begin with a dash) is expected here.")
        for index, value in enumerate(cast("list[Any]", self.value)):
            yield Entry(source=self.source, path=(*self.path, index), value=value)

    def one_or_more(self) -> Iterator["Entry"]:
        if isinstance(self.value, list):
            yield from self.each()
        else:
            yield self

    def string(self) -> str:
        """A word or sentence. A number stands for its own digits: a code may be written without quotes."""
        if isinstance(self.value, bool) or not isinstance(self.value, (str, int, Decimal)):
            raise self.fail("A word or a sentence is expected here.")
        return str(self.value)

    def one_of(self, *words: str) -> str:
        word = self.string()
        if word not in words:
            raise self.fail(f"“{word}” is not possible here. Choose one of: {', '.join(words)}.")
        return word

    def integer(self) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.fail("A whole number is expected here.")
        return self.value

    def number(self) -> int | Decimal:
        if isinstance(self.value, bool) or not isinstance(self.value, (int, Decimal)):
            raise self.fail("A number is expected here.")
        return self.value

    def boolean(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.fail("true or false is expected here.")
        return self.value

    def text(self, name: str) -> Json:
        """`{fr: …, en: …}`, or one string for all languages, as FHIR's string `name` with its translations."""
        if isinstance(self.value, dict):
            self.only(*LANGUAGES)
            if "fr" not in self:
                raise self.fail("The French text is missing.")
            return translated(name, {language: each.string() for language in LANGUAGES if (each := self.get(language))})
        return {name: self.string()}


def translated(name: str, texts: dict[str, str]) -> Json:
    """The first text under `name`, the others as translations of it. French is the language of every form."""
    first, *others = texts.items()
    element: Json = {name: first[1]}
    if others:
        element[f"_{name}"] = {
            "extension": [
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/translation",
                    "extension": [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": text}],
                }
                for language, text in others
            ]
        }
    return element


def with_extensions(element: Json, *extensions: Json | None) -> Json:
    """The element with those extensions that exist after the ones it has."""
    present = [each for each in extensions if each]
    return {**element, "extension": [*element.get("extension", ()), *present]} if present else element

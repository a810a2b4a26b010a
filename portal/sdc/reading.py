"""Reading FHIR elements: extensions by address, texts with their translations, numbers without rounding."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.sdc import urls
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalText:
    """A text of a form in the languages it was written in. Falls back from fr-CA to fr to the form's own language."""

    default: str = ""
    translations: Mapping[str, str] = field(default_factory=dict[str, str])

    def __call__(self, locale: str) -> str:
        return self.translations.get(locale) or self.translations.get(locale.partition("-")[0]) or self.default

    def __bool__(self) -> bool:
        return bool(self.default)


def local_text(element: Json, name: str) -> LocalText:
    """The string `name` of an element with the translations that its `_name` carries."""
    return LocalText(default=element.get(name, ""), translations=_translations(element.get(f"_{name}")))


def extension_text(extension: Json | None, kind: str = "valueString") -> LocalText:
    return local_text(extension, kind) if extension else LocalText()


def _translations(shadow: Json | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for translation in extensions(shadow or {}, urls.TRANSLATION):
        language, content = value_of(extension(translation, "lang")), value_of(extension(translation, "content"))
        if language and content:
            found[language] = content
    return found


def extensions(element: Json, url: str) -> Iterator[Json]:
    return (each for each in element.get("extension", ()) if each.get("url") == url)


def extension(element: Json, url: str) -> Json | None:
    """The first; asked a hundred times of each item while a form is compiled, so without a generator."""
    for each in element.get("extension", ()):
        if each.get("url") == url:
            return each
    return None


def value_of(element: Json | None) -> Any:
    """The value[x] of an extension, an answer, an option or an initial; None when there is none."""
    if element:
        for key, value in element.items():
            if key.startswith("value"):
                return value
    return None


def extension_value(element: Json, url: str) -> Any:
    return value_of(extension(element, url))


def concept_code(concept: Json | None) -> str:
    """The first code of a CodeableConcept, or empty."""
    return next((coding["code"] for coding in (concept or {}).get("coding", ()) if "code" in coding), "")


def decimal(value: float | str | Decimal) -> Decimal:
    """A number with the digits as written: 7.50 stays 7.50, and 0.1 is not 0.1000000000000000055."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    exponent = number.as_tuple().exponent
    return Decimal(format(number, "f")) if isinstance(exponent, int) and exponent > 0 else number  # 1E+2 is written 100

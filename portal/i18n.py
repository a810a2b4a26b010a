"""Sentences, dates and numbers in the person's language. French first; the msgid in the code is the English sentence.

A page receives one `Texts` and hands it down. Nothing is global, so two people never share a language by accident.
"""

import datetime as dt
import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from portal.clock import PARIS

LOCALES = ("fr", "en")
LOCALES_FOLDER = Path(__file__).parent.parent / "locales"
NBSP = "\u00a0"


def N_(msgid: str) -> str:  # noqa: N802 – gettext's own name
    """Marks a sentence for extraction where it is only kept, to be translated later."""
    return msgid


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A sentence to be said later in the listener's language: msgid and its parameters."""

    msgid: str
    params: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """One language. Calling it translates a sentence; its methods write times, dates and numbers as that language does."""

    locale: str
    catalogue: gettext.NullTranslations

    def __call__(self, msgid: str, /, **params: object) -> str:
        sentence = self.catalogue.gettext(msgid)
        return sentence.format(**params) if params else sentence

    def plural(self, one: str, many: str, n: int, /, **params: object) -> str:
        return self.catalogue.ngettext(one, many, n).format(n=n, **params)

    def say(self, message: Message) -> str:
        """A sentence made elsewhere; its decimals get the comma of this language, and no other mark: they may be years."""
        return self(message.msgid, **{name: self._written(value) for name, value in message.params.items()})

    def choose(self, translations: Mapping[str, str]) -> str:
        """The text for this language out of content that carries several; French when this one is missing."""
        return translations.get(self.locale) or translations.get("fr") or next(iter(translations.values()), "")

    def time(self, at: dt.datetime) -> str:
        """14 h 02 · 14:02, at the centres' time."""
        local = at.astimezone(PARIS)
        return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}" if self.locale == "fr" else format_time(local, "HH:mm")

    def date(self, day: dt.date) -> str:
        """In full: mercredi 2 décembre 2026 · Wednesday 2 December 2026."""
        return format_date(_day(day), "EEEE d MMMM yyyy", locale=self._babel)

    def day(self, day: dt.date) -> str:
        """02/12/2026 in both languages: the portal's users are in France."""
        return f"{_day(day):%d/%m/%Y}"

    def month(self, day: dt.date) -> str:
        """Month and year: déc. 2026 · Dec 2026."""
        return format_date(_day(day), "MMM yyyy", locale=self._babel)

    def moment(self, at: dt.datetime) -> str:
        """02/12/2026 à 14 h 02 · 02/12/2026 at 14:02."""
        t = self
        return t("{day} at {time}", day=self.day(at), time=self.time(at))

    def number(self, value: float | Decimal, digits: int | None = None) -> str:
        """Decimal comma in French; `digits` after the separator, or as many as the value has."""
        if digits is not None:
            return format_decimal(value, "#,##0." + "0" * digits if digits else "#,##0", locale=self._babel).replace(
                "\u202f", NBSP
            )
        return format_decimal(value, "#,##0.######", locale=self._babel).replace("\u202f", NBSP)

    def _written(self, value: object) -> object:
        if not isinstance(value, Decimal):
            return value
        return format(value, "f").replace(".", "," if self.locale == "fr" else ".")

    @property
    def _babel(self) -> str:
        return "fr_FR" if self.locale == "fr" else "en_GB"


def _day(value: dt.date) -> dt.date:
    return value.astimezone(PARIS).date() if isinstance(value, dt.datetime) else value


@cache
def texts(locale: str) -> Texts:
    """The sentences of one language. An unknown language gets French."""
    code = locale if locale in LOCALES else "fr"
    with (LOCALES_FOLDER / code / "LC_MESSAGES" / "portal.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Texts(locale=code, catalogue=gettext.GNUTranslations(compiled))


__all__ = ["LOCALES", "LOCALES_FOLDER", "NBSP", "N_", "Message", "Texts", "texts"]

"""Short words about patients that several pages share."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from markupsafe import Markup

from components.markup import band, h, trend
from pages.base import Visit
from pages.practitioner.drawing import instrument
from portal.authoring import Catalogue
from portal.i18n import Texts
from portal.people import Glance, ScoreGlance, TrialGlance, VisitGlance
from portal.record import analytes


def sex(t: Texts, gender: str) -> str:
    """As on a medical file: F, M, or in words."""
    return {"female": "F", "male": "M", "other": t("other")}.get(gender, t("not known"))


def birth(t: Texts, gender: str) -> str:
    """“Née le” or “Né le”: French says the sex here."""
    return {"female": t("Born on"), "male": t("Born")}.get(gender, t("Date of birth"))


def soon(t: Texts, day: date) -> str:
    """A coming day: mer. 2 déc., with the year when it is another one."""
    locale = "fr_FR" if t.locale == "fr" else "en_GB"
    return format_date(day, "EEE d MMM", locale=locale)


def coming(t: Texts, day: date, today: date) -> str:
    locale = "fr_FR" if t.locale == "fr" else "en_GB"
    return soon(t, day) if day.year == today.year else format_date(day, "d MMM yyyy", locale=locale)


def study_words(visit: Visit, trial: TrialGlance, glance: Glance) -> str:
    """The study, and the visit that goes on in it, or else the one that comes next."""
    known = visit.portal.trials.get(trial.id)
    name = visit.t.choose(known.title) if known is not None else trial.name
    seen = (each for each in (glance.current, glance.visit) if each is not None and each.trial == trial.id)
    label = next((visit_words(visit, each) for each in seen), "")
    return f"{name} · {label}" if label else name


def visit_words(visit: Visit, planned: VisitGlance) -> str:
    """The visit's name in the reader's language, as its trial's file says it."""
    trial = visit.portal.trials.get(planned.trial)
    kinds = {kind.id: kind for kind in trial.visits} if trial is not None else {}
    return visit.t.choose(kinds[planned.kind].title) if planned.kind in kinds else planned.label


def alert_words(t: Texts, catalogue: Catalogue, rule: str, stored: str) -> str:
    """The alert in the reader's language: from the form that has the rule, else rebuilt from the analyte's name."""
    if t.locale == "fr":
        return stored
    analyte = analytes().by_key.get(rule.removeprefix("biology-")) if rule.startswith("biology-") else None
    if analyte is not None:
        french, english = (label.split(",")[0] for label in (analyte.label.fr, analyte.label.en))
        return english + stored.removeprefix(french).replace(",", ".")
    rules = (each for form in catalogue for each in form.alerts if each.id == rule and each.message("fr") == stored)
    found = next(rules, None)
    return found.message(t.locale) if found is not None else stored


def score_words(t: Texts, catalogue: Catalogue, glance: ScoreGlance) -> Markup:
    """MADRS 23, its band in words, and how it moved."""
    return h("{} {}", scored(t, catalogue, glance.code, glance.value, named=True), moved(t, glance.change))


def scored(t: Texts, catalogue: Catalogue, code: str, value: Decimal, *, named: bool = False) -> Markup:
    """A score with its band in words, and with its instrument's name where it stands alone."""
    pairs = ((form, score) for form in catalogue for score in form.scores if score.code == code)
    form, definition = next(pairs, (None, None))
    number = f"{instrument(form)} {t.number(value)}" if named and form is not None else t.number(value)
    found = definition.band(value) if definition is not None else None
    if found is None:
        return h("{}", number)
    return h('{} <span class="muted">{}</span>', band(found.level, number), found.label(t.locale))


def moved(t: Texts, change: Decimal | None) -> Markup:
    return trend(t, float(change)) if change else Markup()

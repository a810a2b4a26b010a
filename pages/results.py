"""What the scores say, on screen: the number on its scale, its band in words, what it means, and how it moved. Pure HTML."""

from markupsafe import Markup

from components.markup import band, h, join, spark, typo
from portal.i18n import Texts
from portal.responses import Result


def results_list(t: Texts, results: tuple[Result, ...]) -> Markup:
    return join(result_card(t, each) for each in results)


def result_card(t: Texts, result: Result) -> Markup:
    """Never a number alone: its scale, its band in words, what the instrument says of it, and the former values."""
    definition, found = result.definition, result.band
    title = definition.title(t.locale)
    if result.value is None:
        words = t.plural(
            "Not computed: {n} answer is missing.", "Not computed: {n} answers are missing.", result.missing
        )
        return h('<div class="scorecard"><h3>{}</h3><p class="soft">{}</p>{}</div>', title, words, _before(t, result))
    scale = t("out of {high}", high=t.number(definition.high)) if definition.high is not None else ""
    severity = band(found.level, found.label(t.locale)) if found else ""
    line = h(
        '<p><b class="big num">{}</b> <span class="muted">{}</span> {}</p>', t.number(result.value), scale, severity
    )
    meaning = found.interpretation(t.locale) if found else ""
    told = h('<p class="small soft">{}</p>', typo(t, meaning)) if meaning else ""
    return h('<div class="scorecard"><h3>{}</h3>{}{}{}</div>', title, line, told, _trend(t, result))


def _trend(t: Texts, result: Result) -> Markup:
    """The curve of the latest values, and the same in words."""
    if not result.former or result.value is None:
        return Markup()
    low, high = result.definition.low, result.definition.high
    values = [float(each.value) for each in result.former] + [float(result.value)]
    curve = spark(values, None if low is None else float(low), None if high is None else float(high))
    return h('<div class="spark-words">{}{}</div>', curve, _before(t, result))


def _before(t: Texts, result: Result) -> Markup:
    previous = result.previous
    if previous is None:
        return Markup()
    severity = result.definition.band(previous.value)
    value = t.number(previous.value) + (f" ({severity.label(t.locale)})" if severity else "")
    told = t("Before, on {day}: {value}.", day=t.day(previous.day), value=value)
    change = result.change
    moved = ""
    if change is not None:
        moved = (
            t("Unchanged since.")
            if not change
            else t("Higher by {n} now.", n=t.number(change))
            if change > 0
            else t("Lower by {n} now.", n=t.number(-change))
        )
    return h('<p class="small">{} {}</p>', typo(t, told), moved)

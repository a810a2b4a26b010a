"""What stands beside the charts of the overview: what to read, last scores, what is taken, the next visit."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.charts import lab_range, side_words
from components.form import TextQuestion
from components.icons import icon
from components.markup import band, h, join, spark
from pages.base import Visit
from pages.fields import Fields, ask
from pages.practitioner.drawing import instrument, lab_point
from pages.practitioner.words import alert_words, moved, visit_words
from portal.access import Permission, Scope, may
from portal.i18n import Texts
from portal.people import PatientSummary
from portal.record import Alert, Overview, ScoreSeries, Series, Treatment, Watched, acknowledge_alert

MOST_SCORES, MOST_ALERTS = 8, 3
LATELY = timedelta(days=120)


def to_read(visit: Visit, seen: Overview) -> None:
    """Open alerts, each with the way to say that it has been seen, then results out of their range."""
    t = visit.t
    with ui.element("section").props("id=a-lire"):
        block(t("To read"), tag="h2")
        out = [series for group in seen.biology.groups for series in group.series if _worth_reading(visit, series)]
        if not seen.alerts and not out:
            block(t("Nothing new. Alerts of questionnaires and results out of range appear here."), "soft", "p")
            return
        with ui.element("ul").classes("plain watch"):
            for alert in seen.alerts[:MOST_ALERTS]:
                _alert(visit, alert)
            for series in out[:4]:
                block(
                    h("{}<span>{}</span>", icon("up" if series.last.flag == "H" else "down"), _out(t, series)),
                    "warn",
                    "li",
                )
        _more(visit, seen.alerts[MOST_ALERTS:])


def _worth_reading(visit: Visit, series: Series) -> bool:
    """Lately out of the range that its own laboratory gave."""
    return bool(series.last.flag) and not series.last.usual and visit.me.clock.today() - series.last.day < LATELY


def _more(visit: Visit, alerts: Sequence[Alert]) -> None:
    """The others, under one line that opens."""
    if alerts:
        with ui.element("details"):
            block(visit.t.plural("{n} more alert", "{n} more alerts", len(alerts)), tag="summary")
            with ui.element("ul").classes("plain watch"):
                for alert in alerts:
                    _alert(visit, alert)


def _alert(visit: Visit, alert: Alert) -> None:
    t = visit.t
    words = alert_words(t, visit.me.catalogue, alert.rule, alert.text)
    day = t("On {day}", day=t.day(alert.at))
    where = (
        f"/patients/{alert.patient}/questionnaires/{alert.response}"
        if alert.response
        else f"/patients/{alert.patient}/biologie"
    )
    with ui.element("li").classes("danger"):
        block(icon("alert"), tag="span")
        with ui.element("span"):
            block(h('<a href="{}">{}</a><small>{}</small>', where, words, day), tag="span")
            if may(visit.me.actor, Permission.ALERT_ACKNOWLEDGE, Scope(organizations=visit.me.actor.organizations)):
                Button(t("I have seen it"), lambda: _seen(visit, alert, words), "quiet", "check")


def _seen(visit: Visit, alert: Alert, words: str) -> None:
    t = visit.t
    note = TextQuestion(link_id="note", text=t("What was done (optional)"), lines=3, limit=2000)

    async def send(fields: Fields) -> None:
        await acknowledge_alert(visit.me, alert.id, note=fields.text("note"))

    lead = t("The alert leaves the lists. Your name, the time and your note stay in the record.")
    ask(visit, words, [note], t("Seen"), send, key=f"seen-{alert.id}", lead=lead)


def _out(t: Texts, series: Series) -> Markup:
    point, analyte = lab_point(series.last), series.analyte
    value = t.number(point.value, analyte.digits)
    usual = lab_range(t, point.low, point.high, analyte.digits)
    name = analyte.label.text(t.locale).split(",")[0]
    small = t("{range} expected, sample of {day}", range=usual, day=t.day(point.at))
    return h("{} {} {}, {}<small>{}</small>", name, value, analyte.shown, side_words(t, point), small)


def watched(t: Texts, found: Watched) -> Markup:
    """Name, last value, line on the range, words; the biology tab holds every value."""
    rows = join(_small(t, series) for series in found.series)
    return h('<h2>{}</h2><ul class="plain smalls">{}</ul>', found.watch.label.text(t.locale), rows)


def _small(t: Texts, series: Series) -> Markup:
    point, analyte = lab_point(series.last), series.analyte
    out = "out" if point.side else ""
    values = [float(measure.value) for measure in series.measures[-10:]]
    shape = '<li><span>{}</span><br><b class="{}">{}</b> <span class="small muted">{}</span>{}<small class="{}">{}</small></li>'
    return h(
        shape,
        analyte.label.text(t.locale).split(" (")[0],
        out,
        t.number(point.value, analyte.digits),
        analyte.shown,
        spark(values, point.low, point.high),
        out,
        side_words(t, point),
    )


def last_scores(t: Texts, series: Iterable[ScoreSeries]) -> Markup:
    """The latest of each main score, with its band and how it moved."""
    banded = [each for each in series if each.definition.main and each.definition.bands]
    rows = sorted(banded, key=lambda each: each.last.day, reverse=True)[:MOST_SCORES]
    body = join(_score(t, each) for each in rows)
    heads = h(
        '<th scope="col">{}</th><th scope="col"><span class="sr">{}</span></th><th scope="col">{}</th>',
        t("Scale"),
        t("Value"),
        t("Severity"),
    )
    caption = t("Last scores")
    return h(
        '<h2>{0}</h2><table class="scores"><caption class="sr">{0}</caption><thead><tr>{1}</tr></thead><tbody>{2}</tbody></table>',
        caption,
        heads,
        body,
    )


def _score(t: Texts, series: ScoreSeries) -> Markup:
    found = series.band(series.last.value)
    word = band(found.level, found.label(t.locale)) if found else h('<span class="muted">–</span>')
    name = h('{}<small class="muted">{}</small>', instrument(series.form), t.day(series.last.day))
    return h(
        '<tr><th scope="row">{}</th><td>{}</td><td>{} {}</td></tr>',
        name,
        t.number(series.last.value),
        word,
        moved(t, series.change),
    )


def taken_now(t: Texts, patient: str, lines: Iterable[Treatment]) -> Markup:
    rows = join(h("<li><span>{}</span><small>{}</small></li>", line.name, line.dosage) for line in lines if line.taken)
    body = (
        h('<ul class="plain takes">{}</ul>', rows) if rows else h('<p class="soft">{}</p>', t("No treatment is noted."))
    )
    link = h('<p><a href="/patients/{}/traitements">{}</a></p>', patient, t("See the treatments"))
    return h("<h2>{}</h2>{}{}", t("Takes now"), body, link)


def next_visit(visit: Visit, head: PatientSummary) -> Markup:
    t, glance = visit.t, head.glance
    if glance.visit is not None:
        title = t("Visit {label}", label=visit_words(visit, glance.visit))
        when = h('<p class="soft">{}</p>', t.date(glance.visit.on))
    else:
        title, when = t("Next visit"), h('<p class="soft">{}</p>', t("No visit is planned."))
    forms = t("{done} of {asked} questionnaires received", done=glance.done, asked=glance.asked)
    received = h('<p class="soft">{}</p>', forms) if glance.asked else Markup()
    link = h('<p><a href="/patients/{}/questionnaires">{}</a></p>', head.id, t("See what is missing"))
    return h("<h2>{}</h2>{}{}{}", title, when, received, link)

"""How questionnaires to fill stand in lists: name, length, when they are due, how far they are. Pure HTML."""

from collections.abc import Iterable
from datetime import date

from markupsafe import Markup

from components.icons import icon
from components.markup import h, join, link_button, progress, saved, tag
from portal.i18n import Texts
from portal.responses import State, TodoItem


def address(item: TodoItem) -> str:
    return f"/questionnaire/{item.task}"


def next_sheet(t: Texts, item: TodoItem, today: date) -> Markup:
    """The one thing to do, large: the questionnaire, how far it is, one button."""
    began = item.state is State.STARTED and item.answered > 0
    part = round(100 * item.answered / item.questions) if item.questions else 0
    bar = progress(answered(t, item), 0, 1, part) if began else ""
    line = saved(saved_words(t, item, today)) if item.saved_at else ""
    button = link_button(t("Continue") if began else t("Begin"), address(item))
    return h(
        '<p class="eyebrow">{}</p><h2>{}</h2><p class="soft">{}</p>{}<div class="actions">{}{}</div>',
        due(t, item, today),
        item.form.title(t.locale),
        how_far(t, item) if began else length(t, item),
        bar,
        button,
        line,
    )


def rows(t: Texts, items: Iterable[TodoItem], today: date) -> Markup:
    """One row each, the whole row a link: name, length, when it is due, state."""
    return join(
        h(
            '<a class="task" href="{}"><b>{}</b><small>{}<br>{}</small>{}{}</a>',
            address(item),
            item.form.title(t.locale),
            how_far(t, item) if item.answered else length(t, item),
            due(t, item, today),
            tag(t("Started"), "tint") if item.answered else "",
            icon("next"),
        )
        for item in items
    )


def sent_rows(t: Texts, items: Iterable[TodoItem]) -> Markup:
    return join(
        h(
            '<li>{}<span>{}</span><span class="muted num">{}</span></li>',
            icon("done"),
            _to_read(t, item),
            t.day(item.done_at) if item.done_at else "",
        )
        for item in items
    )


def _to_read(t: Texts, item: TodoItem) -> Markup | str:
    """A sent form leads to its answers, where it is one that patients see."""
    name = item.form.title(t.locale)
    if item.asked.response is None or not item.form.shown_to_patient:
        return name
    return h('<a href="/questionnaires/{}">{}</a>', item.asked.response, name)


def due(t: Texts, item: TodoItem, today: date) -> str:
    """In words: today, tomorrow, before a day, late."""
    day = item.asked.due
    if day is None:
        return t("To do when you can")
    if day < today:
        return t("Was due on {day}: you can still fill it", day=t.date(day))
    if day == today:
        return t("To finish today")
    if (day - today).days == 1:
        return t("To finish by tomorrow")
    return t("To finish before {day}", day=t.date(day))


def length(t: Texts, item: TodoItem) -> str:
    questions = t.plural("{n} question", "{n} questions", item.form.question_count)
    return t("{questions}, about {minutes}", questions=questions, minutes=minutes(t, item.form.minutes))


def how_far(t: Texts, item: TodoItem) -> str:
    if item.minutes_left <= 0:
        return t("Everything is answered: it remains to send it.")
    return t("{answered} About {minutes} left.", answered=answered(t, item), minutes=minutes(t, item.minutes_left))


def answered(t: Texts, item: TodoItem) -> str:
    return t.plural(
        "You have answered {n} of {questions} questions.",
        "You have answered {n} of {questions} questions.",
        item.answered,
        questions=item.questions,
    )


def minutes(t: Texts, count: int) -> str:
    return t.plural("{n} minute", "{n} minutes", max(1, count))


def saved_words(t: Texts, item: TodoItem, today: date) -> str:
    at = item.saved_at
    if at is None:
        return ""
    if t.day(at) == t.day(today):
        return t("Saved at {time}", time=t.time(at))
    return t("Saved on {day} at {time}", day=t.day(at), time=t.time(at))

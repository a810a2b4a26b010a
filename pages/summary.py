"""All answers of a form as they stand: before sending, and when reading what was sent. Pure HTML."""

from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from components.markup import h, join, typo
from pages import questions
from portal.i18n import Texts
from portal.responses import Draft, item_at, shown
from portal.sdc import FormSession, Section


def summary(t: Texts, draft: Draft, numbers: Mapping[str, str]) -> Markup:
    """Each part with its answers and a link back to it; what has no answer is said, not hidden."""
    sections = draft.session.sections()
    unanswered = sum(not given for section in sections for _, given in _rows(t, draft.session, section, numbers))
    left = t.plural("{n} question has no answer.", "{n} questions have no answer.", unanswered) if unanswered else ""
    parts = (_part(t, draft, section, numbers) for section in sections)
    return h('<div class="recaps">{}{}</div>', h('<p class="lead">{}</p>', left) if left else "", join(parts))


def answers_list(t: Texts, rows: Iterable[tuple[str, str]]) -> Markup:
    """Questions with their answers in words; what has none is said."""
    found = join(
        h(
            '<div><dt>{}</dt><dd class="{}">{}</dd></div>',
            typo(t, question),
            "" if given else "muted",
            typo(t, given) if given else t("No answer"),
        )
        for question, given in rows
    )
    return h('<dl class="answerlist">{}</dl>', found)


def _part(t: Texts, draft: Draft, section: Section, numbers: Mapping[str, str]) -> Markup:
    title, lead = questions.heading_of(t, draft.form, section)
    change = t("Change")
    return h(
        '<section class="sheet recap"><div class="recap-head"><h2>{}</h2>'
        '<a href="?partie={}">{}<span class="sr">: {}</span></a></div>{}{}</section>',
        title,
        section.index + 1,
        change,
        title,
        h('<p class="muted">{}</p>', typo(t, lead)) if lead else "",
        answers_list(t, _rows(t, draft.session, section, numbers)),
    )


def _rows(t: Texts, session: FormSession, section: Section, numbers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path in session.visible(section):
        item = item_at(session.form, path)
        if questions.asks(item):
            value = session.state(path).value
            values = value if isinstance(value, list) else [] if value is None else [value]
            question = f"{numbers.get(item.link_id, '')} {item.text(t.locale)}".strip()
            yield question, ", ".join(shown(t, item, each) for each in values)

"""All answers of a form as they stand: before sending, and when reading what was sent. Pure HTML."""

from collections.abc import Callable, Iterator, Mapping

from markupsafe import Markup

from components.markup import dom_id, h, join, typo
from pages import questions
from portal.i18n import Texts
from portal.responses import Draft, item_at, shown
from portal.sdc import FormSession, Section


def summary(t: Texts, draft: Draft, numbers: Mapping[str, str]) -> Markup:
    """Each part with its answers and a link back to it; what has no answer is said, not hidden."""
    sections = draft.session.sections()
    unanswered = sum(not given for section in sections for _, _, given in _rows(t, draft.session, section, numbers))
    left = t.plural("{n} question has no answer.", "{n} questions have no answer.", unanswered) if unanswered else ""
    parts = (_part(t, draft, section, numbers) for section in sections)
    return h('{}<div class="flow-l">{}</div>', h('<p class="lead">{}</p>', left) if left else "", join(parts))


def answers_list(t: Texts, rows: Iterator[tuple[str, str, str]], link: Callable[[str], str] | None = None) -> Markup:
    """Questions with their answers; `link` gives the address behind a question's path."""
    found = join(
        h(
            '<div{}><dt>{}</dt><dd class="{}">{}</dd></div>',
            h(' data-path="{}"', dom_id(path)),
            h('<a href="{}">{}</a>', link(path), typo(t, question)) if link else typo(t, question),
            "" if given else "muted",
            typo(t, given) if given else t("No answer"),
        )
        for path, question, given in rows
    )
    return h('<dl class="answerlist">{}</dl>', found)


def _part(t: Texts, draft: Draft, section: Section, numbers: Mapping[str, str]) -> Markup:
    title, lead = questions.heading_of(t, draft.form, section)
    change = t("Change")
    return h(
        '<section class="sheet flow"><div class="between-row"><h2>{}</h2>'
        '<a href="?partie={}">{}<span class="sr">: {}</span></a></div>{}{}</section>',
        title,
        section.index + 1,
        change,
        title,
        h('<p class="muted">{}</p>', typo(t, lead)) if lead else "",
        answers_list(t, _rows(t, draft.session, section, numbers)),
    )


def _rows(
    t: Texts, session: FormSession, section: Section, numbers: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    for path in session.visible(section):
        item = item_at(session.form, path)
        if questions.asks(item):
            value = session.state(path).value
            values = value if isinstance(value, list) else [] if value is None else [value]
            question = f"{numbers.get(item.link_id, '')} {item.text(t.locale)}".strip()
            yield path, question, ", ".join(shown(t, item, each) for each in values)

"""All answers of a form as they stand: before sending, and when reading what was sent. Pure HTML."""

from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from components.markup import h, join, typo
from pages import arranging, questions
from portal.files import address_of
from portal.i18n import Texts
from portal.responses import Answer, Draft, item_at
from portal.sdc import FormSession, Section


def summary(t: Texts, draft: Draft, numbers: Mapping[str, str]) -> Markup:
    """Each part with its answers and a link back to it; what has no answer is said, not hidden."""
    sections = draft.session.sections()
    unanswered = sum(not given for section in sections for _, given in _rows(t, draft.session, section, numbers))
    left = t.plural("{n} question has no answer.", "{n} questions have no answer.", unanswered) if unanswered else ""
    parts = (_part(t, draft, section, numbers) for section in sections)
    return h('<div class="recaps">{}{}</div>', h('<p class="lead">{}</p>', left) if left else "", join(parts))


def answer_rows(t: Texts, answers: Iterable[Answer]) -> Iterator[tuple[str, str | Markup]]:
    """Sent answers as lines to read; files can be opened."""
    for answer in answers:
        question = f"{answer.item.prefix} {answer.item.text(t.locale)}{_copy(t, answer.path)}".strip()
        yield question, _files(t, answer) if answer.item.type == "attachment" else answer.text(t)


def _files(t: Texts, answer: Answer) -> Markup:
    """Each file under its name; a file that is kept elsewhere cannot be opened here."""
    names = [(address_of(each), each.get("title") or t("Document")) for each in answer.values if isinstance(each, dict)]
    return join(
        (
            h('<a href="{}" target="_blank" rel="noopener">{}</a>', address, name) if address else h("{}", name)
            for address, name in names
        ),
        ", ",
    )


def answers_list(t: Texts, rows: Iterable[tuple[str, str | Markup]]) -> Markup:
    """Questions with their answers in words; what has none is said."""
    found = join(
        h(
            '<div><dt>{}</dt><dd class="{}">{}</dd></div>',
            typo(t, question),
            "" if given else "muted",
            (given if isinstance(given, Markup) else typo(t, given)) if given else t("No answer"),
        )
        for question, given in rows
    )
    return h('<dl class="answerlist">{}</dl>', found)


def _part(t: Texts, draft: Draft, section: Section, numbers: Mapping[str, str]) -> Markup:
    title, lead = arranging.heading_of(t, draft.form, section)
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
            answer = questions.given_in_words(t, session, path, item)
            question = f"{numbers.get(item.link_id, '')} {item.text(t.locale)}{_copy(t, path)}".strip()
            yield question, answer


def _copy(t: Texts, path: str) -> str:
    """Which copy of a repeating group a question belongs to, where there are several."""
    numbers = [each.partition("]")[0] for each in path.split("[")[1:]]
    words = [t("line {number}", number=int(each) + 1) for each in numbers if each.isdecimal()]
    return f" ({', '.join(words)})" if words else ""

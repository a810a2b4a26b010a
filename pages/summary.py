"""All answers of a form as they stand: before sending, and when reading what was sent. Pure HTML."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from components.markup import h, join, typo
from pages import arranging
from portal.files import address_of
from portal.i18n import Texts
from portal.responses import Answer, Draft, ReadResponse, SignedBy, answers_in, titles_in
from portal.sdc import FormItem, Section
from portal.wording import Labels


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A question with its answer in words. `aside` says where an answer comes from that nobody was asked for.

    `told` is a text of the form to read, without an answer.
    """

    question: str
    given: str | Markup = ""
    aside: str = ""
    told: bool = False


def summary(t: Texts, draft: Draft, numbers: Mapping[str, str]) -> Markup:
    """Each part with its answers and a link back to it; what has no answer is said, not hidden."""
    sections = draft.session.sections()
    answers = [each for each in answers_in(draft.session) if each.item.captured]
    titles = titles_in(draft.session)
    labels = Labels(t, draft.form)
    unanswered = sum(not each.values for each in answers)
    left = t.plural("{n} question has no answer.", "{n} questions have no answer.", unanswered) if unanswered else ""
    parts = []
    for section in sections:
        here = [each for each in answers if each.section == section.index]
        rows = answer_rows(t, labels, here, under=section.group, numbers=numbers, opens=False)
        parts.append(_part(t, draft, section, titles.get(section.index, ""), rows))
    return h('<div class="recaps">{}{}</div>', h('<p class="lead">{}</p>', left) if left else "", join(parts))


def sent_answers(t: Texts, found: ReadResponse) -> Markup:
    """What was sent, part after part, in the order of the form."""
    labels, parts = Labels(t, found.form), list[Markup]()
    several = len(found.form.sections) > 1
    for section in found.form.sections:
        told = found.told(section)
        if told:
            title = h("<h3>{}</h3>", typo(t, found.title(t, section))) if several else ""
            rows = answer_rows(t, labels, told, under=section.group if several else None)
            parts.append(h("{}{}", title, answers_list(t, rows)))
    return join([*parts, *(_signed(t, each) for each in found.signed)])


def _signed(t: Texts, signature: SignedBy) -> Markup:
    drawn = h('<img src="{}" alt="{}">', signature.drawing, t("Drawn signature")) if signature.drawing else ""
    return h('<div class="signed"><p>{}</p>{}</div>', signature.told(t), drawn)


def answer_rows(
    t: Texts,
    labels: Labels,
    answers: Iterable[Answer],
    *,
    under: FormItem | None = None,
    numbers: Mapping[str, str] | None = None,
    opens: bool = True,
) -> Iterator[Row]:
    """Answers as lines to read; with `opens` files can be opened. `under` is the group whose title stands above them."""
    for answer in answers:
        number = answer.item.prefix if numbers is None else numbers.get(answer.item.link_id, "")
        yield Row(
            question=f"{number} {answer.label(labels, under=under)}".strip(),
            given=_files(t, answer) if opens and answer.item.type == "attachment" else answer.text(t),
            aside=t(answer.origin) if answer.origin else "",
            told=not answer.item.question,
        )


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


def answers_list(t: Texts, rows: Iterable[Row]) -> Markup:
    """Questions with their answers in words; what has none is said."""
    return h('<dl class="answerlist">{}</dl>', join(_row(t, row) for row in rows))


def _row(t: Texts, row: Row) -> Markup:
    question = typo(t, row.question)
    if row.told:
        return h('<div class="told"><dt class="sr">{}</dt><dd>{}</dd></div>', t("Note"), question)
    given = row.given if isinstance(row.given, Markup) else typo(t, row.given)
    aside = h(' <small class="muted">{}</small>', row.aside) if row.aside else ""
    css = "" if given else "muted"
    return h('<div><dt>{}</dt><dd class="{}">{}{}</dd></div>', question, css, given or t("No answer"), aside)


def _part(t: Texts, draft: Draft, section: Section, said: str, rows: Iterable[Row]) -> Markup:
    title, lead = arranging.heading_of(t, draft.form, section)
    title = said or title
    change = t("Change")
    return h(
        '<section class="sheet recap"><div class="recap-head"><h2>{}</h2>'
        '<a href="?partie={}">{}<span class="sr">: {}</span></a></div>{}{}</section>',
        title,
        section.index + 1,
        change,
        title,
        h('<p class="muted">{}</p>', typo(t, lead)) if lead and not said else "",
        answers_list(t, rows),
    )

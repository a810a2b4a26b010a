"""Answers that were sent, on paper: whose they are, what they say, every answer, every correction. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.i18n import Texts
from portal.reports.sheet import h, join, sheet
from portal.responses import REASONS, Answer, Change, ReadResponse, Result, SignedBy
from portal.wording import Labels


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """Whose answers, as they stand at the head of each page: name, birth date, Fondacode; what the reader may see of it."""

    identity: str
    by: str = ""


def answers_paper(t: Texts, found: ReadResponse, told: Sequence[Result], about: About) -> str:
    """The whole document. `told` are the scores that the reader may see."""
    name = found.form.title(t.locale)
    sent = t("Sent on {moment}", moment=t.moment(found.at))
    body = [h("<h1>{}</h1>", name), h("<p>{}</p>", about.identity), h('<p class="soft">{}</p>', sent)]
    if about.by:
        body.append(h('<p class="soft">{}</p>', t("Filled by {name}", name=about.by)))
    if told:
        body.append(h("<h2>{}</h2>{}", t("Results"), _results(t, told)))
    labels = Labels(t, found.form)
    body.extend(_answers(t, labels, found))
    body.extend(_signed(t, each) for each in found.signed)
    if len(found.versions) > 1:
        body.append(h("<h2>{}</h2>{}", t("Corrections"), join(_corrections(t, labels, found))))
    if found.form.copyright(t.locale):
        body.append(h('<p class="source small soft">{}</p>', found.form.copyright(t.locale)))
    return sheet(t, name, body, head=f"{name} · {about.identity}", foot=sent)


def _results(t: Texts, told: Sequence[Result]) -> Markup:
    rows = join(_result(t, each) for each in told)
    heads = join(h('<th scope="col">{}</th>', words) for words in (t("Score"), t("Value"), t("Meaning"), t("Before")))
    return h('<table class="results"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', heads, rows)


def _result(t: Texts, result: Result) -> Markup:
    definition, found, previous = result.definition, result.band, result.previous
    if result.value is None:
        value = t.plural(
            "Not computed: {n} answer is missing.", "Not computed: {n} answers are missing.", result.missing
        )
    else:
        scale = f" / {t.number(definition.high)}" if definition.high is not None else ""
        value = f"{t.number(result.value)}{scale}"
    words = ". ".join(each for each in (found.label(t.locale), found.interpretation(t.locale)) if each) if found else ""
    before = f"{t.number(previous.value)} ({t.day(previous.day)})" if previous else ""
    shape = '<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>'
    return h(shape, definition.title(t.locale), value, words, before)


def _answers(t: Texts, labels: Labels, found: ReadResponse) -> Iterator[Markup]:
    name = found.form.title(t.locale)
    for section in found.form.sections:
        told = found.told(section)
        if not told:
            continue
        title = found.title(t, section)
        own = bool(title) and title != name
        yield h("<h2>{}</h2>", title if own else t("Answers"))
        lines = join(_line(t, each, each.label(labels, under=section.group if own else None)) for each in told)
        yield h("<table><tbody>{}</tbody></table>", lines)


def _line(t: Texts, answer: Answer, label: str) -> Markup:
    """One answer, with where it comes from when nobody was asked; a text of the form takes the whole line."""
    question = f"{answer.item.prefix} {label}".strip()
    if not answer.item.question:
        return h('<tr><td class="told" colspan="2">{}</td></tr>', question)
    aside = h(' <span class="small soft">({})</span>', t(answer.origin)) if answer.origin else ""
    given = answer.text(t) or t("No answer")
    return h('<tr><th scope="row">{}</th><td>{}{}</td></tr>', question, given, aside)


def _signed(t: Texts, signature: SignedBy) -> Markup:
    drawn = h('<img src="{}" alt="{}">', signature.drawing, t("Drawn signature")) if signature.drawing else ""
    return h('<div class="signed"><p>{}</p>{}</div>', signature.told(t), drawn)


def _corrections(t: Texts, labels: Labels, found: ReadResponse) -> Iterator[Markup]:
    """Each correction with who made it, why, and what each answer was before."""
    for version in found.versions[:-1]:
        reason = t(REASONS[version.reason]) if version.reason in REASONS else ""
        why = ", ".join(part for part in (version.name, reason, version.text) if part)
        yield h("<h3>{}</h3><p>{}</p>", t("Corrected on {moment}", moment=t.moment(version.at)), why)
        lines = join(_moved(t, labels, change) for change in version.changes)
        yield h("<table><tbody>{}</tbody></table>", lines)


def _moved(t: Texts, labels: Labels, change: Change) -> Markup:
    known = change.after or change.before
    label = known.label(labels) if known else ""
    was, now = ((each.text(t) if each else "") or t("No answer") for each in (change.before, change.after))
    return h('<tr><th scope="row">{}</th><td>{} → {}</td></tr>', label, was, now)

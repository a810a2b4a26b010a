"""Answers that were sent, on paper: whose they are, what they say, every answer, every correction. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.i18n import Texts
from portal.reports.sheet import h, join, sheet
from portal.responses import REASONS, ReadResponse, Result


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
    body.extend(_answers(t, found))
    if len(found.versions) > 1:
        body.append(h("<h2>{}</h2>{}", t("Corrections"), join(_corrections(t, found))))
    if found.form.copyright(t.locale):
        body.append(h('<p class="small soft">{}</p>', found.form.copyright(t.locale)))
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


def _answers(t: Texts, found: ReadResponse) -> Iterator[Markup]:
    name = found.form.title(t.locale)
    for section in found.form.sections:
        rows = [each for each in found.answers if each.section == section.index]
        if not rows:
            continue
        title = section.title(t.locale)
        yield h("<h2>{}</h2>", title if title and title != name else t("Answers"))
        lines = join(
            h(
                '<tr><th scope="row">{}</th><td>{}</td></tr>',
                f"{each.item.prefix} {each.item.text(t.locale)}".strip(),
                each.text(t) or t("No answer"),
            )
            for each in rows
        )
        yield h("<table><tbody>{}</tbody></table>", lines)


def _corrections(t: Texts, found: ReadResponse) -> Iterator[Markup]:
    """Each correction with who made it, why, and what each answer was before."""
    for version in found.versions[:-1]:
        reason = t(REASONS[version.reason]) if version.reason in REASONS else ""
        why = ", ".join(part for part in (version.name, reason, version.text) if part)
        yield h("<h3>{}</h3><p>{}</p>", t("Corrected on {moment}", moment=t.moment(version.at)), why)
        lines = join(_moved(t, change.before, change.after) for change in version.changes)
        yield h("<table><tbody>{}</tbody></table>", lines)


def _moved(t: Texts, before: object, after: object) -> Markup:
    from portal.responses import Answer

    known = after if isinstance(after, Answer) else before
    label = known.item.text(t.locale) if isinstance(known, Answer) else ""
    was, now = ((each.text(t) if isinstance(each, Answer) else "") or t("No answer") for each in (before, after))
    return h('<tr><th scope="row">{}</th><td>{} → {}</td></tr>', label, was, now)

"""Small pure functions that make HTML: tags, notes, facts, help numbers, save line, progress, bands.

Everything returns `Markup`; a plain string put into `h` is escaped, so a text can never become a tag.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from components.icons import icon
from portal.i18n import N_, NBSP, Texts

TONES = ("", "ok", "warn", "danger", "info", "tint")


def h(template: str, /, *args: object, **kwargs: object) -> Markup:
    """HTML from a template of ours; each argument is escaped unless it is `Markup` already.

    `h('<a href="{}">{}</a>', url, text)`. A literal brace is doubled.
    """
    # `Markup.format` does the same in Python; a form draws through here hundreds of times.
    safe = {name: escape(value) for name, value in kwargs.items()}
    return Markup(template.format(*map(escape, args), **safe))  # noqa: S704 – templates are literals of this product


def join(parts: Iterable[Markup | str], by: str = "") -> Markup:
    return Markup(by).join(parts)  # noqa: S704 – separators are literals of this product


def weave(sentence: str, **parts: Markup) -> Markup:
    """A translated sentence with links or tags at its `{places}`: ask it untranslated of values, `t("… {call} …")`."""
    return Markup(str(escape(sentence))).format(**parts)  # noqa: S704 – the sentence is escaped first


def french_spaces(text: str) -> str:
    """No-break spaces where French typography wants them: before : ; ? ! », after «, between a number and its unit."""
    text = re.sub(r"«[ \u00a0]?", f"«{NBSP}", text)
    text = re.sub(r"[ \u00a0\u202f]([:;?!»])", rf"{NBSP}\1", text)
    return re.sub(r"(?<=\d) (?=(?:h|mg|g|cm|kg|mmol/L|µmol/L|ans|jours|minutes|questions|%)\b|%)", NBSP, text)


def typo(t: Texts, text: str) -> str:
    """A content text (a question, an answer) as it must be typeset in the person's language."""
    return french_spaces(text) if t.locale == "fr" else text


def words(t: Texts, text: str, rich: str = "") -> Markup:
    """A content text, by its own marks where it has some: `rich` is HTML that was cleaned (`components.rich`)."""
    return Markup(rich) if rich else Markup(escape(typo(t, text)))  # noqa: S704 – cleaned before


def dom_id(name: str) -> str:
    """An HTML id made of a linkId or any other name, always the same, never two names on one id."""
    return "q-" + re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found.group()):x}_", name)


def attributes(values: Mapping[str, str | bool]) -> Markup:
    """` name="value"` for each; True is the bare name, False or an empty text is left out. `_` in a name means `-`."""
    made: list[Markup] = []
    for name, value in values.items():
        key = name.strip("_").replace("_", "-")
        if value is True:
            made.append(h(" {}", key))
        elif value:
            made.append(h(' {}="{}"', key, value))
    return join(made)


def tag(text: str, tone: str = "", mark: str = "") -> Markup:
    """A word or two with a role's colour: state, alert, count. `tone` is one of TONES."""
    return h('<span class="tag {}">{}{}</span>', tone, icon(mark) if mark else "", text)


def note(text: str | Markup, tone: str = "", mark: str = "info", title: str = "") -> Markup:
    heading = h('<p class="strong">{}</p>', title) if title else ""
    return h('<div class="note {}">{}<div>{}<p>{}</p></div></div>', tone, icon(mark), heading, text)


def link_button(text: str, href: str, kind: str = "main", mark: str = "", *, wide: bool = False) -> Markup:
    """A link that looks like a button. `kind`: main, side, quiet, danger."""
    css = f"btn btn-{kind}" + (" btn-wide" if wide else "")
    return h('<a class="{}" href="{}">{}{}</a>', css, href, icon(mark) if mark else "", text)


def unavailable_button(text: str, reason: str) -> Markup:
    """What cannot be done now, with the reason beside it: never a grey button without words."""
    return h(
        '<span class="btn btn-main" role="button" tabindex="0" aria-disabled="true">{}</span>'
        ' <span class="muted">{}</span>',
        text,
        reason,
    )


def back_link(text: str, href: str) -> Markup:
    return h('<a class="backlink" href="{}">{}{}</a>', href, icon("back"), text)


def page_head(
    title: str, lead: str | Markup = "", *, eyebrow: str = "", end: Markup | None = None, level: int = 1
) -> Markup:
    """Heading of a page with the sentence under it, and the page's main action on the right."""
    above = h('<p class="eyebrow num">{}</p>', eyebrow) if eyebrow else ""
    below = h('<p class="muted">{}</p>', lead) if lead else ""
    side = h('<div class="end actions">{}</div>', end) if end else ""
    heading = h('<h{0} tabindex="-1" data-focus>{1}</h{0}>', level, title)
    return h('<div class="pagehead"><div>{}{}{}</div>{}</div>', above, heading, below, side)


def facts(pairs: Mapping[str, str | Markup]) -> Markup:
    """Name–value pairs on one line that wraps: birth date, sex, Fondacode…"""
    return h('<dl class="facts">{}</dl>', join(h("<div><dt>{}</dt><dd>{}</dd></div>", k, v) for k, v in pairs.items()))


def band(level: int, text: str) -> Markup:
    """A severity in words with its swatch; `level` 0 (none) to 4 (worst)."""
    return h('<span class="band" data-level="{}">{}</span>', max(0, min(4, level)), text)


def trend(t: Texts, change: float, digits: int = 0) -> Markup:
    """An arrow and the difference with the score before; nothing when it did not move."""
    if not change:
        return Markup()
    words = t("up by") if change > 0 else t("down by")
    mark = icon("up" if change > 0 else "down")
    return h('<span class="trend">{}<span class="sr">{} </span>{}</span>', mark, words, t.number(abs(change), digits))


def meter(done: int, total: int) -> Markup:
    """Questionnaires filled out of those expected, as a short bar and in figures."""
    part = done * 100 // total if total else 0
    return h('<span class="meter"><i style="--part:{}%"></i>{}/{}</span>', part, done, total)


def progress(label: str, done: int, total: int, part: int = 0) -> Markup:
    """One segment a part of the form: `done` full ones, then one filled at `part` per cent. `label` says it in words."""
    steps = join(
        h('<i class="{}" style="--part:{}%"></i>', "done" if n < done else "now" if n == done else "", part)
        for n in range(total)
    )
    return h('<div class="progress" role="img" aria-label="{}">{}</div>', label, steps)


def saved(text: str) -> Markup:
    """“Saved at 14:02”, with its mark."""
    return h('<span class="saved">{}{}</span>', icon("check"), text)


def late(text: str) -> Markup:
    """“Not saved yet”, amber."""
    return h('<span class="saved late">{}{}</span>', icon("cloud"), text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One answer to correct: `target` is the HTML id to go to, `text` the same words as by the question."""

    target: str
    text: str


def error_summary(t: Texts, faults: Sequence[Fault], heading_id: str = "errors") -> Markup:
    """Shown on top after “Continue”; the caller moves the focus to its heading."""
    title = t.plural("{n} answer to check", "{n} answers to check", len(faults))
    links = join(h('<li><a href="#{}" data-goto>{}</a></li>', fault.target, fault.text) for fault in faults)
    return h(
        '<div class="error-summary"><h2 tabindex="-1" id="{}">{}</h2><ul class="plain">{}</ul></div>',
        heading_id,
        title,
        links,
    )


HELP_NUMBERS = (
    ("tel:3114", "3114", N_("Suicide prevention: free, day and night")),
    ("tel:15", "15", N_("Medical emergency (Samu)")),
    ("sms:114", "114", N_("Emergency by text message, if you cannot speak")),
)


def help_numbers(t: Texts, title: str = "", level: int = 2) -> Markup:
    """The three French numbers, always in their own colour. `title` replaces the usual question."""
    rows = join(
        h('<li><a href="{}"><b>{}</b><span>{}</span></a></li>', href, shown, t(text))
        for href, shown, text in HELP_NUMBERS
    )
    return h(
        '<aside class="help" aria-label="{}"><h{lv}>{}</h{lv}><ul class="plain">{}</ul></aside>',
        t("Help numbers"),
        title or t("Need to talk to someone now?"),
        rows,
        lv=level,
    )


def help_line(t: Texts) -> Markup:
    """One line under every form of a patient."""
    link = h('<a href="tel:3114">{}</a>', t("call 3114"))
    sentence = t("Nobody reads your answers as you type. If you feel very low, {call}, day and night.")
    return h('<p class="small muted help-line">{}</p>', weave(sentence, call=link))


def spark(
    values: Sequence[float], low: float | None = None, high: float | None = None, width: int = 132, height: int = 36
) -> Markup:
    """One line with a range behind it, its last point marked. Decorative: the row beside it says the same in words."""
    if not values:
        return Markup()
    bounds = [bound for bound in (low, high) if bound is not None]
    floor, top = min([*values, *bounds]), max([*values, *bounds])
    pad = (top - floor) * 0.12 or 1
    floor, top = floor - pad, top + pad

    def y(value: float) -> float:
        return round(height - (value - floor) / (top - floor) * height, 1)

    def x(n: int) -> float:
        return round(5 + n * (width - 10) / max(len(values) - 1, 1), 1)

    y_high, y_low = y(high if high is not None else top), y(low if low is not None else floor)
    out = (high is not None and values[-1] > high) or (low is not None and values[-1] < low)
    field = h('<rect x="0" y="{}" width="{}" height="{}" fill="var(--band-0)"/>', y_high, width, max(y_low - y_high, 1))
    return h(
        '<svg class="spark" viewBox="0 0 {w} {ht}" width="{w}" height="{ht}" aria-hidden="true">{field}'
        '<polyline points="{points}" fill="none" stroke="var(--ink-3)" stroke-width="1.75" stroke-linejoin="round"/>'
        '<circle cx="{cx}" cy="{cy}" r="4" fill="var(--{tone})"/></svg>',
        w=width,
        ht=height,
        field=field if bounds else "",
        points=" ".join(f"{x(n)},{y(value)}" for n, value in enumerate(values)),
        cx=x(len(values) - 1),
        cy=y(values[-1]),
        tone="danger" if out else "primary",
    )

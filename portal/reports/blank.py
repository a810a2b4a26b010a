"""A form on paper, to fill by hand: each question with room for its answer. Pure."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from portal.i18n import Texts
from portal.reports.sheet import h, join, sheet
from portal.sdc import Form, FormItem, Section
from portal.wording import unit_in_words

LINES_FOR_MANY = 3  # of a group that is filled as often as needed
FEW_WORDS = 18  # characters of an answer that can stand beside others on one line


def blank_paper(t: Texts, form: Form) -> str:
    """The whole document. What the form works out by itself is left out; conditions are written at their question."""
    name = form.title(t.locale)
    who = h('<p class="soft">{}</p><p class="write"></p>', t("Name, first name, date of birth, date of today"))
    body = [h("<h1>{}</h1>", name)]
    if form.description(t.locale):
        body.append(h('<p class="lead">{}</p>', form.description(t.locale)))
    body.append(who)
    told: set[str] = set()
    for section in form.sections:
        inside = list(_items(t, form, section.items))
        if not inside:
            continue
        title = section.title(t.locale)
        if title and title != name:
            body.append(h("<h2>{}</h2>", title))
        for group in _around(form, section):
            if group.link_id not in told:
                body.extend(_notes(t, form, group))
                told.add(group.link_id)
        body.extend(inside)
    if form.copyright(t.locale):
        body.append(h('<p class="source small soft">{}</p>', form.copyright(t.locale)))
    return sheet(t, name, body, head=name, foot=t("Blank form"))


def _around(form: Form, section: Section) -> list[FormItem]:
    """The groups that a section is a part of, outermost first; not the one that it shows whole."""
    group = section.group
    if group is None:
        return []
    own = [] if group in section.items else [group]
    return [*(form.by_link_id[name] for name in group.ancestors), *own]


def _items(t: Texts, form: Form, items: Sequence[FormItem]) -> Iterator[Markup]:
    for item in items:
        if item.hidden or item.read_only or not item.captured:
            continue
        if item.type == "display":
            yield h("<p>{}</p>", item.text(t.locale))
        elif item.type == "group":
            yield from _group(t, form, item)
        else:
            yield _question(t, form, item)
            yield from _items(t, form, item.items)


def _group(t: Texts, form: Form, group: FormItem) -> Iterator[Markup]:
    if group.label:
        yield h("<h3>{}</h3>", group.text(t.locale))
    yield from _notes(t, form, group)
    matrix = _matrix(t, form, group)
    if matrix:
        yield matrix
        return
    if group.repeats:
        yield h('<p class="small soft">{}</p>', t("Fill it as often as needed."))
    for _ in range(LINES_FOR_MANY if group.repeats else 1):
        yield from _items(t, form, group.items)


def _matrix(t: Texts, form: Form, group: FormItem) -> Markup | None:
    """Choices with the same answers, one a line."""
    asked = [item for item in group.items if not item.hidden and not item.read_only and item.captured]
    keys = [[option.key for option in item.options] for item in asked]
    if group.control != "table" or len(asked) < 2 or any(each != keys[0] or not each for each in keys):
        return None
    heads = join(h('<th scope="col">{}</th>', option.text(t.locale)) for option in asked[0].options)
    mark = h('<td><span class="box round"></span></td>')
    rows = join(
        h(
            '<tr><th scope="row">{}{}</th>{}</tr>',
            _words(t, item),
            join(_notes(t, form, item)),
            join(mark for _ in item.options),
        )
        for item in asked
    )
    return h('<table class="matrix"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>', heads, rows)


def _question(t: Texts, form: Form, item: FormItem) -> Markup:
    shape = '<div class="question"><p>{}</p>{}{}</div>'
    return h(shape, _words(t, item), join(_notes(t, form, item)), _room(t, item))


def _notes(t: Texts, form: Form, item: FormItem) -> Iterator[Markup]:
    """What stands under a question or the title of a group: help, how to write the answer, when it is asked, legal text."""
    for words in (item.help(t.locale), item.entry_format(t.locale), _only_if(t, form, item)):
        if words:
            yield h('<p class="small soft">{}</p>', words)
    if item.legal(t.locale):
        yield h('<p class="legal">{}</p>', item.legal(t.locale))


def _words(t: Texts, item: FormItem) -> str:
    return f"{item.prefix} {item.text(t.locale)}".strip()


def _room(t: Texts, item: FormItem) -> Markup:
    """Where the answer goes."""
    if item.type == "boolean":
        return _marks([t("Yes"), t("No")], many=False)
    if item.options:
        words = [option.text(t.locale) for option in item.options]
        own = [item.open_label(t.locale) or t("Other answer")] if item.type == "open-choice" else []
        return _marks([*words, *own], many=item.repeats)
    if item.control == "slider":
        low, high = (str(bound if bound is not None else usual) for bound, usual in ((item.low, 0), (item.high, 100)))
        ends = (f"{low} {item.low_label(t.locale)}", f"{high} {item.high_label(t.locale)}")
        return h('<div class="scale"></div><div class="ends"><span>{}</span><span>{}</span></div>', *ends)
    if item.type in {"integer", "decimal", "quantity"}:
        if len(item.unit_options) > 1:
            units = [unit_in_words(t, each) for each in item.unit_options]
            return h('<p><span class="write short"></span></p>{}', _marks(units, many=False))
        unit = unit_in_words(t, item.unit_options[0]) if item.unit_options else item.unit_in(t.locale)
        return h('<p><span class="write short"></span> {}</p>', unit)
    if item.type in {"date", "dateTime"}:
        form = "" if item.entry_format(t.locale) else t("DD/MM/YYYY")
        hour = h(' {} <span class="write short"></span>', t("Time")) if item.type == "dateTime" else ""
        return h('<p><span class="write short"></span> {}{}</p>', form, hour)
    return join(h('<p class="write"></p>') for _ in range(3 if item.type == "text" else 1))


def _marks(words: Sequence[str], *, many: bool) -> Markup:
    css = "box" if many else "box round"
    rows = join(h('<li><span class="{}"></span>{}</li>', css, each) for each in words)
    short = len(words) <= 4 and all(len(each) <= FEW_WORDS for each in words)
    return h('<ul class="marks {}">{}</ul>', "line" if short else "", rows)


def _only_if(t: Texts, form: Form, item: FormItem) -> str:
    """The conditions that can be said in words: a question and the answer it must have."""
    said: list[str] = []
    for condition in item.conditions:
        source = form.by_link_id.get(condition.question)
        wanted = _wanted(t, source, condition.answer) if source and condition.operator == "=" else ""
        if source is None or not wanted:
            return t("Only if your answers above call for it.") if item.conditions else ""
        said.append(t("“{question}”: {answer}", question=source.prefix or source.text(t.locale), answer=wanted))
    if not said:
        return t("Only if your answers above call for it.") if item.enabled_by else ""
    link = f" {t('and')} " if item.all_conditions else f" {t('or')} "
    return t("Only if {conditions}", conditions=link.join(said))


def _wanted(t: Texts, source: FormItem, answer: dict[str, object]) -> str:
    if "valueBoolean" in answer:
        return t("Yes") if answer["valueBoolean"] else t("No")
    value = next((each for key, each in answer.items() if key.startswith("value")), None)
    code = value.get("code") if isinstance(value, dict) else value
    option = source.option(code)
    return option.text(t.locale) if option else str(value) if isinstance(value, (int, str)) else ""

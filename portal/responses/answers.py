"""The answers of a session as lines to read: each with its question as it was asked, and what it stands beneath. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portal.i18n import N_, Texts
from portal.sdc import Form, FormItem, FormSession, ItemState, Section
from portal.sdc.reading import value_of
from portal.wording import Holder, Labels, shown

COMPUTED = N_("computed by the form")
FILLED_IN = N_("filled in by the form")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One question as answered, or a text that the form keeps for whoever reads the answers (`item` is a display then).

    `values` are typed as the form takes them; empty when it was left without an answer. `said` is the text that followed the
    answers, empty where the form's own holds. `computed`: the form filled it in, nobody was asked.
    """

    path: str
    item: FormItem
    section: int
    values: tuple[Any, ...]
    holders: tuple[Holder, ...] = ()
    said: str = ""
    computed: bool = False

    def text(self, t: Texts) -> str:
        return ", ".join(shown(t, self.item, value) for value in self.values)

    def label(self, labels: Labels, *, under: FormItem | None = None) -> str:
        """Its question, with what tells it from the others. `under`: the group whose title stands above."""
        return labels.of(self.item, self.holders, said=self.said, under=under)

    @property
    def origin(self) -> str:
        """Where it comes from when nobody was asked, as a sentence to translate; empty for an answer that was given."""
        return (COMPUTED if self.item.calculated else FILLED_IN) if self.computed else ""

    @property
    def read_back(self) -> bool:
        """Whether it is shown to who reads the answers: some questions of a form are for filling only."""
        usage = self.item.usage
        return usage != "capture" and (bool(self.values) or not usage.endswith("non-empty"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One answer of a version beside that of the version before; None where the question was not asked."""

    before: Answer | None
    after: Answer | None


def answers_in(session: FormSession) -> tuple[Answer, ...]:
    """Every question that is asked, in the order of the form, with what the form filled in by itself and shows.

    Scores are left out: they are told beside the answers, to those whom they are for.
    """
    return tuple(_answers(session))


def changes_between(before: Sequence[Answer], after: Sequence[Answer]) -> tuple[Change, ...]:
    """The questions whose answer is not the same, in the order of the newer version."""
    old, new = ({each.path: each for each in some if not each.computed} for some in (before, after))
    paths = [*new, *(path for path in old if path not in new)]
    pairs = ((old.get(path), new.get(path)) for path in paths)
    return tuple(
        Change(before=was, after=now)
        for was, now in pairs
        if (was.values if was else ()) != (now.values if now else ())
    )


def titles_in(session: FormSession) -> dict[int, str]:
    """By section, the title that follows the answers; nothing for the sections whose own title holds."""
    found: dict[int, str] = {}
    for section in session.form.sections:
        group = section.group
        if group is None or group.dynamic.text is None:
            continue
        path = next((each for each in session.paths if item_at(session.form, each) is group), None)
        said = _said(session, path, group) if path else ""
        if said:
            found[section.index] = said
    return found


def item_at(form: Form, path: str) -> FormItem:
    """The item that a path of a session leads to."""
    return form.by_link_id[path.rpartition("/")[2].partition("[")[0]]


def _answers(session: FormSession) -> Iterator[Answer]:
    form = session.form
    scores = {score.link_id for score in form.scores}
    copies = Counter(path.rpartition("[")[0] for path in session.paths if path.endswith("]"))
    for section, path in _paths(session):
        item = item_at(form, path)
        if item.type == "group" or (item.type == "display" and item.captured):
            continue
        state = session.state(path)
        computed = item.question and state.read_only
        values = _values(session, item, state) if item.question else ()
        if computed and (item.link_id in scores or not values):
            continue
        yield Answer(
            path=path,
            item=item,
            section=section.index,
            values=values,
            holders=tuple(_holders(session, path, item, copies)),
            said=_said(session, path, item),
            computed=computed,
        )


def _paths(session: FormSession) -> Iterator[tuple[Section, str]]:
    """What each section shows, and what it keeps for whoever reads the answers, in the order of the form."""
    form = session.form
    kept = {link_id for link_id, item in form.by_link_id.items() if not item.captured and not _hidden(form, item)}
    apart = [path for path in session.paths if item_at(form, path).link_id in kept and session.state(path).enabled]
    order = {path: place for place, path in enumerate(session.paths)} if apart else {}
    for section in form.sections:
        here = session.visible(section)
        if apart:
            inside = {item.link_id for item in section.items}
            here += [path for path in apart if _is_within(item_at(form, path), inside)]
            here.sort(key=order.__getitem__)
        yield from ((section, path) for path in here)


def _is_within(item: FormItem, link_ids: Collection[str]) -> bool:
    return item.link_id in link_ids or any(name in link_ids for name in item.ancestors)


def _hidden(form: Form, item: FormItem) -> bool:
    return item.hidden or any(form.by_link_id[name].hidden for name in item.ancestors)


def _holders(session: FormSession, path: str, item: FormItem, copies: Counter[str]) -> Iterator[Holder]:
    """All that is around an item, outermost first. Its path names the copies and the answers that it stands beneath."""
    within = ""
    for name in item.ancestors:
        holder, base = session.form.by_link_id[name], within + name
        number = int(path.removeprefix(f"{base}[").partition("]")[0]) if holder.repeats else 0
        if holder.repeats:
            within = f"{base}[{number}]/"
        if holder.type == "group":
            copy = number + 1 if copies[base] > 1 else 0
            yield Holder(item=holder, copy=copy, said=_said(session, within[:-1] if holder.repeats else base, holder))
        else:
            given = session.given(base) if holder.repeats else ()
            yield Holder(item=holder, answer=given[number] if len(given) > 1 else None)


def _said(session: FormSession, path: str, item: FormItem) -> str:
    """The text that an expression of the form gives; empty where it gives none."""
    if item.dynamic.text is None:
        return ""
    said = session.state(path).text
    return "" if said == item.text(session.locale) else said


def _values(session: FormSession, item: FormItem, state: ItemState) -> tuple[Any, ...]:
    """Typed as the form takes them; a code of a value set that the form does not list stands with its words."""
    if item.is_choice and not item.options:
        return tuple(value for each in session.given(state.path) if (value := value_of(each)) is not None)
    value = state.value
    return tuple(value) if isinstance(value, list) else () if value is None else (value,)

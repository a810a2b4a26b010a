"""The full name of an answer: its question, and as much of what is around it as it takes to tell it from the others."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from portal.i18n import NBSP, Texts
from portal.sdc import Form, FormItem
from portal.types import Json
from portal.wording.values import answer_in_words

_CLOSING = f" ?:.{NBSP}"  # signs that end a sentence, left out before a colon


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """A group or a question that an answer stands beneath.

    `copy` is the copy of a repeating group, counted from 1; 0 where there is only one. `answer` is the one of several that
    it hangs under. `said` is the text that followed the answers, empty where the form's own holds.
    """

    item: FormItem
    copy: int = 0
    answer: Json | None = None
    said: str = ""


class Labels:
    """The names of a form's answers in one language. Made once for a list: it looks at the whole form."""

    def __init__(self, t: Texts, form: Form) -> None:
        self.t, self.form = t, form
        self._needed = _what_tells_apart(form, t.locale)

    def of(self, item: FormItem, holders: Sequence[Holder], *, said: str = "", under: FormItem | None = None) -> str:
        """`holders` are all that is around the question, outermost first. What the heading `under` says is not repeated."""
        needed = self._needed.get(item.link_id, ())
        above = {under.link_id, *under.ancestors} if under else set[str]()
        around = [self._named(each, needed, told=each.item.link_id in above) for each in holders]
        beside = [self._name(self.form.by_link_id[name]) for name in needed if name not in item.ancestors]
        place = ", ".join(words for words in (*around, *beside) if words)
        question = said or item.text(self.t.locale)
        if not place:
            return question
        return self.t("{place}: {question}", place=place[:1].upper() + place[1:], question=question)

    def _named(self, holder: Holder, needed: Collection[str], *, told: bool) -> str:
        """A line of several has always its number, an answer of several its words; the rest is named where it is needed."""
        if holder.answer is not None:
            return answer_in_words(self.t, holder.item, holder.answer)
        line = self.t("line {number}", number=holder.copy) if holder.copy else ""
        name = self._name(holder.item, holder.said) if not told and (line or holder.item.link_id in needed) else ""
        return ", ".join(words for words in (name, line) if words)

    def _name(self, item: FormItem, said: str = "") -> str:
        return (said or _short(item, self.t.locale)).rstrip(_CLOSING)


def _what_tells_apart(form: Form, locale: str) -> Mapping[str, tuple[str, ...]]:
    """By linkId of a question that is asked in the same words elsewhere: what must be said of its surroundings, innermost first."""
    alike: dict[str, list[FormItem]] = {}
    for item in form.by_link_id.values():
        if item.question and not item.hidden:
            alike.setdefault(item.text(locale), []).append(item)
    before = dict(_before(form))
    found: dict[str, tuple[str, ...]] = {}
    for text, items in alike.items():
        if len(items) > 1:
            found.update(_apart(form, locale, text, items, before))
    return found


def _apart(
    form: Form, locale: str, text: str, items: list[FormItem], before: Mapping[str, FormItem]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    chains = {item.link_id: _chain(form, item, locale) for item in items}
    if len({tuple(names.values()) for names in chains.values()}) < len(items):
        for item in items:  # neither groups nor conditions tell them apart: each follows another question
            former = before.get(item.link_id)
            if former is not None and former.text(locale) != text:
                chains[item.link_id] = {former.link_id: _short(former, locale), **chains[item.link_id]}
    common = set[str].intersection(*(set(names.values()) for names in chains.values()))
    telling = {
        link_id: [(name, words) for name, words in names.items() if words not in common]
        for link_id, names in chains.items()
    }
    shared = Counter(beginning for names in telling.values() for beginning in _beginnings(names))
    for link_id, names in telling.items():
        length = next((n for n, each in enumerate(_beginnings(names)) if shared[each] == 1), len(names))
        yield link_id, tuple(name for name, _ in names[:length])


def _beginnings(names: Sequence[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """What is said when nothing, one, two… all of these are named."""
    words = tuple(each for _, each in names)
    yield from (words[:length] for length in range(len(words) + 1))


def _chain(form: Form, item: FormItem, locale: str) -> dict[str, str]:
    """What is around a question, innermost first: the question it depends on, then what it stands beneath."""
    sources = [form.by_link_id[each.question] for each in item.conditions if each.question in form.by_link_id]
    around = [form.by_link_id[name] for name in reversed(item.ancestors)]
    return {each.link_id: words for each in (*sources[:1], *around) if (words := _short(each, locale))}


def _before(form: Form) -> Iterator[tuple[str, FormItem]]:
    """Each question's linkId with the question before it."""
    asked = [item for item in form.by_link_id.values() if item.question and not item.hidden]
    yield from ((later.link_id, former) for former, later in pairwise(asked))


def _short(item: FormItem, locale: str) -> str:
    return item.short(locale) or item.text(locale)

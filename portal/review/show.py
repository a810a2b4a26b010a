"""The places of a review in words, in the reader's language. Pure."""

import re
from collections.abc import Iterator

from portal.i18n import Texts
from portal.review.answers import Place
from portal.sdc import Form, FormItem
from portal.wording import Holder, Labels, answer_in_words

STEP = re.compile(r"linkId='([^']*)'\)?(?:\[(\d+)\])?")


def question_at(form: Form, location: str) -> FormItem | None:
    """The question that a location is about: the last linkId it names."""
    wanted = STEP.findall(location)[-1:]
    return form.by_link_id.get(wanted[0][0]) if wanted else None


def label_at(labels: Labels, location: str) -> str:
    """The full name of the question that a location is about; empty when the form does not have it."""
    item = question_at(labels.form, location)
    return labels.of(item, tuple(_holders(labels.form, location))) if item else ""


def shown(place: Place, t: Texts) -> str:
    """All answers of a place, joined; empty when there is none."""
    return ", ".join(answer_in_words(t, place.item, answer) for answer in place.answers)


def _holders(form: Form, location: str) -> Iterator[Holder]:
    for name, number in STEP.findall(location)[:-1]:
        if name in form.by_link_id:
            yield Holder(item=form.by_link_id[name], copy=int(number) + 1 if number else 0)

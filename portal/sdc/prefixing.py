"""linkIdPrefix: a sub-form with its items renamed, and every place that names one of them."""

import re
from collections.abc import Iterator
from typing import Any, cast

from portal.fhir.systems import ALERT_RULE, SCORE_BANDS
from portal.sdc import urls
from portal.types import Json

_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'")
_NOT_OF_AN_ID = re.compile(r"[^A-Za-z0-9.-]")
_EXPRESSIONS = frozenset(
    {
        "expression", "location", "condition", "resourceId", "fullUrl", "ifNoneMatch", "ifModifiedSince", "ifMatch",
        "ifNoneExist", urls.TEMPLATE_VALUE, urls.TEMPLATE_CONTEXT, urls.CONSTRAINT,
    }
)  # fmt: skip
"""Extensions, and parts of them, whose text is FHIRPath."""


def prefixed(form: Json, prefix: str) -> Json:
    """The form with its linkIds renamed, in conditions, expressions, places of constraints, templates and scores. Contained
    resources that name one get an id of their own, so that the form may be used twice.
    """
    names = frozenset(_link_ids(form.get("item", [])))
    first = _Renaming(prefix=prefix, names=names, ids={})
    own = _NOT_OF_AN_ID.sub("-", prefix)
    ids: dict[str, str] = {
        f"#{each['id']}": f"#{own}{each['id']}"
        for each in form.get("contained", ())
        if "id" in each and first.renamed(each) != each
    }
    made: Json = _Renaming(prefix=prefix, names=names, ids=ids).renamed(form)
    for each in made.get("contained", ()):
        each["id"] = ids.get(f"#{each.get('id')}", f"#{each.get('id')}")[1:]
    return made


class _Renaming:
    def __init__(self, *, prefix: str, names: frozenset[str], ids: dict[str, str]) -> None:
        self._prefix = prefix
        self._names = names
        self._ids = ids

    def renamed(self, value: Any, key: str = "", url: str = "", around: str = "") -> Any:
        """`url` is that of the extension which holds the value, `around` that of the extension around it."""
        if isinstance(value, dict):
            element = cast("Json", value)
            here = element.get("url") if key == "extension" else None
            inside = (url, around) if here is None else (str(here), url)
            return {inner: self.renamed(each, inner, *inside) for inner, each in element.items()}
        if isinstance(value, list):
            return [self.renamed(each, key, url, around) for each in cast("list[Any]", value)]
        if isinstance(value, str):
            return self._text(value, key, url, around)
        return value

    def _text(self, text: str, key: str, url: str, around: str) -> str:
        of_value = key.startswith("value")
        if key in ("linkId", "question") or (of_value and (around, url) == (SCORE_BANDS, "item")):
            return f"{self._prefix}{text}" if text in self._names else text
        if of_value and (around, url) == (ALERT_RULE, "id"):
            return f"{self._prefix}{text}"
        if key == "expression" or (of_value and url in _EXPRESSIONS):
            return _STRING.sub(self._name, text)
        return self._ids.get(text, text)

    def _name(self, found: re.Match[str]) -> str:
        return f"'{self._prefix}{found[1]}'" if found[1] in self._names else found[0]


def _link_ids(items: list[Json]) -> Iterator[str]:
    for each in items:
        yield each.get("linkId", "")
        yield from _link_ids(each.get("item", []))

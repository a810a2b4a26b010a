"""Writing, before and after: a resource is neither brought into sight nor moved out of it, nor made into another."""

import re
from collections.abc import Iterable
from typing import Any

from portal.access.facts import tags_of
from portal.access.look import Look, like
from portal.access.needs import FIXED, KEPT_TAGS, PATIENT_OF, Need, Op
from portal.types import Json

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def may_write(look: Look, needs: Iterable[Need], op: Op) -> bool:
    body, params = look.request.get("resource"), look.request["params"]
    if not isinstance(body, dict) or any(not key.startswith("resource/") for key in params) or _searches(body):
        return False
    named = params.get("resource/id") if op is Op.UPDATE else body.get("id")
    before = look.record.find(look.kind, str(named)) if named is not None else None
    if before is not None and not look.sees(before):
        return False
    after: Json = body
    if look.request["operation"]["id"] == "FhirPatch":
        if before is None or "json-patch" in str(look.request["headers"].get("content-type", "")):
            return False
        after = merged(before, body)
    if op is Op.CREATE:
        condition = look.request["headers"].get("if-none-exist")
        if condition is not None and not _asks_for(look.kind, named, condition):
            return False
        before = None
    elif before is not None and not _same(before, after):
        return False
    if after.get("resourceType") != look.kind or not look.sees(after):
        return False
    wanted = {Op.CREATE} if before is None else {Op.UPDATE}
    if before is not None and all(before.get(name) == after.get(name) for name in {*before, *after} - {"meta"}):
        wanted.add(Op.CREATE)  # a creation that is sent again, because its answer was lost
    return any(
        need.ops & wanted and like(need, after, look.me)
        and (before is None or (like(need, before, look.me) and _only_changes(need, before, after)))
        for need in needs
    )  # fmt: skip


def _asks_for(kind: str, named: Any, condition: Any) -> bool:
    """Whether the condition is, in one of the ways to write it, the id of the new resource and nothing else: the server
    answers with what matches it.
    """
    own = f"_id={named}"
    return isinstance(named, str) and ID.fullmatch(named) is not None and condition in {own, f"?{own}", f"{kind}?{own}"}


def merged(before: Json, patch: Json) -> Json:
    """A JSON merge patch applied."""
    after = dict(before)
    for key, value in patch.items():
        if value is None:
            after.pop(key, None)
        elif isinstance(value, dict):
            held: Any = after.get(key)
            after[key] = merged(held if isinstance(held, dict) else {}, value)
        else:
            after[key] = value
    return after


def _same(before: Json, after: Json) -> bool:
    """Whose it is, what it is about and who may see it stay as they were."""
    kept = (*FIXED, PATIENT_OF.get(str(before.get("resourceType")), "id"))
    return all(before.get(name) == after.get(name) for name in kept) and all(
        tags_of(before, system) == tags_of(after, system) for system in KEPT_TAGS
    )


def _only_changes(need: Need, before: Json, after: Json) -> bool:
    if not need.changes:
        return True
    return all(before.get(name) == after.get(name) for name in {*before, *after} - need.changes - {"meta"})


def _searches(value: Any) -> bool:
    """A reference that is a search (Patient?identifier=…): the server would tell whether something matches."""
    if isinstance(value, dict):
        reference = value.get("reference")
        return (isinstance(reference, str) and "?" in reference) or any(_searches(each) for each in value.values())
    return isinstance(value, list) and any(_searches(each) for each in value)

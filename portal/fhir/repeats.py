"""Which calls may be sent twice when the first answer was lost: those after which twice is the same as once."""

from collections.abc import Mapping
from typing import Any, cast

from portal.types import Json

CONDITIONS = frozenset({"if-match", "if-none-match", "if-none-exist", "if-modified-since"})
ENTRY_CONDITIONS = frozenset({"ifMatch", "ifNoneMatch", "ifNoneExist", "ifModifiedSince"})
KEYED = frozenset({"PUT", "DELETE"})


def is_read(method: str, *, form: bool = False) -> bool:
    """`form`: a search sent in the body."""
    return method in {"GET", "HEAD"} or form


def is_conditional(path: str, data: object, headers: Mapping[str, str]) -> bool:
    """Whether a write, or an entry of a transaction, depends on what the server holds."""
    if any(name.lower() in CONDITIONS for name in headers) or "?" in path:
        return True
    return any(ENTRY_CONDITIONS & request.keys() or "?" in str(request.get("url", "")) for request in _requests(data))


def may_repeat(method: str, path: str, data: object, headers: Mapping[str, str], *, form: bool = False) -> bool:
    """Reads; writes of a resource under its own id; transactions of nothing else. Never a write with a condition: its
    first try may have made the condition false.
    """
    if is_read(method, form=form):
        return True
    if is_conditional(path, data, headers):
        return False
    if method in KEYED:
        return _names_one(path)
    requests = _requests(data)
    return bool(requests) and all(
        request.get("method") == "GET" or (request.get("method") in KEYED and _names_one(str(request.get("url", ""))))
        for request in requests
    )


def _names_one(path: str) -> bool:
    return path.strip("/").count("/") == 1


def _requests(data: object) -> list[Json]:
    """The requests of a transaction."""
    bundle = cast("Json", data) if isinstance(data, dict) else {}
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "transaction":
        return []
    entries: list[Any] = bundle.get("entry") or []
    return [entry.get("request") or {} for entry in entries]

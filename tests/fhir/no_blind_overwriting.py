"""A pytest plugin: a write through the portal's door that replaces what is stored without naming the version it read fails
the test that made it. Used by test_every_update.py.

What follows from a resource (scores from a response, places from a centre) may be written anew in the transaction that
updates that resource under its version: whoever came in between makes the whole transaction fail.
"""

from typing import Any

from portal.fhir.transport import Answer, Transport

_SENT = Transport.send


def overwritten(data: Any, body: Any) -> list[str]:
    """Addresses of a transaction that were replaced without a version."""
    if not isinstance(data, dict) or data.get("type") != "transaction":
        return []
    if any("ifMatch" in asked["request"] for asked in data["entry"]):
        return []
    pairs = zip(data["entry"], body.get("entry", []), strict=True)
    return [
        asked["request"]["url"]
        for asked, told in pairs
        if asked["request"]["method"] in {"PUT", "PATCH"}
        and "ifMatch" not in asked["request"]
        and str(told["response"]["status"]).startswith("200")
    ]


async def send(self: Transport, method: str, path: str, **more: Any) -> Answer:
    answer = await _SENT(self, method, path, **more)
    blind = overwritten(more.get("data"), answer.body)
    headers = more.get("headers") or {}
    if method in {"PUT", "PATCH"} and "If-Match" not in headers and answer.status == 200:
        blind.append(path)
    assert not blind, f"replaced without the version that was read: {blind}"
    return answer


Transport.send = send  # type: ignore[method-assign]

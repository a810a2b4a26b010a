"""The one place from which the portal calls a service outside: a POST with a deadline, and an answer or NotSent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx

from portal.errors import NotSent
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """`body` is empty when the answer was no JSON object."""

    status: int
    body: Json


async def post(
    url: str,
    *,
    timeout: float,  # noqa: ASYNC109 – the client's own limit, which also closes its connection
    headers: Mapping[str, str] | None = None,
    json: Json | None = None,
    form: Mapping[str, str] | None = None,
    basic: tuple[str, str] | None = None,
) -> Reply:
    """Raises NotSent when there is no answer. The request may have arrived all the same: a message may come twice."""
    try:
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=False, auth=basic) as http:
            answer = await http.post(url, headers=headers, json=json, data=form)
    except httpx.TimeoutException:
        raise NotSent("timeout") from None
    except httpx.HTTPError:
        raise NotSent("unreachable") from None
    try:
        body: Any = answer.json()
    except ValueError:
        body = None
    return Reply(status=answer.status_code, body=cast("Json", body) if isinstance(body, dict) else {})

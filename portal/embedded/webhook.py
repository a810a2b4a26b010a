"""Hands events to a destination by HTTP, as it asked for them."""

import asyncio
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from portal.embedded.subscriptions import Destination


class Webhook:
    """POST to the destination's endpoint. Anything but 2xx within its timeout is a failure, a redirection too: where the
    events and the destination's secret go is written in the destination alone.
    """

    def __init__(self) -> None:
        self._http: httpx.AsyncClient | None = None

    async def __call__(self, destination: Destination, body: bytes) -> bool:
        http = self._http = self._http or await asyncio.to_thread(_client)
        try:
            headers = httpx.Headers({"content-type": "application/fhir+json"})
            headers.update(list(destination.headers))
            async with (
                asyncio.timeout(destination.timeout),
                http.stream("POST", destination.endpoint, content=body, headers=headers) as answer,
            ):
                return answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, UnicodeError):
            return False

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()


def _client() -> httpx.AsyncClient:
    """In a thread, because reading the certificates of authorities takes a while. How long an answer may take is up to
    each destination; connections are not shared out, or a slow one would keep them from the others; cookies are not kept.
    """
    jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        timeout=None,  # noqa: S113 – asyncio.timeout, above
        follow_redirects=False,
        limits=httpx.Limits(max_connections=None),
        cookies=jar,
    )

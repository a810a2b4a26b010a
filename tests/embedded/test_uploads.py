"""A body that does not come whole is not stored, however it ends."""

from typing import Any

import httpx
import pytest

from portal.embedded import Backend

WHOLE = b"%PDF the whole document"
LOST = {"type": "http.disconnect"}


def part(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def put(backend: Backend, *parts: dict[str, Any], length: bytes | None = b"100") -> int:
    """The status of an upload that comes in these parts; nothing comes after the last."""
    coming = list(parts)
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: Any) -> None:
        said.append(message)

    headers = [(b"authorization", b"Bearer root"), (b"content-type", b"application/pdf")]
    headers += [(b"content-length", length)] if length is not None else []
    scope: dict[str, Any] = {
        "type": "http", "method": "PUT", "path": "/fhir/Binary/b", "query_string": b"", "headers": headers,
    }  # fmt: skip
    await backend.asgi(scope, receive, send)
    status: int = said[0]["status"]
    return status


@pytest.mark.parametrize(
    ("parts", "length"),
    [
        ([part(b"%PDF the wh"), LOST], b"100"),
        ([part(b"%PDF the wh"), LOST], None),
        ([part(b""), LOST], None),
        ([LOST], b"100"),
        ([part(b"%PDF the wh", more=False)], b"100"),
        ([part(b"%PDF the wh", more=False)], b"many"),
    ],
)
async def test_an_upload_that_breaks_off_leaves_what_was_there(
    backend: Backend, root: httpx.AsyncClient, parts: list[dict[str, Any]], length: bytes | None
) -> None:
    pdf = {"content-type": "application/pdf"}
    assert (await root.put("Binary/b", content=WHOLE, headers=pdf)).status_code == 201
    assert await put(backend, *parts, length=length) == 400
    found = await root.get("Binary/b", headers={"accept": "application/pdf"})
    assert (found.content, found.headers["etag"]) == (WHOLE, 'W/"1"')


async def test_an_upload_in_parts_is_stored_whole(backend: Backend, root: httpx.AsyncClient) -> None:
    assert await put(backend, part(WHOLE[:5]), part(WHOLE[5:], more=False), length=None) == 201
    assert (await root.get("Binary/b", headers={"accept": "application/pdf"})).content == WHOLE

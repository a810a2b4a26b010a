"""What befalls one entry of a batch is that entry's answer."""

import httpx
import pytest

from portal.embedded import Backend
from portal.embedded.service import Service


async def test_an_entry_that_fails_leaves_the_others_as_they_are(
    backend: Backend, root: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers = Service.answer

    async def failing(service: Service, request: object) -> object:
        if getattr(request, "path", ()) == ("Patient", "bad"):
            raise KeyError("Zoé")
        return await answers(service, request)  # type: ignore[arg-type]

    monkeypatch.setattr(Service, "answer", failing)
    entries = [
        {"request": {"method": "PUT", "url": f"Patient/{id_}"}, "resource": {"resourceType": "Patient", "id": id_}}
        for id_ in ("first", "bad", "last")
    ]
    answer = await root.post("", json={"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert answer.status_code == 200
    assert [entry["response"]["status"] for entry in answer.json()["entry"]] == ["201", "500", "201"]
    assert "KeyError" in caplog.text
    assert "Zoé" not in caplog.text + answer.text

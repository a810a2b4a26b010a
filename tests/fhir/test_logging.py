"""Each call has a number that stands in the request, in the error and in the log; the log holds nothing of the content."""

import httpx
import pytest
import stamina
from structlog.testing import capture_logs

from portal import errors
from portal.chance import SeededChance
from portal.fhir import FHIRClient, Transport


@pytest.mark.parametrize("status", [0, 403, 422, 500])
async def test_the_number_of_a_failed_call_is_everywhere_and_its_content_nowhere(status):
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["x-request-id"])
        if not status:
            raise httpx.ReadTimeout("Aubert")
        issue = {"severity": "error", "code": "invalid", "diagnostics": "Aubert"}
        return httpx.Response(status, json={"resourceType": "OperationOutcome", "issue": [issue]})

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = FHIRClient(Transport(base="http://record/fhir", http=http, chance=SeededChance(1)), lambda: "Bearer x")
    with stamina.set_testing(True), capture_logs() as lines, pytest.raises(errors.RecordError) as failed:
        await client.add({"resourceType": "Patient", "name": [{"family": "Aubert"}]})
    assert failed.value.request_id == sent[0]
    assert [line["request_id"] for line in lines] == sent
    assert "Aubert" not in str(lines) + str(failed.value)

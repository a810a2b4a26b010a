"""What crosses the wire: every response that Chromium receives for a page, headers included, compressed as it was sent."""

from playwright.sync_api import Page


class Meter:
    """Counts the bytes and the requests of a page from now on; what the browser takes from its cache costs nothing."""

    def __init__(self, page: Page) -> None:
        self._bytes = self._requests = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.webSocketFrameReceived", self._frame)

    def read(self) -> dict[str, float]:
        """What was counted since the last reading."""
        counted = {"kB": round(self._bytes / 1000, 1), "requests": self._requests}
        self._bytes = self._requests = 0
        return counted

    def _finished(self, event: dict[str, float]) -> None:
        self._bytes += int(event["encodedDataLength"])
        self._requests += 1

    def _frame(self, event: dict[str, dict[str, str]]) -> None:
        self._bytes += len(event["response"]["payloadData"].encode())

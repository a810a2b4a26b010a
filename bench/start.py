"""Cold start: from the launch of the process to the first byte of its first page."""

from statistics import median
from typing import Any

from bench.world import World

ROUNDS = 5


def measure(world: World) -> dict[str, Any]:
    """Both servers are started in turn, so that a change of the machine's load meets both."""
    portal, bare = world.portal(), world.bare()
    times: dict[str, list[float]] = {"portal": [], "bare": []}
    for _ in range(ROUNDS):
        for name, server in (("portal", portal), ("bare", bare)):
            times[name].append(server.start())
            server.stop()
    ours, theirs = median(times["portal"]), median(times["bare"])
    return {"portal_s": round(ours, 3), "bare_s": round(theirs, 3), "ratio": round(ours / theirs, 2)}

"""From a click on an answer to the new score on the screen, seen from inside the page: one answer after the other."""

from statistics import quantiles
from typing import Any

from playwright.sync_api import Page

CLICKS = 100

# Clicks each input in turn and waits until the watched text has changed and been painted. Times in ms.
SCRIPT = """
async ([inputs, watched, clicks]) => {
  const times = [];
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const choices = [...document.querySelectorAll(inputs)];
  for (let i = 0; i < clicks; i++) {
    const choice = choices[i % choices.length];
    const before = document.querySelector(watched).textContent;
    const changed = new Promise((done, late) => {
      const timer = setTimeout(() => late(new Error(`no change after click ${i} on ${before}`)), 5000);
      const observer = new MutationObserver(() => {
        const now = document.querySelector(watched);
        if (now && now.textContent !== before) { clearTimeout(timer); observer.disconnect(); done(); }
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    const began = performance.now();
    choice.click();
    await changed;
    await painted();
    times.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 30));
  }
  return times;
}
"""


def click_times(page: Page, *, inputs: str, watched: str, clicks: int = CLICKS) -> dict[str, float]:
    """`inputs` and `watched` are CSS selectors; each input, clicked in turn, must change the watched text."""
    times = page.evaluate(SCRIPT, [inputs, watched, clicks])
    cuts = quantiles(times[len(times) // 10 :], n=20)  # the first tenth warms up
    return {"p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}


def compare(portal: dict[str, float], bare: dict[str, float]) -> dict[str, Any]:
    return {
        "portal": portal,
        "bare": bare,
        "ratio_p50": round(portal["p50_ms"] / bare["p50_ms"], 2),
        "ratio_p95": round(portal["p95_ms"] / bare["p95_ms"], 2),
    }

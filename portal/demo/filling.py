"""How a fictitious person answers any form: from the course of their illness at that moment, whatever the instrument."""

import random
from collections.abc import Iterator
from typing import Any

from portal.demo.lives import Life
from portal.sdc import FormItem, FormSession

COURSES = {
    "ASRM": "high",
    "YMRS": "high",
    "WHO5": "well",
    "EGF": "well",
    "PHQ9": "low",
    "GAD7": "low",
    "MADRS": "low",
    "CGI": "low",
}
"""Which side of the illness an instrument measures: depression, mania, or how well one is. Others get any answer."""
SPANS = {"EGF": (28, 92), "MADRS": (0, 42), "YMRS": (0, 32)}
"""Between which totals people of a centre usually stand on an instrument entered as one number."""
SELF_HARM = {"PHQ9": "q9"}
"""Questions that people answer far below the rest of a scale."""
ROUNDS = 6


def answers(session: FormSession, life: Life, month: float) -> Iterator[tuple[str, Any]]:
    """Yield (path, value) until nothing that must be answered is left. The caller sets and saves each one."""
    code = session.form.code
    luck = life.luck(code, round(month * 10))
    level = _level(COURSES.get(code, ""), life, month)
    done: set[str] = set()
    for _ in range(ROUNDS):
        waiting = [path for section in session.sections() for path in session.visible(section) if path not in done]
        asked = [(path, session.state(path)) for path in waiting]
        found = False
        for path, state in asked:
            done.add(path)
            item = _item(session.form.items, path.split("/")[-1].split("#")[0])
            if item is None or not item.question or state.read_only or state.value not in (None, []):
                continue
            if not item.required and luck.random() < 0.15:
                continue
            here = level
            if level is not None and SELF_HARM.get(code) == item.link_id:
                here = max(0.0, level - 0.55)
            value = _value(item, luck, here, SPANS.get(code))
            if value is not None:
                found = True
                yield path, value
        if not found:
            return


def _level(course: str, life: Life, month: float) -> float | None:
    if course == "low":
        return life.low(month)
    if course == "high":
        return life.high(month)
    if course == "well":
        return 1 - max(life.low(month), life.high(month) * 0.8)
    return None


def _value(item: FormItem, luck: random.Random, level: float | None, span: tuple[int, int] | None) -> Any:
    share = luck.random() if level is None else min(1.0, max(0.0, luck.gauss(level * 0.9, 0.11)))
    if item.options:
        usual = [option for option in item.options if not option.declined and not option.exclusive]
        ordered = sorted(usual, key=lambda option: float(option.weight or 0)) if any(o.weight for o in usual) else usual
        chosen = (
            ordered[min(len(ordered) - 1, int(share * len(ordered)))] if level is not None else luck.choice(ordered)
        )
        return [chosen.key] if item.repeats else chosen.key
    if item.type == "boolean":
        return share > 0.5
    if item.type in {"integer", "decimal"}:
        low = int(item.low) if item.low is not None else 0
        high = int(item.high) if item.high is not None else low + 20
        if span is not None:
            low, high = max(low, span[0]), min(high, span[1])
        return round(low + share * (high - low))
    if item.type in {"string", "text"} and item.required:
        return "Exemple de la démonstration"
    if item.type == "date" and item.required:
        return f"{2012 + luck.randrange(12)}-{1 + luck.randrange(12):02d}-15"
    return None


def _item(items: tuple[FormItem, ...], link_id: str) -> FormItem | None:
    for item in items:
        found = item if item.link_id == link_id else _item(item.items, link_id)
        if found is not None:
            return found
    return None

"""A copy of the product with more questionnaires: of 10 to 800 questions in sections of twenty, their total shown on each screen.

The forms are only for measuring, so they are written into a copy rather than into the product's own content.
"""

import shutil
from math import ceil
from pathlib import Path

from ruamel.yaml import YAML

from tests.browser.server import ROOT

SIZES = (10, 100, 300, 800)
A_SECTION = 20
FOLDERS = ("portal", "pages", "components", "locales", "content", "bench", "tests")


def copy_with_long_form(target: Path) -> Path:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for questions in SIZES:
        with (target / "content/questionnaires" / f"{code_of(questions)}.yaml").open("w", encoding="utf-8") as file:
            YAML().dump(long_form(questions), file)
    return target


def code_of(questions: int) -> str:
    return f"BENCH{questions}"


def long_form(count: int) -> dict[str, object]:
    code = code_of(count)
    return {
        "code": code,
        "version": "1.0.0",
        "title": _both(f"{count} questions", f"{count} questions in all"),
        "category": "auto",
        "audience": ["patient"],
        "licence": "free",
        "minutes": 20,
        "description": _both("Pour mesurer.", "For measuring."),
        "answers": {
            "frequency": [
                {"code": f"f{score}", "score": score, **_both(f"Réponse {score}", f"Answer {score}")}
                for score in range(4)
            ]
        },
        "items": [_section(number, count) for number in range(ceil(count / A_SECTION))],
        "scores": [
            {
                "id": "total",
                "code": f"{code}_TOTAL",
                "title": _both("Total", "Total"),
                "sum": [f"q1..q{count}"],
                "missing": "ignore",
                "range": [0, 3 * count],
            }
        ],
    }


def _section(number: int, count: int) -> dict[str, object]:
    shown = {
        "id": f"shown{number}",
        "type": "integer",
        "read_only": True,
        "text": _both("Total jusqu'ici", "Total so far"),
        "formula": "{total}",
    }
    questions = [
        {
            "id": f"q{q}",
            "prefix": str(q),
            "text": _both(
                f"Question {q}, d'une longueur ordinaire pour une question",
                f"Question {q}, of an ordinary length for a question",
            ),
        }
        for q in range(number * A_SECTION + 1, min(count, (number + 1) * A_SECTION) + 1)
    ]
    return {
        "id": f"s{number}",
        "text": _both(f"Partie {number + 1}", f"Part {number + 1}"),
        "options": "frequency",
        "items": [shown, *questions],
    }


def _both(french: str, english: str) -> dict[str, str]:
    return {"fr": french, "en": english}

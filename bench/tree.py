"""A copy of the product with one more questionnaire: a hundred questions in five sections, their total shown on each screen.

The form is only for measuring, so it is written into a copy rather than into the product's own content.
"""

import shutil
from pathlib import Path

from ruamel.yaml import YAML

from tests.browser.server import ROOT

FORM = "BENCH100"
QUESTIONS, A_SECTION = 100, 20
FOLDERS = ("portal", "pages", "components", "locales", "content", "bench", "tests")


def copy_with_long_form(target: Path) -> Path:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    with (target / "content/questionnaires" / f"{FORM}.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(long_form(), file)
    return target


def long_form() -> dict[str, object]:
    return {
        "code": FORM,
        "version": "1.0.0",
        "title": _both("Cent questions", "A hundred questions"),
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
        "items": [_section(number) for number in range(QUESTIONS // A_SECTION)],
        "scores": [
            {
                "id": "total",
                "code": f"{FORM}_TOTAL",
                "title": _both("Total", "Total"),
                "sum": [f"q1..q{QUESTIONS}"],
                "missing": "ignore",
                "range": [0, 3 * QUESTIONS],
            }
        ],
    }


def _section(number: int) -> dict[str, object]:
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
                f"Question {q} de cent, d'une longueur ordinaire pour une question",
                f"Question {q} of a hundred, of an ordinary length for a question",
            ),
        }
        for q in range(number * A_SECTION + 1, (number + 1) * A_SECTION + 1)
    ]
    return {
        "id": f"s{number}",
        "text": _both(f"Partie {number + 1}", f"Part {number + 1}"),
        "options": "frequency",
        "items": [shown, *questions],
    }


def _both(french: str, english: str) -> dict[str, str]:
    return {"fr": french, "en": english}

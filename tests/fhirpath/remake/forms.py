"""Remake tests/fhirpath/forms.json: what fhirpath.js 5.2 answers to the expressions of tests/fhirpath/forms.py.

npm install --prefix /somewhere fhirpath@5.2
python -m tests.fhirpath.remake.forms /somewhere
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.fhirpath.forms import NOW, PATIENT, forms

HERE = Path(__file__).parent


def main() -> None:
    job = {
        "now": NOW,
        "forms": [
            {
                "name": form.name,
                "response": form.response,
                "variables": {"questionnaire": form.questionnaire, "patient": PATIENT},
                "expressions": form.expressions,
            }
            for form in forms()
        ],
    }
    done = subprocess.run(
        ["node", str(HERE / "forms.mjs"), sys.argv[1]],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    lines = [f"{json.dumps(name)}: {{\n{rows(found[name])}\n}}" for name in found]
    (HERE.parent / "forms.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def rows(answers: dict[str, object]) -> str:
    return ",\n".join(
        f"  {json.dumps(text)}: {json.dumps(answer, ensure_ascii=False)}" for text, answer in answers.items()
    )


if __name__ == "__main__":
    main()

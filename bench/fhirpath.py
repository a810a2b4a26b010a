"""How fast expressions are, beside fhirpath.js (Node) and fhirpathpy, in one run on the same data.

    python -m bench.fhirpath            # Node is skipped where it is not installed
    python -m bench.fhirpath --quick    # a tenth of the time, rougher figures

Both are fetched into build/; neither is needed to run the portal. Times are the best of many
rounds, in milliseconds, of an expression that is compiled already. Ratios are geometric means over all expressions.
"""

import argparse
import json
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.fhirpath.expression import Expression
from portal.fhirpath.model import r4

BUILD = Path(__file__).resolve().parents[1] / "build"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
SIZES = (20, 100, 300)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

EXPRESSIONS = (
    "%resource.item.item.where(linkId='q7').answer.value.code",
    f"%resource.item.item.answer.value.extension('{ORDINAL}').value.aggregate($this + $total, 0)",
    f"%resource.item.item.where(linkId='q3' or linkId='q4' or linkId='q5').answer.value.extension('{ORDINAL}').value.count()",
    "%resource.descendants().where(linkId='q9').answer.value.display",
    "%resource.repeat(item).where(linkId='q8').answer.exists()",
    "%resource.repeat(item).answer.value.ofType(Coding).count()",
    "today() >= %resource.item.where(linkId='birth').answer.value + 18 years",
    (
        "%resource.item.item.where(linkId='q2').answer.value.code = 'c2' and"
        " (%resource.item.item.where(linkId='q5').answer.value.code != 'c1'"
        " or %resource.item.where(linkId='weight').answer.value > 100)"
    ),
    (
        "iif(%resource.item.item.answer.value.where(code='c3').count() > 5, 'severe',"
        " iif(%resource.item.item.answer.value.where(code='c2').exists(), 'moderate', 'mild'))"
    ),
    "(%resource.item.item.answer.value.code | %resource.item.item.linkId).count()",
    "%resource.item.item.where(linkId.startsWith('q1')).select(linkId & '=' & answer.value.code).join('; ')",
    (
        "(%resource.item.where(linkId='weight').answer.value"
        " / (%resource.item.where(linkId='height').answer.value / 100).power(2)).round(1)"
    ),
    (
        "%resource.item.item.where(answer.value.code = 'c0' or answer.value.code = 'c1').count()"
        " * 100 / %resource.item.item.count()"
    ),
)


def response(items: int) -> dict[str, Any]:
    """A response with that many coded answers in groups of ten, and a few answers of other kinds."""
    groups: list[dict[str, Any]] = [
        {"linkId": "birth", "answer": [{"valueDate": "1984-05-06"}]},
        {"linkId": "weight", "answer": [{"valueDecimal": 71.5}]},
        {"linkId": "height", "answer": [{"valueInteger": 178}]},
    ]
    for start in range(0, items, 10):
        below = [
            {
                "linkId": f"q{n}",
                "text": f"Question {n}",
                "answer": [
                    {
                        "valueCoding": {
                            "system": "urn:scale",
                            "code": f"c{n % 4}",
                            "display": f"Answer {n % 4}",
                            "extension": [{"url": ORDINAL, "valueDecimal": n % 4}],
                        }
                    }
                ],
            }
            for n in range(start, min(start + 10, items))
        ]
        groups.append({"linkId": f"g{start}", "item": below})
    return {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": groups}


def fetch_fhirpathpy() -> None:
    folder = BUILD / "fhirpathpy"
    if not folder.exists():
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
        subprocess.run(
            [uv, "pip", "install", "-q", "--python", sys.executable, "--target", str(folder), "fhirpathpy==2.2.4"],
            check=True,
        )
    sys.path.append(str(folder))


def best(run: Callable[[], Any], seconds: float) -> float:
    """The shortest time of a run in milliseconds."""
    for _ in range(5):
        run()
    fastest, end = math.inf, time.perf_counter() + seconds
    while time.perf_counter() < end:
        started = time.perf_counter()
        for _ in range(5):
            run()
        fastest = min(fastest, (time.perf_counter() - started) / 5)
    return fastest * 1000


def ours(seconds: float) -> list[tuple[float, Any]]:
    found: list[tuple[float, Any]] = []
    for size in SIZES:
        resource = response(size)
        for text in EXPRESSIONS:
            expression = Expression(text, r4())
            run = lambda e=expression, r=resource: e(r, {"resource": r}, now=NOW)  # noqa: E731
            found.append((best(run, seconds), run()))
    return found


def fhirpath_js(seconds: float) -> list[tuple[float, Any]] | None:
    return on_fhirpath_js(
        [{"resource": response(size), "expressions": EXPRESSIONS, "seconds": seconds} for size in SIZES]
    )


def on_fhirpath_js(job: list[dict[str, Any]]) -> list[tuple[float, Any]] | None:
    """Milliseconds and result of each expression on its resource; None without Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    folder = BUILD / "fhirpath-js"
    if not (folder / "node_modules/fhirpath").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}", encoding="utf-8")
        subprocess.run([npm, "install", "--silent", "fhirpath@5.2"], cwd=folder, check=True)
    script = Path(__file__).with_suffix(".mjs")
    done = subprocess.run(
        [node, str(script), str(folder)], input=json.dumps(job), capture_output=True, text=True, check=True
    )
    return [(row["milliseconds"], row["result"]) for row in json.loads(done.stdout)]


def fhirpath_py(seconds: float) -> list[tuple[float, Any]]:
    import fhirpathpy
    from fhirpathpy.models import models

    found: list[tuple[float, Any]] = []
    for size in SIZES:
        resource = response(size)
        for text in EXPRESSIONS:
            run = fhirpathpy.compile(text, models["r4"])
            call = lambda f=run, r=resource: f(r, {"resource": r})  # noqa: E731
            try:
                found.append((best(call, seconds), call()))
            except Exception as error:  # a bench reports what another library cannot do
                found.append((math.nan, repr(error)))
    return found


def compiling(seconds: float) -> tuple[float, float]:
    """Milliseconds to compile all expressions here, and to parse them with fhirpathpy."""
    from portal.fhirpath.parser import parse

    def here() -> None:
        parse.cache_clear()
        for text in EXPRESSIONS:
            Expression(text, r4())

    from fhirpathpy.parser import parse as other

    return best(here, seconds), best(lambda: [other(text) for text in EXPRESSIONS], seconds)


def alike(mine: list[Any], theirs: list[Any]) -> bool:
    """Whether both give the same, numbers as numbers."""
    numbers = [all(isinstance(v, (int, float, Decimal)) for v in found) for found in (mine, theirs)]
    return [*map(float, mine)] == [*map(float, theirs)] if all(numbers) else mine == theirs


def geometric(ratios: list[float]) -> float:
    kept = [ratio for ratio in ratios if not math.isnan(ratio)]
    return math.exp(sum(map(math.log, kept)) / len(kept)) if kept else math.nan


def measure(seconds: float = 0.3) -> dict[str, Any]:
    """The figures as one object: each expression's milliseconds, and the ratios with what they may be at most."""
    fetch_fhirpathpy()
    mine, js, py = ours(seconds), fhirpath_js(seconds), fhirpath_py(seconds)
    rows: list[dict[str, Any]] = []
    for at, (spent, result) in enumerate(mine):
        row: dict[str, Any] = {
            "items": SIZES[at // len(EXPRESSIONS)],
            "expression": EXPRESSIONS[at % len(EXPRESSIONS)],
            "portal": spent,
            "fhirpathpy": py[at][0],
        }
        if js:
            row |= {"fhirpath.js": js[at][0], "same": alike(result, js[at][1])}
        rows.append(row)
    here, there = compiling(seconds)
    growth = [mine[at + 2 * len(EXPRESSIONS)][0] / mine[at][0] for at in range(len(EXPRESSIONS))]
    return {
        "ratio_to_fhirpath_js": ratio(mine, js) if js else None,
        "ratio_to_fhirpathpy": ratio(mine, py),
        "growth_20_to_300": geometric(growth),
        "compile_ms": here,
        "compile_ratio_to_fhirpathpy_parse": here / there,
        "rows": rows,
    }


def ratio(mine: list[tuple[float, Any]], others: list[tuple[float, Any]]) -> float:
    return geometric([a[0] / b[0] for a, b in zip(mine, others, strict=True)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true", help="the figures alone, as `make bench` wants them")
    wanted = parser.parse_args()
    found = measure(0.03 if wanted.quick else 0.3)
    if wanted.json:
        print(json.dumps({name: value for name, value in found.items() if name != "rows"}))
        return
    print(f"{'items':>5} {'portal':>9} {'fh.js':>9} {'fh.py':>9}   expression (ms)")
    for row in found["rows"]:
        times = " ".join(f"{row.get(name, math.nan):9.4f}" for name in ("portal", "fhirpath.js", "fhirpathpy"))
        print(f"{row['items']:5} {times}   {row['expression'][:80]}{'' if row.get('same', True) else '  (differs)'}")
    if found["ratio_to_fhirpath_js"]:
        print(f"time / fhirpath.js: {found['ratio_to_fhirpath_js']:.3f} (at most 0.3)")
    print(f"time / fhirpathpy: {found['ratio_to_fhirpathpy']:.3f} (at most 0.05)")
    print(f"growth from 20 to 300 items: {found['growth_20_to_300']:.1f}-fold (linear is 15)")
    print(
        f"compiling all 13: {found['compile_ms']:.2f} ms,"
        f" {found['compile_ratio_to_fhirpathpy_parse']:.3f} of fhirpathpy's parsing (at most 0.1)"
    )


if __name__ == "__main__":
    main()

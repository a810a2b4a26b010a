"""Forms made by program, for benches and for tests of size."""

from portal.authoring import parse_yaml
from portal.types import Json


def hundred_item_form() -> Json:
    """A scored form of 100 questions in 5 sections of 20, with a total, five sub-scores, bands and a condition a section."""
    return scored_form(sections=5, questions=20)


def scored_form(*, sections: int, questions: int) -> Json:
    """`sections` screens of `questions` questions each (0–3, the first shows the last); one sub-score each, and a total."""
    lines = [
        "code: BENCH",
        'version: "1.0.0"',
        "title: {fr: Formulaire de mesure, en: Bench form}",
        "category: auto",
        "licence: own",
        "answers:",
        "  frequency:",
        *(
            f"    - {{code: a{score}, score: {score}, fr: {fr}, en: {en}}}"
            for score, (fr, en) in enumerate(
                (("Jamais", "Never"), ("Parfois", "Sometimes"), ("Souvent", "Often"), ("Toujours", "Always"))
            )
        ),
        "items:",
    ]
    for section in range(sections):
        lines += [
            f"  - id: s{section}",
            f"    text: {{fr: Partie {section + 1}, en: Part {section + 1}}}",
            "    options: frequency",
            "    required: true",
            "    items:",
        ]
        for question in range(questions):
            number = section * questions + question + 1
            text = f"{{fr: Question {number}, en: Question {number}}}"
            last = question == questions - 1 and question > 0
            when = f", when: {{item: q{section * questions + 1}, not: a0}}" if last else ""
            lines.append(f"      - {{id: q{number}, prefix: '{number}', text: {text}{when}}}")
    top = sections * questions * 3
    lines += [
        "scores:",
        "  - id: total",
        "    title: {fr: Total, en: Total}",
        f"    sum: [q1..q{sections * questions}]",
        "    missing: ignore",
        f"    range: [0, {top}]",
        "    bands:",
        f"      - {{from: 0, to: {top // 3}, level: 0, label: {{fr: bas, en: low}}}}",
        f"      - {{from: {top // 3 + 1}, to: {top}, level: 3, label: {{fr: haut, en: high}}}}",
    ]
    for section in range(sections):
        first, last = section * questions + 1, (section + 1) * questions
        lines += [
            f"  - id: part{section}",
            f"    title: {{fr: Partie {section + 1}, en: Part {section + 1}}}",
            f"    sum: [q{first}..q{last}]",
            "    missing: ignore",
        ]
    return parse_yaml("\n".join(lines), "bench.yaml")

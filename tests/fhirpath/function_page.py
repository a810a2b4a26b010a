"""Writes the table of functions into docs/fhirpath.md: `python -m tests.fhirpath.function_page`."""

from pathlib import Path

from portal.fhirpath.functions import FUNCTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs/fhirpath.md"
HEADING = "Written by `python -m tests.fhirpath.function_page` from the one table in the code.\n"


def table() -> str:
    lines: list[str] = []
    for group in dict.fromkeys(function.group for function in FUNCTIONS.values()):
        lines += [f"\n### {group}\n", "| function | gives | |", "|---|---|---|"]
        lines += [
            f"| `{function.signature}` | {function.result or '–'} | {function.text.replace('|', chr(92) + '|')} |"
            for function in FUNCTIONS.values()
            if function.group == group
        ]
    return "\n".join(lines) + "\n"


def written(page: str) -> str:
    """The page with the present table below its heading."""
    return page.split(HEADING, maxsplit=1)[0] + HEADING + table()


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

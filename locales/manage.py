"""Translations. `add` merges sentences from standard input, `sync` extracts from the code and drops what is unused, `check` fails on gaps.

The msgid is the English sentence; English needs no file of its own beyond plurals, so `sync` fills it in.
"""

import ast
import fcntl
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDERS = ("portal", "components", "pages")
SENTENCE = {"t", "N_"}
PLURAL = "plural"
LANGUAGES = ("fr", "en")
FIXED = datetime(2026, 1, 1, tzinfo=UTC)  # a date that never moves keeps the files free of noise


def path(language: str) -> Path:
    return ROOT / "locales" / language / "LC_MESSAGES" / "portal.po"


def load(language: str) -> Catalog:
    if not path(language).exists():
        return Catalog(locale=language, project="portail-fondamental", charset="utf-8")
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def save(language: str, catalogue: Catalog) -> None:
    fresh = Catalog(
        locale=language,
        project="portail-fondamental",
        version="1",
        charset="utf-8",
        fuzzy=False,
        creation_date=FIXED,
        revision_date=FIXED,
        header_comment=f"# Sentences of the portal, {language}. Written by locales/manage.py; do not edit by hand.",
    )
    for message in catalogue:
        if message.id:
            fresh.add(message.id, message.string)
    path(language).parent.mkdir(parents=True, exist_ok=True)
    with path(language).open("wb") as file:
        write_po(file, fresh, width=0, sort_output=True, omit_header=False, no_location=True, include_previous=False)


def add(entries: list[list[str]]) -> None:
    french, english = load("fr"), load("en")
    for entry in entries:
        if len(entry) == 2:
            french.add(entry[0], entry[1])
            french[entry[0]].string = entry[1]
            english.add(entry[0], entry[0])
        else:
            one, one_fr, many, many_fr = entry
            french.add((one, many), (one_fr, many_fr))
            french[one].string = (one_fr, many_fr)
            english.add((one, many), (one, many))
    save("fr", french)
    save("en", english)


def used() -> Iterator[tuple[str, ...] | str]:
    """Each sentence that the code names. Read from the syntax tree: Babel's reader does not look into f-strings."""
    for folder in FOLDERS:
        for source in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
                    texts = [
                        one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    ]
                    if name in SENTENCE and texts and isinstance(node.args[0], ast.Constant):
                        yield texts[0]
                    elif name == PLURAL and len(texts) >= 2:
                        yield (texts[0], texts[1])


def msgid(message: tuple[str, ...] | str) -> str:
    return message if isinstance(message, str) else message[0]


def sync() -> None:
    wanted = {msgid(message): message for message in used()}
    french, english = load("fr"), load("en")
    for name, message in wanted.items():
        if name not in french:
            french.add(message, "" if isinstance(message, str) else ("", ""))
        if name not in english:
            english.add(message, message)
    for catalogue in (french, english):
        for message in list(catalogue):
            if message.id and msgid(message.id) not in wanted:
                catalogue.delete(message.id)
    save("fr", french)
    save("en", english)


def check() -> list[str]:
    """Each gap as a line: a sentence without French, a placeholder that differs, a sentence that nothing uses, a forbidden space."""
    wanted = {msgid(message): message for message in used()}
    gaps: list[str] = []
    for language in LANGUAGES:
        catalogue = load(language)
        for name, message in wanted.items():
            found = catalogue.get(name)
            strings = found.string if found else ""
            strings = strings if isinstance(strings, (tuple, list)) else (strings,)
            if not all(strings):
                gaps.append(f"{language}: not translated: {name}")
            gaps += [f"{language}: U+202F in: {name}" for string in strings if "\u202f" in string]
            gaps += [
                f"{language}: other placeholders than {name}"
                for string in strings
                if string and braces(string) - braces_all(message)
            ]
        gaps += [
            f"{language}: not used: {msgid(kept.id)}" for kept in catalogue if kept.id and msgid(kept.id) not in wanted
        ]
    return gaps


def braces(text: str) -> set[str]:
    return {piece.split("}")[0] for piece in text.split("{")[1:]}


def braces_all(message: tuple[str, ...] | str) -> set[str]:
    return set().union(*(braces(part) for part in ([message] if isinstance(message, str) else message))) | {"n"}


def main(arguments: list[str]) -> int:
    command = arguments[0] if arguments else "check"
    with (ROOT / "locales" / "manage.py").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if command == "add":
            add(json.load(sys.stdin))
            return 0
        if command == "sync":
            sync()
            return 0
        gaps = check()
        print("\n".join(gaps) or "translations: complete")
        return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The forms that the portal offers: every file of `content/questionnaires`, read at start and compiled when first used."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from portal.authoring.reading import load_form
from portal.fhir import systems
from portal.sdc import Form, compile_form
from portal.types import Json

_SUFFIXES = (".yaml", ".yml", ".json")


class Shelved:
    """One form of the catalogue. It is compiled once, whoever asks first, and then shared by every session."""

    __slots__ = ("_form", "_lock", "canonical", "code", "questionnaire", "url", "version")

    def __init__(self, questionnaire: Json, form: Form | None = None) -> None:
        self.questionnaire = questionnaire
        codes = (each for each in questionnaire.get("code", ()) if each.get("system") == systems.INSTRUMENT)
        self.code: str = next((each["code"] for each in codes), "")
        self.url: str = questionnaire.get("url", "")
        self.version: str = questionnaire.get("version", "")
        self.canonical = f"{self.url}|{self.version}"
        self._form = form
        self._lock = Lock()

    @property
    def form(self) -> Form:
        if self._form is None:
            with self._lock:
                if self._form is None:
                    self._form = compile_form(self.questionnaire)
        return self._form


class _Forms(Mapping[str, Form]):
    """Forms by name; looking at the names compiles nothing."""

    def __init__(self, shelved: Mapping[str, Shelved]) -> None:
        self._shelved = shelved

    def __getitem__(self, name: str) -> Form:
        return self._shelved[name].form

    def __contains__(self, name: object) -> bool:
        return name in self._shelved

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelved)

    def __len__(self) -> int:
        return len(self._shelved)


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """Forms by code (`PHQ9`) and by canonical (`url|version`, or `url` for the newest version)."""

    shelf: tuple[Shelved, ...]
    codes: Mapping[str, Form]
    canonicals: Mapping[str, Form]

    @classmethod
    def load(cls, folder: Path, norms: Path | None = None, private: Path | None = None) -> "Catalogue":
        """Reads `*.yaml`, `*.yml` and `*.json`, in the order of their names; `norms` is the folder of the tables that scores
        look up. A form of the `private` folder stands in the place of the public one with its code and version, as the
        licensed text does of a form that records results only. Raises `AuthoringError` at the first that cannot be read,
        so that a portal never starts with half of its forms. None is compiled yet.
        """
        folders = (folder, private) if private else (folder,)
        files = [each for place in folders for each in sorted(place.iterdir()) if each.suffix in _SUFFIXES]
        return cls._on({each.canonical: each for each in (Shelved(load_form(file, norms)) for file in files)}.values())

    @classmethod
    def of(cls, forms: Iterable[Form]) -> "Catalogue":
        return cls._on(Shelved(form.questionnaire, form) for form in forms)

    @classmethod
    def _on(cls, shelved: Iterable[Shelved]) -> "Catalogue":
        ordered = tuple(sorted(shelved, key=lambda each: (each.code, _order(each.version))))
        canonicals = {each.canonical: each for each in ordered} | {each.url: each for each in ordered}
        codes = {each.code: each for each in ordered}
        return cls(shelf=ordered, codes=_Forms(codes), canonicals=_Forms(canonicals))

    @property
    def forms(self) -> tuple[Form, ...]:
        """Every version of every form, compiled."""
        return tuple(each.form for each in self.shelf)

    def warm(self) -> None:
        """Compiles what nobody has used yet. For a thread beside a server that has just started."""
        for each in self.shelf:
            _ = each.form

    def canonical(self, code: str) -> str:
        """`url|version` of the newest version of an instrument, without compiling it. Raises `KeyError`."""
        return {each.code: each.canonical for each in self.shelf}[code]

    def by_code(self, code: str) -> Form | None:
        """The newest version of an instrument."""
        return self.codes.get(code)

    def by_canonical(self, canonical: str) -> Form | None:
        """Exactly that version, or the newest when the canonical names none."""
        return self.canonicals.get(canonical)

    def __iter__(self) -> Iterator[Form]:
        return iter(self.codes.values())


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))

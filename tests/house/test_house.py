"""The house rules of deploy/setup/house.py hold here, and each is seen to catch what it is for."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The checks, looking at an empty repository in which each test puts what it wants found."""
    found = importlib.util.spec_from_file_location("house", ROOT / "deploy/setup/house.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(
        module,
        "tracked",
        lambda: [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()],
    )
    return module


def test_a_module_over_400_lines_is_named(house: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal/long.py").write_text("x = 1\n" * 401)

    assert [complaint.split(":")[0] for complaint in house.long_modules()] == ["portal/long.py"]


@pytest.fixture
def two_rooms(tmp_path: Path) -> Path:
    """A room with one public module, one private one and an exported name; another room asks for them."""
    (tmp_path / "portal/trials").mkdir(parents=True)
    (tmp_path / "portal/review").mkdir()
    (tmp_path / "portal/trials/__init__.py").write_text(
        '"""Trials. `portal.trials.model` is public."""\nfrom portal.trials.load import load_trial\n'
    )
    for module in ("model", "load"):
        (tmp_path / f"portal/trials/{module}.py").touch()
    return tmp_path / "portal/review/states.py"


@pytest.mark.parametrize(
    "line",
    [
        "from portal.trials import load_trial",
        "from portal.trials.model import Trial",
        "from portal.trials import model",
    ],
)
def test_what_a_room_exports_may_be_imported(house: ModuleType, two_rooms: Path, line: str) -> None:
    two_rooms.write_text(line)

    assert not list(house.private_imports())


@pytest.mark.parametrize(
    "line", ["from portal.trials.load import Loader", "import portal.trials.load", "from portal.trials import load"]
)
def test_a_private_module_of_another_room_is_named(house: ModuleType, two_rooms: Path, line: str) -> None:
    two_rooms.write_text(line)

    assert [complaint.split(":")[0] for complaint in house.private_imports()] == ["portal/review/states.py"]


@pytest.mark.parametrize("text", ["https://{}pi.org/simple", "https://files.{}thonhosted.org/x", "/home/{}/portal"])
def test_a_text_of_one_machine_is_named(house: ModuleType, tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.md").write_text("first line\nsee " + text.format("py") + "\n")

    assert [complaint.split(":")[:2] for complaint in house.local_texts()] == [["notes.md", "2"]]


def test_a_text_of_everyone_is_left_alone(house: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("http://localhost:8080/home/patients and https://example.fr/root/x\n")

    assert not list(house.local_texts())


def test_a_requirement_that_the_lock_does_not_hold_is_named(house: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["httpx>=0.28"]\n[project.optional-dependencies]\ndev = ["pytest>=9"]\nbuild = []\n'
    )
    (tmp_path / "requirements.txt").write_text("httpx==0.28.1 \\\n    --hash=sha256:00\n")
    (tmp_path / "requirements-dev.txt").write_text("httpx==0.28.1\npytest==8.4\n")

    assert list(house.stale_lock()) == ["requirements-dev.txt: pytest>=9 is pinned at 8.4; run make lock"]

"""What the Makefile's scripts say and do at the edges: no right to install, a Python that is too old."""

import subprocess
from pathlib import Path

SETUP = Path(__file__).parents[2] / "deploy/setup"
TOOLS = "/usr/bin:/bin"


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script], env={"PATH": TOOLS, **environment}, capture_output=True, text=True, check=False
    )


def test_who_may_not_install_is_told_the_line_to_type() -> None:
    answer = run(
        f". {SETUP}/common.sh; apt_prefix() {{ return 1; }}; need_packages 'Pango prints' libpango-1.0-0 chromium"
    )

    assert answer.returncode == 1
    assert "    sudo apt-get update && sudo apt-get install -y libpango-1.0-0 chromium\n" in answer.stderr


def test_a_python_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    old, new = tmp_path / "python3", tmp_path / "python3.12"
    old.write_text("#!/bin/sh\nexit 1\n")
    new.write_text("#!/bin/sh\nexit 0\n")
    old.chmod(0o755)
    new.chmod(0o755)

    assert run(f". {SETUP}/python.sh; find_python", PATH=f"{tmp_path}:{TOOLS}").stdout.strip() == str(new)


def postgresql(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """With an installation that puts it into `folder`."""
    install = f"mkdir -p {folder}/17/bin; touch {folder}/17/bin/initdb; echo installed $2"
    return run(
        f". {SETUP}/common.sh; . {SETUP}/system.sh; need_packages() {{ {install}; }}; need_postgresql",
        POSTGRESQL_PROGRAMS=str(folder),
        **environment,
    )


def test_the_proofs_database_is_installed_once(tmp_path: Path) -> None:
    first, second = postgresql(tmp_path), postgresql(tmp_path)

    assert (first.returncode, first.stdout) == (0, "installed postgresql\n")
    assert (second.returncode, second.stdout) == (0, "")


def test_proofs_are_prepared_with_their_database() -> None:
    makefile = (SETUP.parents[1] / "Makefile").read_text("utf-8")
    target = makefile.partition("\nprove:")[2].partition("\n\n")[0]

    assert "deploy/setup/prepare prove" in target
    assert "need_postgresql" in (SETUP / "prepare").read_text("utf-8")

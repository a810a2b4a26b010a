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

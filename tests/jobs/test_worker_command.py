"""`portal worker --check`: whether anybody does the work."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal import jobs
from portal.__main__ import main
from portal.clock import FixedClock, SystemClock
from tests.accounts.light import light_door


@pytest.mark.parametrize(("minutes", "code"), [(5, 0), (15, 1)])
def test_work_left_lying_for_ten_minutes_fails_the_check(tmp_path: Path, minutes: int, code: int) -> None:
    async def put_in() -> None:
        then = FixedClock(SystemClock().now() - timedelta(minutes=minutes))
        async with light_door(tmp_path, then) as door:
            await jobs.defer(door.acting, "anything", {})

    asyncio.run(put_in())
    answer = CliRunner().invoke(main, ["worker", "--check"], env={"PORTAL_DATA_DIR": str(tmp_path)})
    assert (answer.exit_code, answer.stdout) == (code, f"{code}\n")

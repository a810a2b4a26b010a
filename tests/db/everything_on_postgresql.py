"""A pytest plugin: whoever opens the database of a folder gets a PostgreSQL schema of that folder's own.

`PORTAL_TEST_POSTGRESQL` is the folder of the server's socket. A schema costs a hundredth of a database. Used by
test_on_postgresql.py.
"""

import hashlib
import os
from pathlib import Path

import psycopg

from portal.db import Database

SOCKET = os.environ["PORTAL_TEST_POSTGRESQL"]


async def open_folder(_cls: type[Database], folder: Path) -> Database:
    name = f"of_{hashlib.sha256(str(folder).encode()).hexdigest()[:24]}"
    with psycopg.connect(host=SOCKET, user="portal", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{name}"')
    return await Database.open(f"postgresql://portal@/postgres?host={SOCKET}&options=-csearch_path%3D{name}")


Database.open_folder = classmethod(open_folder)

"""Exits 0 when a worker gave a sign of life within a minute; for container health checks.

Each worker of the job queue renews its row every ten seconds.
"""

import os
import sys

import psycopg

ALIVE = """
    SELECT count(*) FROM procrastinate_workers
    WHERE last_heartbeat > now() - interval '1 minute'
"""

try:
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=4) as connection:
        row = connection.execute(ALIVE).fetchone()
except psycopg.Error as error:
    sys.exit(f"the job queue can't be asked: {error}")
sys.exit(0 if row and row[0] else "no worker gave a sign of life within a minute")

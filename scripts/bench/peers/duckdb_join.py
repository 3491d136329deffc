"""wells, parcels: DuckDB spatial joins: ``duckdb_join.py wells --data DIR``."""

from __future__ import annotations

import sys
from functools import partial

from common import Clock, Given, Told, answer
from duck import PACKAGES, connected, load, union_of_files
from near import parcels_shared, wells_near


def work(task: str, given: Given) -> Told:
    """The answers to one of the two tasks."""
    clock = Clock()
    base = connected()
    with clock("read"):
        load(base, given)
        limit = f" LIMIT {given.most}" if given.most else ""
        path = given.data / f"{task}.parquet"
        base.execute(f"CREATE TABLE {task} AS SELECT * FROM read_parquet('{path}'){limit}")
    with clock("engine"):
        for k, one in enumerate(given.questions):
            base.execute(f"CREATE TABLE q{k} AS {union_of_files(one, 'geometry')}")
        asked = wells_near if task == "wells" else parcels_shared
        result = asked(lambda sql: base.execute(sql).fetchone(), given.questions)
    return clock.told(result, PACKAGES)


if __name__ == "__main__":
    task = sys.argv.pop(1)
    answer(task, "DuckDB spatial", partial(work, task))

"""wells, parcels: SedonaDB spatial joins: ``sedona_join.py wells --data DIR``."""

from __future__ import annotations

import sys
from functools import partial

from common import Clock, Given, Told, answer
from duck import union_of_files
from near import parcels_shared, wells_near


def work(task: str, given: Given) -> Told:
    """The answers to one of the two tasks."""
    import sedonadb  # noqa: PLC0415 - absent is an answer

    clock = Clock()
    base = sedonadb.connect()
    with clock("read"):
        for name in (*given.files, task):
            table = base.read_parquet(str(given.data / f"{name}.parquet"))
            if name == task and given.most:
                table = table.limit(given.most)
            table.to_memtable().to_view(name)

    def ask(sql: str) -> tuple[float, ...]:
        row = base.sql(sql).to_arrow_table().to_pylist()[0]
        return tuple(row.values())

    with clock("engine"):
        for k, one in enumerate(given.questions):
            base.sql(union_of_files(one, "geometry")).to_memtable().to_view(f"q{k}")
        asked = wells_near if task == "wells" else parcels_shared
        result = asked(ask, given.questions)
    return clock.told(result, ["sedonadb"])


if __name__ == "__main__":
    task = sys.argv.pop(1)
    answer(task, "SedonaDB", partial(work, task))

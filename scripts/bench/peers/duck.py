"""A DuckDB with the spatial extension, from packages alone: nothing is fetched."""

from __future__ import annotations

from typing import Any

from common import AbsentError, Given, Question

PACKAGES = ["duckdb", "duckdb-extension-spatial"]


def connected() -> Any:  # duckdb is untyped
    """A database in memory with ``spatial`` loaded."""
    try:
        import duckdb  # noqa: PLC0415 - absent is an answer
        from duckdb_extensions import import_extension  # noqa: PLC0415
    except ImportError as error:
        raise AbsentError(str(error)) from error
    base = duckdb.connect()
    import_extension("spatial", con=base)
    base.load_extension("spatial")
    return base


def load(base: Any, given: Given) -> None:  # duckdb is untyped
    """Every layer as a table of its name, with a column ``geometry``."""
    for name in (*given.files, "area"):
        path = given.data / f"{name}.parquet"
        base.execute(f"CREATE TABLE \"{name}\" AS SELECT * FROM read_parquet('{path}')")


def union_of_files(question: Question, columns: str) -> str:
    """A query of the matching features of all files of a question."""
    return " UNION ALL ".join(
        f'SELECT {columns} FROM "{name}" WHERE {question.sql}' for name in question.files
    )

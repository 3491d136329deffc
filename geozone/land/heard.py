"""What the reading of a vector file said of itself: warnings, doubts, and counts that differ."""

from __future__ import annotations

from geozone.land.formats.features import STALE_COPY, Features
from geozone.land.problems import Problems

READ_AGAIN = "检查或重新导出 / check it or export it again"


def report_heard(found: Features, problems: Problems, *, known: bool = False) -> None:
    """Reports what a driver warned of, and a count that is not the number of features read.

    ``known``: the project states the content's hash or count, so that a copy cannot be stale.
    """
    for problem, what in found.doubts:
        if problem != STALE_COPY or not known:
            problems.report(problem, what, READ_AGAIN)
    for text in found.warnings:
        problems.report("driver-warning", f"驱动警告 / driver warning: {text}", READ_AGAIN)
    counts = [one for one in (found.declared, found.scanned) if one is not None]
    if any(one != len(found.fids) for one in counts):
        stated = " / ".join(str(one) for one in counts)
        problems.report(
            "count-mismatch",
            f"读到 {len(found.fids)} 个要素，文件载明或扫描得 {stated} / "
            f"{len(found.fids)} features were read, the file states or holds {stated}",
            "重新导出 / export it again",
        )

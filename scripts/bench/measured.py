"""One run of a command in a process of its own: wall, CPU, peak of memory, and what it told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STEP_S = 0.01
BYTES_PER_MAXRSS = 1024
"""Linux tells it in kilobytes."""


@dataclass(frozen=True)
class Run:
    """Seconds, megabytes and the JSON line of one run; ``failed`` says why there is none.

    Memory is the highest resident set of any one process of the run, CPU that of all of them.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    line: Mapping[str, Any]
    failed: str = ""
    code: int = 0

    @property
    def is_good(self) -> bool:
        """Whether it came to an answer."""
        return not self.failed and "absent" not in self.line


def run(command: Sequence[str], *, timeout_s: float, folder: Path | None = None) -> Run:
    """Run a command to its end, or kill it and all it started when the time is up."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        child = subprocess.Popen(
            command, stdout=out, stderr=err, cwd=folder, start_new_session=True
        )
        status, used, late = _waited(child.pid, began + timeout_s)
        wall_s = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        line = _last_json(out.read().decode("utf-8", "replace"))
        said = err.read().decode("utf-8", "replace").strip().splitlines()
    failed = f"over {timeout_s:g} s" if late else ""
    if not failed and child.returncode and "absent" not in line:
        failed = said[-1] if said else f"exit {child.returncode}"
    return Run(
        wall_s=wall_s,
        cpu_s=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss * BYTES_PER_MAXRSS / 1e6,
        line=line,
        failed=failed,
        code=child.returncode,
    )


def _waited(pid: int, until: float) -> tuple[int, Any, bool]:
    """Exit status and resources of a child, and whether it had to be killed."""
    late = False
    while True:
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done:
            return status, used, late
        if time.perf_counter() > until and not late:
            late = True
            os.killpg(pid, signal.SIGTERM)
        if time.perf_counter() > until + 10:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(STEP_S)


def _last_json(text: str) -> Mapping[str, Any]:
    for line in reversed(text.splitlines()):
        if line.startswith("{"):
            try:
                found: Mapping[str, Any] = json.loads(line)
            except ValueError:
                continue
            return found
    return {}

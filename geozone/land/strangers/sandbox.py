"""A child process that may only read and tell: without network, with limits of everything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from geozone.land.formats.features import UnreadableError
from geozone.land.strangers import seccomp

CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from importlib import import_module; "
    "import_module(sys.argv[2]).main(json.loads(sys.argv[3]))"
)
KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH")
"""Variables without which Python itself may not start."""
CALM = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "GDAL_NUM_THREADS": "1",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_DRIVER_PATH": "disable",
    "PROJ_NETWORK": "OFF",
    "PROJ_SKIP_READ_USER_WRITABLE_DIRECTORY": "YES",
}
"""The only settings of libraries: one thread each, little memory, no plug-ins, no network."""
TODO = "检查或重新导出 / check it or export it again"


@dataclass(frozen=True)
class Limits:
    """The most that a child may use: seconds of processor and of waiting, and bytes.

    ``written_bytes`` of one unpacked file, while it unpacks; afterwards it writes none.
    ``bytes_per_s`` gives a large file a second more of the processor for each so many bytes.
    """

    cpu_s: int = 10
    wall_s: float = 120.0
    memory_bytes: int = 1 << 30
    written_bytes: int = 512 << 20
    told_bytes: int = 256 << 20
    open_files: int = 128
    bytes_per_s: int = 4 << 20

    def given(self, size_bytes: int) -> Limits:
        """The limits for a file of a size in bytes."""
        return replace(self, cpu_s=self.cpu_s + size_bytes // self.bytes_per_s)


def lacking() -> tuple[str, ...]:
    """What this system cannot limit, in words."""
    found = []
    if find_spec("resource") is None or sys.platform != "linux":
        found.append("内存与时间限制 / limits of memory and time")
    if not seccomp.available():
        found.append("断网 / cutting off the network")
    return tuple(found)


def confine(limits: Limits) -> None:
    """Puts this process under the limits. Raises ``OSError`` or ``ValueError`` where it cannot."""
    import resource  # noqa: PLC0415 - there is none on Windows

    caps = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_FSIZE: limits.written_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in caps.items():
        # One second more of processor time: the first signal names its reason, the last does not.
        wanted = most + 1 if what == resource.RLIMIT_CPU else most
        _, hard = resource.getrlimit(what)
        last = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(what, (min(most, last), last))
    seccomp.cut_off()


def stop_writing() -> None:
    """From here on this process makes and changes no file. Raises ``OSError``."""
    import resource  # noqa: PLC0415 - there is none on Windows

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    seccomp.read_only()


def told_by(
    module: str, job: Mapping[str, Any], home: Path, limits: Limits
) -> dict[str, Any]:  # JSON values of mixed types
    """What ``module.main`` prints when it is given a job, in a child process.

    It prints JSON, a line for the whole and one for each of its ``rows``, whose number the
    whole states. ``home`` is the only folder it should use. Raises ``UnreadableError`` where
    the child ends badly, tells too much, or takes too long.
    """
    asked = json.dumps({**job, "limits": asdict(limits)})
    paths = json.dumps([os.path.abspath(one) for one in sys.path])
    command = [sys.executable, "-I", "-B", "-c", CHILD, paths, module, asked]
    said, code, is_late = _run(command, home, limits)
    if is_late:
        raise UnreadableError("读取超时 / reading took too long", TODO)
    if len(said) > limits.told_bytes:
        raise UnreadableError("内容过多 / it holds too much", "拆分 / split it")
    if code != 0:
        why = _ending(code, limits)
        raise UnreadableError(f"读取程序中止 / the reader broke down: {why}", TODO)
    return _parsed(said)


def _parsed(said: bytes) -> dict[str, Any]:  # JSON values of mixed types
    """The lines as one value. Raises ``UnreadableError`` where they are not as agreed."""
    try:
        told, *rows = [json.loads(line) for line in said.splitlines()]
    except (ValueError, RecursionError) as error:
        raise UnreadableError("读取程序出错 / the reader broke down", TODO) from error
    if not isinstance(told, dict) or told.get("rows") != len(rows):
        raise UnreadableError("读取程序中断 / the reader was cut short", TODO)
    return {**told, "rows": rows}


def _run(command: Sequence[str], home: Path, limits: Limits) -> tuple[bytes, int, bool]:
    """What a command says, how it ends, and whether it had to be stopped for the time it took."""
    late = threading.Event()
    with subprocess.Popen(  # noqa: S603 - our own code
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=home,
        env=_environment(home),
        start_new_session=True,
    ) as child:

        def stop() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(limits.wall_s, stop)
        timer.start()
        try:
            said = child.stdout.read(limits.told_bytes + 1) if child.stdout else b""
            if len(said) > limits.told_bytes:
                child.kill()
            code = child.wait()
        finally:
            timer.cancel()
            child.kill()
    return said, code, late.is_set()


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the user's own settings: no paths, proxies, plug-ins or credentials."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    place = str(home)
    return {**kept, **CALM, "HOME": place, "TMPDIR": place, "TEMP": place, "LC_ALL": "C.UTF-8"}


def _ending(code: int, limits: Limits) -> str:
    """Why a child ended, as far as its exit code says."""
    words = {
        "SIGXCPU": f"处理器用时超过 / more processor time than {limits.cpu_s} s",
        "SIGXFSZ": "写得过多 / it wrote too much",
        "SIGKILL": "时间或内存超限 / out of time or memory",
        "SIGSYS": "禁止的系统调用 / a forbidden system call",
    }
    known = {one.value: one.name for one in signal.Signals}
    name = known.get(-code, str(code))
    return words.get(name, name)

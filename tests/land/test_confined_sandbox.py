"""What a confined child cannot do, and how its end is told."""

from __future__ import annotations

import errno
import json
import struct
from dataclasses import replace

import pytest

from geozone.land.formats.features import UnreadableError
from geozone.land.strangers import sandbox, seccomp
from geozone.land.strangers.sandbox import Limits, told_by

LIMITS = Limits(cpu_s=1, wall_s=30.0, memory_bytes=512 << 20, told_bytes=1 << 20)
HEAD = """
import json, os, socket, sys, threading
from geozone.land.strangers.sandbox import Limits, confine, stop_writing

def tell(**told):
    print(json.dumps({"rows": 0, **told}))

def tried(act):
    try:
        return repr(act())
    except OSError as error:
        return error.errno
    except Exception as error:
        return type(error).__name__

def main(job):
    confine(Limits(**job["limits"]))
"""


@pytest.fixture
def child(tmp_path, monkeypatch):
    """What a child tells that runs some lines after it is confined."""

    def run(lines, limits=LIMITS, **job):
        body = "".join(f"    {line}\n" for line in lines.strip().splitlines())
        (tmp_path / "confinedbody.py").write_text(HEAD + body, "utf-8")
        home = tmp_path / "home"
        home.mkdir()
        monkeypatch.syspath_prepend(str(tmp_path))
        return told_by("confinedbody", job, home, limits)

    return run


def test_this_system_has_all_the_limits():
    assert sandbox.lacking() == ()


DENIED = {
    "socket.socket()": errno.EPERM,
    "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)": errno.EPERM,
    "socket.socket(socket.AF_UNIX)": errno.EPERM,
    "socket.socketpair()": errno.EPERM,
    "os.fork()": errno.EPERM,
    "os.execv('/bin/true', ['true'])": errno.EPERM,
    "os.posix_spawn('/bin/true', ['true'], {})": errno.EPERM,
    "os.kill(os.getppid(), 0)": errno.EPERM,
    "os.pidfd_open(1)": errno.EPERM,
    "bytearray(2 << 30)": "MemoryError",
    "open('large', 'wb', buffering=0).write(bytes(3 << 20))": str(1 << 20),
    "open('larger', 'wb').write(bytes(3 << 20))": errno.EFBIG,
}
CHANGES = [
    "open('new', 'w')",
    "open('there', 'a')",
    "open('there', 'r+')",
    "os.open('.', os.O_TMPFILE | os.O_RDWR)",
    "os.truncate('there', 0)",
    "os.rename('there', 'else')",
    "os.unlink('there')",
    "os.symlink('there', 'else')",
    "os.link('there', 'else')",
    "os.mkdir('folder')",
    "os.chmod('there', 0)",
    "os.mkfifo('pipe')",
    "os.memfd_create('x')",
]


def test_the_child_is_denied_network_processes_and_more_than_its_share(child):
    told = child(
        f"tell(got={{act: tried(lambda: eval(act)) for act in {list(DENIED)}}})",
        replace(LIMITS, written_bytes=1 << 20),
    )
    assert told["got"] == DENIED


def test_threads_files_and_reading_are_left_to_it(child):
    told = child(
        """
        done = []
        one = threading.Thread(target=lambda: done.append(1))
        one.start(); one.join()
        open("a", "w").write("b")
        tell(threads=done, read=open("a").read(), home=os.environ["HOME"] == os.getcwd())
        """.replace("        ", "")
    )
    assert told == {"rows": [], "threads": [1], "read": "b", "home": True}


def test_once_it_reads_it_changes_nothing(child, tmp_path):
    told = child(
        f"""
open("there", "w").write("1")
stop_writing()
got = {{act: tried(lambda: eval(act)) for act in {CHANGES}}}
tell(got=got, kept=open("there").read())
"""
    )
    assert told["got"] == dict.fromkeys(CHANGES, errno.EPERM)
    assert told["kept"] == "1"
    assert [one.name for one in (tmp_path / "home").iterdir()] == ["there"]


@pytest.mark.parametrize(
    ("lines", "limits", "says"),
    [
        ("while True: pass", {}, "more processor time than 1 s"),
        ("threading.Event().wait()", {"wall_s": 1.0}, "too long"),
        ("sys.stdout.write('x' * (1 << 20)); tell()", {"told_bytes": 1 << 10}, "too much"),
        ("os.close(1); threading.Event().wait()", {"wall_s": 1.0}, "too long"),
        ("os._exit(3)", {}, "broke down: 3"),
        ("__import__('ctypes').string_at(0)", {}, "SIGSEGV"),
        ("os.abort()", {}, "broke down"),
        ("raise ValueError('no')", {}, "broke down: 1"),
        ("print('no json')", {}, "broke down"),
        ("print('[' * 100_000)", {}, "broke down"),
        ("print()", {}, "broke down"),
        ("pass", {}, "broke down"),
        ("print('3')", {}, "cut short"),
        ("print('{}')", {}, "cut short"),
        ("print('{\"rows\": 2}\\n1')", {}, "cut short"),
    ],
)
def test_a_bad_end_is_told(child, lines, limits, says):
    with pytest.raises(UnreadableError, match=says):
        child(lines, replace(LIMITS, **limits))


def test_a_processor_that_is_not_known_ends_the_process():
    code = seccomp.program({1: errno.EPERM}, [], seccomp.ARCHITECTURES["aarch64"])
    lines = list(struct.iter_unpack("=HBBI", code))
    assert lines[1:3] == [(0x15, 1, 0, seccomp.ARCHITECTURES["aarch64"]), (6, 0, 0, 0x80000000)]


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
def test_numbers_of_calls_are_distinct(machine):
    at = list(seccomp.ARCHITECTURES).index(machine)
    tables = (seccomp.NETWORK, seccomp.PROCESSES, seccomp.WRITING, seccomp.HIDDEN)
    numbers = [pair[at] for table in tables for pair in table.values() if pair[at]]
    numbers += [one[at] for one in (seccomp.CLONE, seccomp.OPENAT)]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("patched", "lacks"),
    [
        ({"platform.machine": lambda: "riscv64"}, True),
        ({"sys.platform": "darwin"}, True),
        ({}, False),
    ],
)
def test_elsewhere_the_limits_are_said_to_be_lacking(patched, lacks, monkeypatch):
    for name, value in patched.items():
        monkeypatch.setattr(name, value)
    assert bool(sandbox.lacking()) is lacks


def test_the_child_inherits_no_settings_and_no_input(child, monkeypatch):
    for name in ("PROJ_LIB", "GDAL_DATA", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "PYTHONPATH"):
        monkeypatch.setenv(name, "secret")
    told = child("tell(env=dict(os.environ), read=sys.stdin.read())")
    assert "secret" not in json.dumps(told["env"])
    assert told["read"] == ""

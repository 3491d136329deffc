"""System calls denied to a process, on Linux: a filter that holds for good, children included.

The filter is a program of the kernel's classic BPF: it sees the number of a call and its
plain arguments. See seccomp(2).
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""What the kernel calls the machines whose calls are listed here; the order is that below."""

# Names of system calls with their numbers on x86_64 and aarch64, 0 where there is none.
NETWORK = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}
PROCESSES = {
    "fork": (57, 0),
    "vfork": (58, 0),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "memfd_create": (319, 279),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "open_by_handle_at": (304, 265),
}
WRITING = {
    "creat": (85, 0),
    "truncate": (76, 45),
    "ftruncate": (77, 46),
    "rename": (82, 0),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, 0),
    "mkdirat": (258, 34),
    "rmdir": (84, 0),
    "unlink": (87, 0),
    "unlinkat": (263, 35),
    "link": (86, 0),
    "linkat": (265, 37),
    "symlink": (88, 0),
    "symlinkat": (266, 36),
    "mknod": (133, 0),
    "mknodat": (259, 33),
    "chmod": (90, 0),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, 0),
    "fchown": (93, 55),
    "lchown": (94, 0),
    "fchownat": (260, 54),
}
HIDDEN = {"clone3": (435, 435), "openat2": (437, 437)}
"""Calls whose arguments a filter cannot see: said not to exist, so that the older are used."""
CLONE = (56, 220)
OPEN = (2, 0)
OPENAT = (257, 56)
CLONE_THREAD = 0x10000
WRITE_FLAGS = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_TMPFILE."""
X32 = 0x40000000
"""Calls of a second numbering on x86_64 begin here."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NO_NEW_PRIVS, _GET_SECCOMP = 38, 21
_FILTER_MODE, _ALL_THREADS = 1, 1
_SECCOMP = (317, 277)


@dataclass(frozen=True)
class Flags:
    """A call that is denied by the bits of one argument: where any is set, or where none is."""

    number: int
    argument: int
    bits: int
    where_none: bool = False


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def available() -> bool:
    """Whether this system lets a process give up system calls, as far as can be told."""
    is_known = sys.platform == "linux" and platform.machine() in ARCHITECTURES
    return is_known and sys.maxsize > 1 << 32 and _libc().prctl(_GET_SECCOMP, 0, 0, 0, 0) >= 0


def cut_off() -> None:
    """No network, no other process, for the rest of this process. Raises ``OSError``."""
    at = _machine()
    calls = {**_numbers(NETWORK, at), **_numbers(PROCESSES, at)}
    flags = [Flags(CLONE[at], argument=0, bits=CLONE_THREAD, where_none=True)]
    _install({**calls, **_numbers(HIDDEN, at, errno.ENOSYS)}, flags)


def read_only() -> None:
    """No file is made, changed or removed by this process any more. Raises ``OSError``."""
    at = _machine()
    flags = [Flags(OPENAT[at], argument=2, bits=WRITE_FLAGS)]
    flags += [Flags(OPEN[at], argument=1, bits=WRITE_FLAGS)] if OPEN[at] else []
    _install(_numbers(WRITING, at), flags)


def _machine() -> int:
    """Which column of numbers holds here. Raises ``OSError`` where none does."""
    if not available():
        raise OSError(errno.ENOSYS, "no seccomp")
    return list(ARCHITECTURES).index(platform.machine())


def _numbers(
    calls: Mapping[str, tuple[int, int]], at: int, code: int = errno.EPERM
) -> dict[int, int]:
    """The error of each denied call by its number."""
    return {numbers[at]: code for numbers in calls.values() if numbers[at]}


def program(calls: Mapping[int, int], flags: Sequence[Flags], architecture: int) -> bytes:
    """The filter's instructions: calls of another architecture end the process."""
    lines = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if architecture == ARCHITECTURES["x86_64"]:
        lines += [(_AT_LEAST, 0, 1, X32), (_RETURN, 0, 0, _DENY | errno.ENOSYS)]
    for number, code in sorted(calls.items()):
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _DENY | code)]
    for one in flags:
        skip = (1, 0) if one.where_none else (0, 1)
        lines += [
            (_EQUAL, 0, 4, one.number),
            (_LOAD, 0, 0, _ARGUMENTS + 8 * one.argument),
            (_ANY_BIT, *skip, one.bits),
            (_RETURN, 0, 0, _DENY | errno.EPERM),
            (_RETURN, 0, 0, _ALLOW),
        ]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _install(calls: Mapping[int, int], flags: Sequence[Flags]) -> None:
    architecture = ARCHITECTURES[platform.machine()]
    code = program(calls, flags, architecture)
    libc = _libc()
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    wanted = _Program(len(code) // 8, code)
    number = _SECCOMP[_machine()]
    if libc.syscall(number, _FILTER_MODE, _ALL_THREADS, ctypes.byref(wanted)):
        raise OSError(ctypes.get_errno(), "seccomp")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)

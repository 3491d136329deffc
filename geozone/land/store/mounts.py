"""Which file systems tell for certain that a file has changed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

BELIEVED = ("ext4", "f2fs", "overlay", "xfs")
"""Local ones that note every change of a file in its change time, to the tick of the clock.

Not so: NFS and SMB (times of another clock, from a cache), FAT and exFAT (no change time, steps
of 2 s), tmpfs and ZFS (nothing is noted, or later, of writing through mapped memory).
"""
LATE = "lazytime"
"""The option with which times are on the disk long after the content is."""
PLACE_FIELDS, SOURCE_FIELDS = 6, 3
MOUNTS = Path("/proc/self/mountinfo")
BOOT = Path("/proc/sys/kernel/random/boot_id")


@cache
def believed_devices() -> frozenset[int]:
    """The numbers of the devices whose file systems are believed; none where no one tells."""
    return _believed(_text(MOUNTS))


@cache
def boot() -> str:
    """What names this run of the system, empty where nothing does.

    Cut off from its power, a machine may lose the times of what it had written.
    """
    return _text(BOOT).strip()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""


def _believed(text: str) -> frozenset[int]:
    """The same, from the table of mounts; a device with any doubt is left out."""
    told = list(_mounts(text))
    return frozenset(device for device, sure in told if sure) - {
        device for device, sure in told if not sure
    }


def _mounts(text: str) -> Iterator[tuple[int, bool]]:
    """Each mounted device, and whether it is believed as it is mounted."""
    for line in text.splitlines():
        place, _, source = line.partition(" - ")
        first, last = place.split(), source.split()
        if len(first) >= PLACE_FIELDS and len(last) >= SOURCE_FIELDS:
            major, _, minor = first[2].partition(":")
            options = f"{first[5]},{last[-1]}".split(",")
            yield _device(int(major), int(minor)), last[0] in BELIEVED and LATE not in options


def _device(major: int, minor: int) -> int:
    """The number that ``stat`` gives a device (as ``os.makedev``, which Windows has not)."""
    high = (major & 0xFFFFF000) << 32 | (minor & 0xFFFFFF00) << 12
    return high | (major & 0xFFF) << 8 | (minor & 0xFF)

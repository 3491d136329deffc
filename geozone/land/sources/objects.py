"""Object storage: whole objects fetched into a private folder, checked, and read as files."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from pyarrow import fs

from geozone.land.formats.features import UnreadableError
from geozone.land.sources.source import FOLDERS, Source
from geozone.land.sources.store import Settings, settings_from

MOST_BYTES = 4 << 30
"""Of all files of one path; more is refused before a byte is fetched."""
MOST_FILES = 1_000
"""Of one folder that is a data set."""
SPARE_BYTES = 256 << 20
"""What stays free on the disk."""
CHUNK = 4 << 20
CONNECT_S, STALL_S, ATTEMPTS = 10.0, 20.0, 2
"""Until a connection stands, and until a silent one is given up; each tried twice."""
SIDE_ENDINGS = {".shp": (".shx", ".dbf", ".prj", ".cpg")}
"""What lies beside an object instead of its ending and belongs to it; in either case."""
ADDED_ENDINGS = {".gpkg": "-wal", ".tif": ".msk", ".tiff": ".msk"}
"""What lies beside an object after its whole name and belongs to it."""
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
MD5 = re.compile(r"[0-9a-f]{32}")
LONGEST_NAME = 200

ADVICE = {
    "ACCESS_DENIED": (
        "无权读取 / access is denied",
        "核对 AWS_ 凭据与权限（s3:GetObject、s3:ListBucket），公开数据设 GEOZONE_S3_ANONYMOUS=1 / "
        "check the AWS_ credentials and rights (s3:GetObject, s3:ListBucket); for public data "
        "set GEOZONE_S3_ANONYMOUS=1",
    ),
    "NETWORK_CONNECTION": (
        "无法连接对象存储 / the object storage cannot be reached",
        "核对网络、AWS_ENDPOINT_URL 与 AWS_REGION / check the network, AWS_ENDPOINT_URL and "
        "AWS_REGION",
    ),
    "CREDENTIALS": (
        "凭据不被接受 / the credentials are not accepted",
        "改正 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY 或 AWS_PROFILE / correct "
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or AWS_PROFILE",
    ),
    "OTHER": (
        "对象存储出错 / the object storage failed",
        "核对 AWS_ENDPOINT_URL、AWS_REGION，或稍后再试 / check AWS_ENDPOINT_URL and AWS_REGION, "
        "or try again later",
    ),
}
"""What is wrong and what to do, by the error code of the store."""
CREDENTIALS = ("INVALID_ACCESS_KEY_ID", "SIGNATURE_DOES_NOT_MATCH", "INVALID_CLIENT_TOKEN_ID")


@dataclass(frozen=True)
class _Object:
    """An object: its path in the store (``bucket/key``), its size in bytes, when it was stored."""

    path: str
    size: int
    stored_ns: int

    @property
    def name(self) -> str:
        """The last part of the key."""
        return PurePosixPath(self.path).name


@contextmanager
def fetched(written: str, environ: Mapping[str, str] = os.environ) -> Iterator[Source]:
    """The files that ``s3://bucket/key`` names, fetched, still to be hashed; they go afterwards.

    Credentials, region and endpoint come from the variables and profiles that AWS tools read.
    Raises ``UnreadableError``, with the problem ``missing`` where there is no such object.
    """
    path = _path(written)
    settings = settings_from(environ)
    store = _store(settings)
    is_folder = PurePosixPath(path).suffix.lower() in FOLDERS
    found = _folder(store, path) if is_folder else _with_sides(store, path)
    with TemporaryDirectory(prefix="geozone-") as made:
        folder = Path(made)
        _check_room(found, folder)
        target = folder / PurePosixPath(path).name
        if is_folder:
            target.mkdir()
        for one in found:
            _fetch(store, one, (target if is_folder else folder) / one.name, settings)
        if found != (again := _looked_up(store, [one.path for one in found])):
            _changed(found, again)
        yield Source(written, target, ())


def _path(written: str) -> str:
    """``bucket/key`` of an address. Raises ``UnreadableError`` for any other form."""
    bucket, _, key = written.partition("://")[2].partition("/")
    if "@" in bucket or "?" in written:
        raise UnreadableError(
            "路径中不得有账号、密钥或参数 / an account, key or parameter may not stand in a path",
            "写 s3://bucket/key，凭据用 AWS_ 环境变量 / write s3://bucket/key; credentials go into "
            "the AWS_ variables",
            problem=None,
        )
    parts = key.rstrip("/").split("/")
    name = parts[-1]
    strange = {"", ".", ".."} & set(parts) or "\\" in key or not key.isprintable()
    if not BUCKET.fullmatch(bucket) or strange or len(name.encode()) > LONGEST_NAME:
        raise UnreadableError(
            "不是 s3://bucket/key / is not s3://bucket/key",
            "改正路径 / correct the path",
            problem=None,
        )
    return "/".join([bucket, *parts])


def _store(settings: Settings) -> Any:  # pyarrow is untyped
    with _told():
        return fs.S3FileSystem(
            anonymous=settings.anonymous,
            region=settings.region,
            scheme=settings.scheme,
            endpoint_override=settings.host,
            force_virtual_addressing=settings.virtual,
            connect_timeout=CONNECT_S,
            request_timeout=STALL_S,
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
        )


@contextmanager
def _told() -> Iterator[None]:
    """Turns what the store says into words of our own: its texts may carry account names."""
    try:
        yield
    except FileNotFoundError:
        raise _missing() from None
    except (OSError, ValueError) as error:
        found = re.search(r"AWS Error (\w+)", str(error))
        code = found[1] if found else "OTHER"
        what, todo = ADVICE.get("CREDENTIALS" if code in CREDENTIALS else code, ADVICE["OTHER"])
        status = re.search(r"HTTP status (\d+)", str(error))
        raise UnreadableError(f"{what} ({code}{' ' + status[1] if status else ''})", todo) from None


def _missing() -> UnreadableError:
    return UnreadableError(
        "对象不存在 / the object does not exist", "改正路径 / correct the path", problem="missing"
    )


def _looked_up(store: Any, paths: Sequence[str]) -> tuple[_Object, ...]:
    """The objects that there are of some paths."""
    with _told():
        found = store.get_file_info(list(paths))
    files = [one for one in found if one.type == fs.FileType.File]
    return tuple(_Object(one.path, one.size or 0, one.mtime_ns or 0) for one in files)


def _with_sides(store: Any, path: str) -> tuple[_Object, ...]:
    """An object and what belongs to it. Raises ``UnreadableError``."""
    pure = PurePosixPath(path)
    ending, stem = pure.suffix.lower(), path.removesuffix(pure.suffix)
    beside = [stem + one for side in SIDE_ENDINGS.get(ending, ()) for one in (side, side.upper())]
    if ending in ADDED_ENDINGS:
        beside.append(path + ADDED_ENDINGS[ending])
    main = _looked_up(store, [path])
    if not main:
        raise _missing()
    found = (*main, *_looked_up(store, beside)) if beside else main
    if len({one.name.lower() for one in found}) < len(found):
        raise UnreadableError(
            f"附属文件重名 / side files by one name: {', '.join(one.name for one in found)}",
            "删去多余者 / remove what is too many",
        )
    return found


def _folder(store: Any, path: str) -> tuple[_Object, ...]:
    """The objects directly below a path. Raises ``UnreadableError``."""
    with _told():
        found = store.get_file_info(fs.FileSelector(path, allow_not_found=True))
    files = [one for one in found if one.type == fs.FileType.File]
    if not files:
        raise _missing()
    if len(files) > MOST_FILES:
        raise UnreadableError(
            f"含 {len(files)} 个文件，多于 {MOST_FILES} / holds {len(files)} files, more than "
            f"{MOST_FILES}",
            "压缩为 zip 或转为 GeoPackage / make it a zip or a GeoPackage",
        )
    return _looked_up(store, sorted(one.path for one in files))


def _check_room(found: Sequence[_Object], folder: Path) -> None:
    size = sum(one.size for one in found)
    if size > MOST_BYTES:
        raise UnreadableError(
            f"过大 / too large: {size:,} > {MOST_BYTES:,} bytes",
            "裁剪到研究区 / cut it to the study area",
        )
    free = shutil.disk_usage(folder).free
    if size + SPARE_BYTES > free:
        raise UnreadableError(
            f"磁盘空间不足 / the disk is too full: {size:,} bytes needed, {free:,} free",
            "清理临时目录所在磁盘 / free the disk that holds temporary files",
        )


def _fetch(store: Any, one: _Object, target: Path, settings: Settings) -> None:
    """Writes an object to a file, compared with the size and the MD5 that the store states."""
    with _told():
        stream = store.open_input_stream(one.path)
        tag = bytes(stream.metadata().get("ETag", b"")).decode("ascii", "replace").strip('"')
    digest, size = hashlib.md5(usedforsecurity=False), 0
    try:
        with stream, target.open("xb") as out:
            for chunk in _chunks(stream):
                digest.update(chunk)
                size += out.write(chunk)
    except OSError as error:
        raise UnreadableError(
            f"临时文件写不下 / the temporary file cannot be written: {error.strerror}",
            "清理临时目录所在磁盘 / free the disk that holds temporary files",
        ) from None
    if size != one.size:
        raise UnreadableError(
            f"收到 {size:,} 字节，应为 {one.size:,} / "
            f"{size:,} bytes came of {one.size:,}: {one.name}",
            "稍后再试 / try again later",
        )
    if not settings.opaque_etag:
        _check_tag(tag.lower(), digest.hexdigest(), one.name)


def _check_tag(tag: str, found: str, name: str) -> None:
    """An ETag is the MD5 of the content, or something else by its form. Raises otherwise."""
    if not tag:
        raise UnreadableError(
            "没有 ETag，不像对象存储 / no ETag: this is no object storage", ADVICE["OTHER"][1]
        )
    if MD5.fullmatch(tag) and tag != found:
        raise UnreadableError(
            f"内容与 ETag（MD5）不符 / the content does not match its ETag (MD5): {name}",
            "重新上传；若以 KMS 加密，设 GEOZONE_S3_ETAG=opaque / upload it again; if it is "
            "encrypted with KMS, set GEOZONE_S3_ETAG=opaque",
        )


def _chunks(stream: Any) -> Iterator[bytes]:
    with _told():
        while chunk := stream.read(CHUNK):
            yield chunk


def _changed(before: Sequence[_Object], after: Sequence[_Object]) -> None:
    names = ", ".join(sorted({one.name for one in set(before) ^ set(after)}))
    raise UnreadableError(
        f"读取期间对象改变 / changed while it was read: {names}", "再试 / try again"
    )

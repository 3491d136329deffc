"""How an object store is reached: endpoint, region and credentials, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from geozone.land.formats.features import UnreadableError

CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
FILES = {"AWS_SHARED_CREDENTIALS_FILE": "credentials", "AWS_CONFIG_FILE": "config"}
"""Variables that name AWS's own files, and those files' names in ``~/.aws``."""
FIRST_REGION = "us-east-1"
"""What stores that know no regions take."""


@dataclass(frozen=True)
class Settings:
    """``host`` is ``None`` for AWS itself, ``region`` where AWS's profile is to say it.

    ``virtual`` puts the bucket into the host name; ``opaque_etag`` says that an ETag is no MD5.
    """

    scheme: str
    host: str | None
    region: str | None
    anonymous: bool
    virtual: bool
    opaque_etag: bool


def settings_from(environ: Mapping[str, str]) -> Settings:
    """The settings that stand in the environment. Raises ``UnreadableError``."""
    scheme, host = _endpoint(environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL"))
    profiled = _has_files(environ)
    known = profiled or any(environ.get(name) for name in CREDENTIALS)
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    return Settings(
        scheme=scheme,
        host=host,
        region=region or (None if profiled else FIRST_REGION),
        anonymous=_is_set(environ.get("GEOZONE_S3_ANONYMOUS")) or not known,
        virtual=environ.get("GEOZONE_S3_ADDRESSING") == "virtual",
        opaque_etag=environ.get("GEOZONE_S3_ETAG") == "opaque",
    )


def _endpoint(url: str | None) -> tuple[str, str | None]:
    """Scheme and host of the endpoint; AWS itself where none is given."""
    if not url:
        return "https", None
    parts = urlsplit(url)
    plain = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("http", "https") or not parts.netloc or not plain:
        raise UnreadableError(
            "AWS_ENDPOINT_URL 不是 https://主机:端口 / AWS_ENDPOINT_URL is not https://host:port",
            "改正环境变量 / correct the variable",
        )
    return parts.scheme, parts.netloc


def _has_files(environ: Mapping[str, str]) -> bool:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    named = (Path(environ.get(name) or home / ".aws" / own) for name, own in FILES.items())
    return any(one.is_file() for one in named)


def _is_set(value: str | None) -> bool:
    return (value or "").strip().lower() not in ("", "0", "false", "no")

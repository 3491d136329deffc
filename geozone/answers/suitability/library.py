"""Libraries that only some questions need: loaded when asked, else a refusal that says how."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from geozone.law.errors import Fault, Refused


def library(module: str, package: str) -> ModuleType:
    """A module of a library, loaded now. Raises ``Refused`` where it is not installed.

    ``package`` is what pip installs, such as ``pykrige==1.7.3``.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        what = f"未安装 {error.name} / {error.name} is not installed"
        todo = f"安装 / install it: python -m pip install '{package}'"
        raise Refused([Fault(package, "", what, todo)]) from error

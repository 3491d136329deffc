"""Fields whose value is built when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """How a value is built, given in its place."""

    __slots__ = ("build",)

    def __init__(self, build: Callable[[], T]) -> None:
        self.build = build

    def of(self, field: str) -> T:
        """The value for a field."""
        return self.build()


class Deferred(Generic[T]):
    """A field of a frozen dataclass that takes a value, or how to build it, and gives the value.

    It is built at most once a thread, and the same whoever asks.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> T:  # whatever class has the field
        if instance is None:
            raise AttributeError(self.name)  # so that the field has no default
        value = vars(instance)[self.name]
        if isinstance(value, Later):
            value = vars(instance)[self.name] = value.of(self.name)
        found: T = value
        return found

    def __set__(self, instance: Any, value: T | Later[T]) -> None:  # whatever class has it
        vars(instance)[self.name] = value

"""Fields whose value is built when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Later(Generic[T]):
    """How a value is built, given in its place."""

    build: Callable[[], T]


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
            value = vars(instance)[self.name] = value.build()
        found: T = value
        return found

    def __set__(self, instance: Any, value: T | Later[T]) -> None:  # whatever class has it
        vars(instance)[self.name] = value

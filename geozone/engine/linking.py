"""Loops taken from numba's cache faster: what other loops would be linked with is read late."""

from __future__ import annotations

from typing import Any

# Whole before its parts: threads of which one begins at a part and one at the whole would each wait
# for the other, and get halves.
import numba  # noqa: F401

# isort: split
import llvmlite.binding as llvm
from numba.core.codegen import CPUCodeLibrary, JITCodeLibrary
from numba.core.registry import cpu_target

KNOWN = (
    "create_library",
    "isinstance",
    "ll",
    "parse_bitcode",
    "_final_module",
    "_finalize_final_module",
    "enable_object_caching",
    "_set_compiled_object",
    "_shared_module",
    "_codegen",
    "_engine",
    "_load_defined_symbols",
    "ValueError",
)
"""The names in numba's own way of taking a loop from its cache, which this one follows."""


class LateLibrary(JITCodeLibrary):
    """A loop in machine code, with its bitcode read only where another loop is linked with it.

    Numba reads the bitcode of every loop at once, which takes four fifths of the time of loading
    one, and is for nothing where no loop is compiled.
    """

    _late: tuple[bytes, bytes] | None = None
    """The machine code and the bitcode, while that has not been read."""

    @classmethod
    def _unserialize(cls, codegen: Any, state: tuple[str, str, Any]) -> Any:
        name, kind, data = state
        if kind != "object":
            return super()._unserialize(codegen, state)
        made = codegen.create_library(name)
        made.enable_object_caching()
        made._set_compiled_object(data[0])
        made._finalize_final_module()
        made._late = data
        return made

    def get_pointer_to_function(self, name: str) -> int:
        """Where a function begins, 0 where it has none of this name."""
        if self._late is not None and b"\0" + name.encode("ascii") + b"\0" in self._late[0]:
            return int(self._codegen._engine.get_function_address(name))
        return int(super().get_pointer_to_function(name))

    def _get_module_for_linking(self) -> llvm.ModuleRef:
        if self._late is not None:
            self._shared_module = llvm.parse_bitcode(self._late[1])
            self._codegen._engine._load_defined_symbols(self._shared_module)
            self._late = None
        return super()._get_module_for_linking()


def link_late() -> bool:
    """Has numba load loops so from now on; ``False`` where its own way is not the known one."""
    own: Any = CPUCodeLibrary._unserialize
    if own.__func__.__code__.co_names != KNOWN:
        return False
    cpu_target.target_context.codegen()._library_class = LateLibrary
    return True

"""Finds, in what a validator reports, the faults that a person can act on.

Where a schema offers alternatives, a validator says that none of them fits. What was meant is
almost always plain from the value's own type and keys; its faults are what is worth saying.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping as Table

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from storyboard.compiler.schema.fault import Fault, fault_of
from storyboard.model.tree import Plain

__all__ = ["extra_keys", "faults", "needs_one_of"]


def faults(data: Plain, schema: Table[str, object]) -> Iterator[Fault]:
    """Yield every fault of the data, each from the alternative that was meant."""
    for error in _Validator(schema).iter_errors(data):
        yield from _leaves(fault_of(error))


def extra_keys(fault: Fault) -> list[str]:
    """Name the keys that the mapping has and the schema has not."""
    if fault.rule != "additionalProperties":
        return []
    known = fault.schema.get("properties", {})
    return [key for key in fault.value if key not in known]


def needs_one_of(fault: Fault) -> bool:
    """Tell whether the fault is that just one of several keys must be there."""
    return fault.rule == "oneOf" and all(set(branch) == {"required"} for branch in fault.wanted)


def _match(
    _: object, pattern: str, instance: object, __: Table[str, object]
) -> Iterator[ValidationError]:
    """Match as JSON Schema means it: `$` is the very end, not also before a last line break."""
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError(f"does not match {pattern}")


_Validator = extend(Draft202012Validator, {"pattern": _match})  # type: ignore[no-untyped-call]  # the stubs leave it open


def _leaves(fault: Fault) -> Iterator[Fault]:
    meant = None if needs_one_of(fault) else _meant(fault)
    if meant is None:
        yield fault
        return
    for inner in meant:
        yield from _leaves(inner)


def _meant(fault: Fault) -> list[Fault] | None:
    """Pick the alternative of the value's own type that knows most of its keys."""
    branches: dict[str | int | None, list[Fault]] = {}
    for inner in fault.inside:
        branches.setdefault(inner.branch, []).append(inner)
    suited = [branch for branch in branches.values() if not _of_another_type(branch)]
    if not suited or (len(suited) > 1 and fault.value == {}):
        return None
    return min(suited, key=lambda branch: (_strange_keys(branch), len(branch)))


def _of_another_type(branch: list[Fault]) -> bool:
    return any(fault.rule == "type" and fault.here for fault in branch)


def _strange_keys(branch: list[Fault]) -> int:
    return sum(len(extra_keys(fault)) for fault in branch if fault.here)

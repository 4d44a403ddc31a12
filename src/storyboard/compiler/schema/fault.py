"""One broken rule of a schema, as a value with exact types: the validator's own leave all open."""

from dataclasses import dataclass
from typing import Any, cast

from jsonschema import ValidationError

from storyboard.compiler.schema.words import JsonSchema

__all__ = ["Fault", "fault_of"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What `rule` of `schema` was broken by `value` at `path`, and what the rule `wanted`.

    `owner` is the schema that names the value: for an alternative, that of the field. `inside` are
    the faults of each alternative, with `branch` telling whose; `here` tells that the alternative's
    fault is with the value itself, not with something in it.
    """

    rule: str
    wanted: Any
    schema: JsonSchema
    owner: JsonSchema
    value: Any
    path: tuple[str | int, ...]
    of_name: bool
    here: bool
    branch: str | int | None
    inside: "tuple[Fault, ...]"


def fault_of(error: ValidationError, owner: JsonSchema | None = None) -> Fault:
    """Make a fault, and those inside it, of what the validator reports."""
    schema = cast("JsonSchema", error.schema)
    here = not error.relative_path
    named = "title" in schema or not here or owner is None
    names_value = schema if named else owner
    return Fault(
        rule=str(error.validator),
        wanted=error.validator_value,
        schema=schema,
        owner=names_value or schema,
        value=error.instance,
        path=tuple(error.absolute_path),
        of_name="propertyNames" in error.absolute_schema_path,
        here=here,
        branch=next(iter(error.relative_schema_path), None),
        inside=tuple(fault_of(inner, names_value) for inner in error.context or ()),
    )

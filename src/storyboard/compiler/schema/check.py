"""The schema phase: a film in order passes a fast gate; one at fault has its findings placed."""

from collections.abc import Mapping as Table

from storyboard.model.diagnostic import Diagnostic
from storyboard.model.tree import Mapping, Plain, plain

__all__ = ["check_schema", "fits"]


def check_schema(root: Mapping, schema: Table[str, object]) -> tuple[Diagnostic, ...]:
    """Return every finding of the schema, in file order; none when the tree fits it."""
    data = plain(root)
    if fits(data, schema):
        return ()
    # A library of 0.2 s, loaded only for the films that need explaining.
    from storyboard.compiler.schema.findings import explain  # noqa: PLC0415

    return explain(root, data, schema)


def fits(data: Plain, schema: Table[str, object]) -> bool:
    """Tell whether the data fits the schema, without saying why not."""
    # Fifteen megabytes of compiled code that a film already compiled never needs.
    import jsonschema_rs  # noqa: PLC0415

    try:
        return jsonschema_rs.Draft202012Validator(dict(schema)).is_valid(data)
    except ValueError:  # a value JSON has no word for, such as .nan: the explanation judges it
        return False

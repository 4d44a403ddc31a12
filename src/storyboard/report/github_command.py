"""GitHub workflow commands: lines of output that a workflow run shows beside the changed lines."""

from collections.abc import Iterable

from storyboard.report.cells import harmless

__all__ = ["write_command"]


def write_command(
    kind: str, properties: Iterable[tuple[str, str | int | None]], sentences: Iterable[str]
) -> str:
    """Write `::kind name=value,…::message`, a sentence a line; properties of None are left out."""
    named = ",".join(
        f"{name}={_escape_property(harmless(str(value)))}"
        for name, value in properties
        if value is not None
    )
    return f"::{kind} {named}::{_escape(chr(10).join(harmless(each) for each in sentences))}"


def _escape(text: str) -> str:
    """Escape a message: a percent sign first, since the others are written with one."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")

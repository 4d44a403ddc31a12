"""How the commands that read a film show what was found in it."""

import sys

from storyboard.app.compile import Compilation
from storyboard.cli.console import emit, say, wants_colour, width
from storyboard.model.diagnostic import Diagnostic

__all__ = ["show_findings"]


def show_findings(
    compilation: Compilation, findings: tuple[Diagnostic, ...], *, as_json: bool
) -> None:
    """Show findings: on stderr beside a command's data, or as the data itself when it has none."""
    if as_json:
        from storyboard.report.findings_json import render_json  # noqa: PLC0415  only if asked

        emit(render_json(findings, compilation.sources))
    elif findings:
        from storyboard.report.findings_text import render_text  # noqa: PLC0415  only if any

        colour = wants_colour(sys.stderr)
        say(render_text(findings, compilation.sources, colour=colour, width=width()))

"""Compiled prompts, to read or to feed to another program."""

from collections.abc import Sequence

from storyboard.compiler.prompts.render import Prompt
from storyboard.report.cells import harmless
from storyboard.report.document import write_json

__all__ = ["SCHEMA", "render_prompts_json", "render_prompts_text"]

SCHEMA = "storyboard/prompts-1"


def render_prompts_text(prompts: Sequence[Prompt]) -> str:
    """Write the prompts as they would be sent; with more than one, each under its shot's name."""
    if len(prompts) == 1:
        return f"{_harmless_lines(prompts[0].text)}\n"
    return "\n".join(f"── {each.shot} ──\n{_harmless_lines(each.text)}\n" for each in prompts)


def render_prompts_json(film: str, prompts: Sequence[Prompt]) -> str:
    """Write the prompts, by shot and with their template, as one JSON object."""
    listed = [{"id": each.shot, "template": each.template, "prompt": each.text} for each in prompts]
    return write_json({"schema": SCHEMA, "film": film, "shots": listed})


def _harmless_lines(text: str) -> str:
    return "\n".join(harmless(line) for line in text.split("\n"))

"""Chooses which compiled prompts are shown."""

from storyboard.app.compile import Compilation
from storyboard.app.refusals import unknown_shot
from storyboard.compiler.prompts.render import Prompt
from storyboard.model.errors import Undecidable
from storyboard.model.story import Film

__all__ = ["chosen_prompts"]


def chosen_prompts(compilation: Compilation, shot: str | None) -> tuple[Prompt, ...]:
    """Return every chosen prompt of the film, or the one of a shot; Undecidable without any."""
    compiled = compilation.load()
    prompts = compiled.prompts
    if shot is not None:
        prompts = tuple(prompt for prompt in prompts if prompt.shot == shot)
        if not prompts:
            raise unknown_shot(shot, tuple(prompt.shot for prompt in compiled.prompts))
    return _only(compilation, compiled.film, prompts)


def _only(
    compilation: Compilation, film: Film | None, prompts: tuple[Prompt, ...]
) -> tuple[Prompt, ...]:
    """Keep the prompts of the shots that the command line chooses; all of them without a choice."""
    selectors = compilation.options.only
    if not selectors:
        return prompts
    from storyboard.app.select import chosen_shots  # noqa: PLC0415  only if asked

    chosen = chosen_shots(compilation, selectors, film=film) or ()
    kept = tuple(prompt for prompt in prompts if prompt.shot in chosen)
    if not kept:
        message = f'"{prompts[0].shot}" is not among the shots that --only chooses'
        raise Undecidable(message, hint="name the shot, or choose with --only")
    return kept

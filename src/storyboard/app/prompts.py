"""Chooses which compiled prompts are shown."""

from storyboard.app.compile import Compilation
from storyboard.compiler.prompts.render import Prompt
from storyboard.compiler.suggest import did_you_mean
from storyboard.model.errors import InvalidStoryboard

__all__ = ["chosen_prompts"]


def chosen_prompts(compilation: Compilation, shot: str | None) -> tuple[Prompt, ...]:
    """Return every prompt of the film, or the one of a shot; InvalidStoryboard if it has none."""
    prompts = compilation.load().prompts
    if shot is None:
        return prompts
    chosen = tuple(prompt for prompt in prompts if prompt.shot == shot)
    if not chosen:
        known = tuple(prompt.shot for prompt in prompts)
        nearest = did_you_mean(shot, known)
        hint = f'did you mean "{nearest}"?' if nearest else f"the film has: {', '.join(known)}"
        message = f'no shot is called "{shot}"'
        raise InvalidStoryboard(message, hint=hint)
    return chosen

"""How a difference is put into words, the same in every format: nothing here is escaped yet."""

from storyboard.model.difference import Change, Difference, ShotChange
from storyboard.model.money import MicroUsd, Millis, show_clock, show_seconds, show_usd
from storyboard.model.plan import Generate, Step, Why

__all__ = [
    "changed_clause",
    "changed_names",
    "cost_line",
    "cost_of",
    "counts_line",
    "mark_of",
    "over_limit",
    "runs_of",
    "runtime_line",
    "to_buy_line",
    "value_of",
    "what_became",
]

_MARKS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~", Change.KEPT: "→"}


def mark_of(shot: ShotChange) -> str:
    """Return the sign of what became of a shot; a kept one of which one speaks has moved."""
    return _MARKS[shot.change]


def what_became(shot: ShotChange) -> str:
    """Say all that became of a shot, such as `moved from kitchen, changed: action`."""
    if shot.change in {Change.ADDED, Change.REMOVED}:
        return shot.change.value
    said = []
    if shot.renamed_from is not None:
        said.append(f"renamed from {shot.renamed_from}")
    if shot.moved_from is not None:
        said.append("moved" if shot.moved_from == shot.scene else f"moved from {shot.moved_from}")
    if shot.change is Change.CHANGED:
        said.append(changed_clause(shot))
    return ", ".join(said) or "as it was"


def changed_clause(shot: ShotChange) -> str:
    """Name what changed in a shot; without its source, only that it asks for another clip."""
    names = changed_names(shot)
    return f"changed: {', '.join(names)}" if names else "asks for another clip"


def changed_names(shot: ShotChange) -> tuple[str, ...]:
    return tuple(each.name for each in shot.fields)


def value_of(text: str | None) -> str:
    """Return a field's text, or what stands for one that is not there."""
    return "(none)" if text is None else text


def cost_of(shot: ShotChange) -> str:
    """Return what the change of one shot costs."""
    if not shot.clips:
        return "-"
    return show_usd(shot.cost) if shot.cost else "free"


def runs_of(shot: ShotChange) -> str:
    """Return how long a shot is on screen, before and after where that differs."""
    times = dict.fromkeys(
        show_seconds(runs) for runs in (shot.runs_before, shot.runs_after) if runs is not None
    )
    return " → ".join(times) or "-"


def counts_line(difference: Difference) -> str:
    """Count the shots by what became of them; one that changed in two ways counts for each."""
    shots = difference.shots
    counts = (
        (sum(shot.change is Change.ADDED for shot in shots), "added"),
        (sum(shot.change is Change.REMOVED for shot in shots), "removed"),
        (sum(shot.change is Change.CHANGED for shot in shots), "changed"),
        (sum(shot.moved_from is not None for shot in shots), "moved"),
        (sum(shot.renamed_from is not None for shot in shots), "renamed"),
    )
    kept = sum(shot.same for shot in shots)
    told = [f"{count} {word}" for count, word in counts if count]
    if not told:
        return "no shot has changed"
    return ", ".join(
        [*told, f"{kept} as {'it was' if kept == 1 else 'they were'}"] if kept else told
    )


def cost_line(difference: Difference) -> str:
    """Say what all clips cost in both versions, and what the change itself costs."""
    before, after = show_usd(difference.price_before), show_usd(difference.price_after)
    both = f"{after}, as before" if before == after else f"{before} → {after}"
    return f"{both}; {_change_line(difference)}"


def _change_line(difference: Difference) -> str:
    if not difference.clips:
        return "the change makes no clip anew"
    clips = "1 clip" if difference.clips == 1 else f"{difference.clips} clips"
    cost = show_usd(difference.cost) if difference.cost else "free"
    return f"the change makes {clips} anew: {cost}"


def to_buy_line(difference: Difference) -> str:
    """Say what a build would spend now, whatever it is that made it necessary; empty if unknown."""
    if difference.to_buy is None:
        return ""
    if not difference.to_buy:
        return "nothing"
    now = f"{show_usd(difference.to_buy)} by a build now"
    steps = [shot.step for shot in difference.shots if shot.step is not None]
    unowned = steps and all(_is_new(each) for each in steps)
    return f"{now}: no clip of it is owned yet" if unowned else now


def _is_new(step: Step) -> bool:
    return isinstance(step, Generate) and step.why is Why.NEW


def runtime_line(before: Millis | None, after: Millis | None) -> str:
    """Say how long the film runs, and how much shorter or longer that is than before."""
    if after is None:
        return "unknown"
    if before is None or before == after:
        return show_clock(after)
    longer = "longer" if after > before else "shorter"
    by = show_seconds(Millis(abs(after - before)))
    return f"{show_clock(before)} → {show_clock(after)} ({by} {longer})"


def over_limit(difference: Difference, most: MicroUsd) -> str:
    """Say that a change costs more than it may."""
    return f"the change costs {show_usd(difference.cost)}, over the limit of {show_usd(most)}"

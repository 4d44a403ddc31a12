"""Says why a build would do what it does about some shots, and what their clips were made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from storyboard.app.compile import Compilation
from storyboard.app.estimate import project_history
from storyboard.app.history import History
from storyboard.app.plan import Known, clip_store, plan_film
from storyboard.app.select import chosen_shots
from storyboard.compiler.pipeline import Compiled
from storyboard.compiler.select import Selector
from storyboard.model.attempt import Past
from storyboard.model.lock import Take
from storyboard.model.plan import (
    Blocked,
    Generate,
    Plan,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    Why,
)
from storyboard.model.reason import InputChange, Reason
from storyboard.model.request import ClipRequest, Still, made_from
from storyboard.model.story import ImageFrom, Shot

__all__ = ["explain_shots"]

_PROMPT = "prompt"
_CONTENT = "sha256:"
_CLIP = "clip:"
_DIGITS = 12
_HEADER = 2


def explain_shots(compilation: Compilation, selector: Selector) -> tuple[Reason, ...]:
    """Explain the shots of a film that compiled which a selector chooses, in film order."""
    history = project_history(compilation)
    plan, compiled = plan_film(compilation, known=Known(history))
    chosen = chosen_shots(compilation, (selector,), plan, compiled.film) or frozenset()
    explaining = _Explaining(compilation, plan, compiled, history)
    return tuple(explaining.reason(shot) for shot in plan.shots if shot.id in chosen)


@dataclass(frozen=True, slots=True)
class _Explaining:
    """A film's plan, with all that its reasons are found in."""

    compilation: Compilation
    plan: Plan
    compiled: Compiled
    history: History

    def reason(self, shot: PlannedShot) -> Reason:
        """Explain one shot."""
        takes = tuple(take for take in self.plan.takes if take.id == shot.id)
        slate = shot.slate
        renamed = slate.shot if slate is not None and slate.shot != shot.id else None
        if isinstance(shot.step, Reuse):
            against = slate.take(shot.number) if slate and shot.number is not None else None
            return Reason(shot, self._reused(shot), against, renamed_from=renamed, takes=takes)
        against = slate.newest if slate is not None else None
        made = clip_store(self.compilation, free=False).inputs(against.key) if against else None
        inputs, prompt = self._changes(shot, made) if made else ((), ())
        return Reason(
            shot=shot,
            why=self._why(shot, against),
            against=against,
            recorded=against is None or bool(made),
            inputs=inputs,
            prompt=prompt,
            renamed_from=renamed,
            takes=takes,
        )

    def _reused(self, shot: PlannedShot) -> str:
        """Say why nothing is to be made: the clip is owned, or another shot brings it."""
        first = next(order for order in self.plan.orders if order.key == shot.key)
        if not isinstance(first.step, Reuse):
            return f"it asks for the same clip as {first.label}, which brings it"
        return "its clip is owned, and nothing that made it has changed"

    def _why(self, shot: PlannedShot, against: Take | None) -> str:
        match shot.step:
            case Blocked(reason):
                return f"it waits for a person: {reason}"
            case Resume():
                return "it was ordered and paid for: its clip is fetched once it is made"
            case Reconcile():
                return "nobody knows yet whether its order was taken: it is looked up first"
            case Generate(why):
                return self._made(shot, why, against)
            case _:
                return ""

    def _made(self, shot: PlannedShot, why: Why, against: Take | None) -> str:
        match why:
            case Why.FAILED_BEFORE:
                past = self._past(shot)
                told = f": {past.reason}" if past is not None and past.reason else ""
                return f"an earlier order brought no clip{told}"
            case Why.RETAKE:
                return "one more take of it is asked for"
            case Why.CLIP_MISSING:
                return "its clip is gone, and nothing else has changed"
            case Why.CHANGED:
                return "it asks for another clip than the one that it had"
            case _ if against is not None:
                return "it asks for a clip that was never bought"
            case _:
                return "no clip was ever bought for it"

    def _past(self, shot: PlannedShot) -> Past | None:
        offers = (shot.key, *(offer.key for offer in shot.asked))
        ended = (self.history.past.get(key) for key in offers)
        return next((past for past in ended if past is not None and past.reason), None)

    def _changes(
        self, shot: PlannedShot, made: Mapping[str, object]
    ) -> tuple[tuple[InputChange, ...], tuple[str, ...]]:
        """Compare an order with what a clip was made from: the inputs, and the prompt by lines."""
        now = made_from(shot.request)
        names = sorted(n for n in made.keys() | now.keys() if made.get(n) != now.get(n))
        changes = (
            self._input(name, made.get(name), now.get(name), shot)
            for name in names
            if name != _PROMPT
        )
        prompt = _diff(made.get(_PROMPT), now.get(_PROMPT)) if _PROMPT in names else ()
        return tuple(changes), tuple(prompt)

    def _input(self, name: str, before: object, after: object, shot: PlannedShot) -> InputChange:
        texts = (_text(before), _text(after))
        if name not in shot.request.pictures and not _is_picture(texts):
            return InputChange(name, *texts)
        old, new = (self._still(text, shot.request) for text in texts)
        return InputChange(
            name=name,
            before=_short(texts[0]),
            after=_short(texts[1]),
            path=new.path if new is not None else None,
            size_before=old.size if old is not None else None,
            size_after=new.size if new is not None else None,
            start=self._start(shot, name) if str(after).startswith(_CLIP) else None,
        )

    def _still(self, text: str | None, request: ClipRequest) -> Still | None:
        """Find a picture among the film's by its content; an old one may be gone from there."""
        stills = (*request.stills, *self.compiled.stills)
        return next((each for each in stills if f"{_CONTENT}{each.sha256}" == text), None)

    def _start(self, shot: PlannedShot, name: str) -> str | None:
        """Name the shot that a picture of an order is a frame of."""
        film = self.compiled.film
        written = next((each for each in film.shots if each.id == shot.id), None) if film else None
        frames = tuple(_frames(written)) if written is not None else ()
        held = dict(shot.request.inputs)
        names = (each for each in shot.request.pictures if str(held.get(each)).startswith(_CLIP))
        return dict(zip(names, frames, strict=False)).get(name)


def _frames(shot: Shot) -> Iterator[str]:
    images = (shot.image, shot.end_image)
    return (image.shot for image in images if isinstance(image, ImageFrom))


def _diff(before: object, after: object) -> Sequence[str]:
    was, now = (str(text or "").splitlines() for text in (before, after))
    return tuple(unified_diff(was, now, n=1, lineterm=""))[_HEADER:]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _is_picture(texts: Sequence[str | None]) -> bool:
    return any(text is not None and text.startswith((_CONTENT, _CLIP)) for text in texts)


def _short(text: str | None) -> str | None:
    """Shorten a name by content to what tells it apart."""
    if text is None or not text.startswith((_CONTENT, _CLIP)):
        return text
    kind, _, rest = text.partition(":")
    digest, mark, frame = rest.partition("#")
    return f"{kind}:{digest[:_DIGITS]}{mark}{frame}"

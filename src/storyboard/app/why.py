"""Says why a build would do what it does about some shots, and what their clips were made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from storyboard.app.compile import Compilation
from storyboard.app.history import History, project_history
from storyboard.app.plan import Known, clip_store, plan_film
from storyboard.app.select import chosen_shots
from storyboard.compiler.difference import prompt_diff
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
from storyboard.model.request import ClipRequest, Still, changed_inputs, made_from
from storyboard.model.story import ImageFrom, Shot

__all__ = ["explain_shots"]

_PROMPT = "prompt"
_CONTENT = "sha256:"
_CLIP = "clip:"
_DIGITS = 12


def explain_shots(compilation: Compilation, selector: Selector) -> tuple[Reason, ...]:
    """Explain the shots of a film that compiled which a selector chooses, in film order."""
    history = project_history(compilation)
    plan, compiled = plan_film(compilation, known=Known(history))
    selectors = (selector, *compilation.options.only)
    chosen = chosen_shots(compilation, selectors, plan, compiled.film) or frozenset()
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
        own = slate.take(shot.number) if slate is not None and shot.number is not None else None
        newest = slate.newest if slate is not None else None
        against = own if own is not None or isinstance(shot.step, Reuse) else newest
        differs = against is not None and not _is_asked(against, shot)
        made = self._made_from(against) if against is not None and differs else None
        inputs, prompt = self._changes(shot, made) if made else ((), ())
        return Reason(
            shot=shot,
            why=self._why(shot, against),
            against=against,
            recorded=not differs or bool(made),
            inputs=inputs,
            prompt=prompt,
            renamed_from=renamed,
            takes=takes,
        )

    def _made_from(self, take: Take) -> Mapping[str, object] | None:
        return clip_store(self.compilation, free=False).inputs(take.key)

    def _reused(self, shot: PlannedShot, against: Take | None) -> str:
        """Say why nothing is to be made: the clip is owned, or another shot brings it."""
        first = next(order for order in self.plan.orders if order.key == shot.key)
        if not isinstance(first.step, Reuse):
            return f"it asks for the same clip as {first.label}, which brings it"
        if against is not None and not _is_asked(against, shot):
            return f"take {against.number} is circled, though it was made from something else"
        return "its clip is owned, and nothing that made it has changed"

    def _why(self, shot: PlannedShot, against: Take | None) -> str:
        match shot.step:
            case Reuse():
                return self._reused(shot, against)
            case Blocked(reason):
                return f"it waits for a person: {reason}"
            case Resume() if shot.number is not None:
                return "its clip was bought and is not here: it is fetched, for nothing"
            case Resume():
                return "it was ordered and paid for: its clip is fetched once it is made"
            case Reconcile():
                return "nobody knows yet whether its order was taken: it is looked up first"
            case Generate(why):
                return self._made(shot, why, against)

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
        now = made_from(_asked(shot))
        names = changed_inputs(made, now)
        changes = (
            self._input(name, made.get(name), now.get(name), shot)
            for name in names
            if name != _PROMPT
        )
        old, new = (_text(each.get(_PROMPT)) or "" for each in (made, now))
        return tuple(changes), prompt_diff(old, new)

    def _input(self, name: str, before: object, after: object, shot: PlannedShot) -> InputChange:
        texts = (_text(before), _text(after))
        asked = _asked(shot)
        if name not in asked.pictures and not _is_picture(texts):
            return InputChange(name, *texts)
        old, new = (self._still(text, asked) for text in texts)
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
        asked = _asked(shot)
        held = dict(asked.inputs)
        names = (each for each in asked.pictures if str(held.get(each)).startswith(_CLIP))
        return dict(zip(names, frames, strict=False)).get(name)


def _is_asked(take: Take, shot: PlannedShot) -> bool:
    return any(offer.key == take.key for offer in shot.asked)


def _asked(shot: PlannedShot) -> ClipRequest:
    """Return what a shot asks for now; of a take that was circled all the same nobody asks."""
    asks = any(offer.key == shot.key for offer in shot.asked)
    return shot.request if asks or not shot.asked else shot.asked[0].request


def _frames(shot: Shot) -> Iterator[str]:
    images = (shot.image, shot.end_image)
    return (image.shot for image in images if isinstance(image, ImageFrom))


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

"""Lists a film's takes: which were bought of each shot, and what can be done about each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from storyboard.adapters.clips import FolderClips
from storyboard.app.books import build_command
from storyboard.app.clock import SystemClock
from storyboard.app.compile import Compilation
from storyboard.app.plan import clip_store, plan_film
from storyboard.app.purse import load_purse
from storyboard.app.refusals import planned_shot
from storyboard.app.select import chosen_shots
from storyboard.app.settings import shown
from storyboard.model.attempt import KEPT
from storyboard.model.errors import Undecidable
from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Blocked, Plan, PlannedShot, Resume
from storyboard.model.request import ClipKey, changed_inputs, made_from
from storyboard.report.takes import Absence, Left, ListedTake, ShotTakes, TakeList

__all__ = ["changed_since", "list_takes"]


def list_takes(compilation: Compilation, names: Sequence[str] = ()) -> TakeList:
    """List the takes of a film that compiled, of some of its shots or of all that are chosen.

    Undecidable for a name that no shot has. Nothing is written.
    """
    plan, compiled = plan_film(compilation)
    film = compiled.need_film()
    named = {planned_shot(plan, film, name).id for name in names} or plan.ids
    chosen = chosen_shots(compilation, compilation.options.only, plan, film)
    meant = named if chosen is None else named & chosen
    if not meant:
        message = "none of these shots is among those that --only chooses"
        raise Undecidable(message, hint="name the shots, or choose with --only")
    purse = load_purse(compilation.settings)
    desk = _Desk(plan, clip_store(compilation, free=False))
    everything = not names and chosen is None
    return TakeList(
        film=compilation.path,
        build=build_command(compilation),
        shots=tuple(desk.listed(shot) for shot in plan.shots if shot.id in meant),
        left=tuple(_left(compilation, plan)) if everything else (),
        rehearsal=purse.base_url if purse.rehearsal else "",
    )


def changed_since(take: Take, shot: PlannedShot, store: FolderClips) -> tuple[str, ...]:
    """Name the inputs in which a take differs from what its shot asks for now.

    Empty for one that is asked for, and where nobody knows any more what it was made from.
    """
    before = store.inputs(take.key)
    if not before or take.key in _keys(shot) or not shot.asked:
        return ()
    same_model = (offer for offer in shot.asked if offer.model == take.model)
    return changed_inputs(before, made_from(next(same_model, shot.asked[0]).request))


def _keys(shot: PlannedShot) -> frozenset[ClipKey]:
    return frozenset(offer.key for offer in shot.asked)


def _left(compilation: Compilation, plan: Plan) -> Iterator[Left]:
    """Yield what the lock has of shots that the film does not show."""
    known = {shot.slate.shot for shot in plan.shots if shot.slate is not None}
    for slate in compilation.lock.slates:
        if slate.shot not in known:
            yield Left(slate.shot, slate.takes)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where takes are looked at: beside the film's plan and its clips."""

    plan: Plan
    store: FolderClips

    def listed(self, shot: PlannedShot) -> ShotTakes:
        slate = shot.slate
        takes: Iterable[Take] = () if slate is None else slate.takes
        chosen = None if slate is None else slate.chosen(shot.base)
        lapsed = None if slate is None or chosen is not None else slate.circled
        free = bool(shot.asked) and not any(offer.cost for offer in shot.asked)
        held = self.store.place(shot.key) is not None
        return ShotTakes(
            shot=shot.id,
            takes=tuple(self._listed(take, shot, chosen) for take in takes),
            cost=MicroUsd(sum(each.cost for each in self.plan.orders if each.id == shot.id)),
            lapsed=lapsed,
            unlisted=shot.number is None and held and not free,
            free=free,
        )

    def _listed(self, take: Take, shot: PlannedShot, chosen: Take | None) -> ListedTake:
        own = self.store.recorded(take.key) == take.sha256  # not another's that was ordered anew
        clip = self.store.place(take.key) if own else None
        return ListedTake(
            take=take,
            circled=take == chosen,
            shown=clip is not None and take.number == _seen(shot),
            stale=take.key not in _keys(shot),
            changed=changed_since(take, shot, self.store),
            clip=None if clip is None else shown(clip),
            absence=self._absence(take, shot, chosen) if clip is None else None,
        )

    def _absence(self, take: Take, shot: PlannedShot, chosen: Take | None) -> Absence:
        if self.store.place(take.key) is not None:
            return Absence.GONE  # the same was ordered once more, and that clip is here
        steps: Mapping[ClipKey, object] = {each.key: each.step for each in self.plan.orders}
        if isinstance(steps.get(take.key), Resume):
            return Absence.FETCH
        kept = SystemClock().now() - take.bought_at <= KEPT and take.prediction is not None
        if kept and take != chosen:
            return Absence.CIRCLE
        asked = take.key in _keys(shot)
        if asked and (chosen is None or (take == chosen and isinstance(shot.step, Blocked))):
            return Absence.BUY
        return Absence.GONE


def _seen(shot: PlannedShot) -> int | None:
    """Return the take that is seen in the film: the shot's own, or what stands in for it."""
    return shot.number if shot.stands_in is None else shot.stands_in.number

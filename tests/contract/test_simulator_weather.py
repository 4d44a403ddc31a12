"""The simulator's weather: the same for a seed, as bad as it says, and never without an end."""

import itertools

import httpx
import pytest

from fakes.caller import called
from fakes.simulator import HandClock
from storyboard.simulator.faults import ENDINGS, Endpoint, Face, Fate, Faults
from storyboard.simulator.settings import LEVELS, Durations, SimulatorSettings
from storyboard.simulator.weather import CLIMATES, Weather

SEEDS = range(20)


def weather(climate="stormy", seed=7):
    return Weather(CLIMATES[climate], seed, Faults())


def met(sky, endpoint, subject, times):
    return [sky.meet(endpoint, subject) for _ in range(times)]


def test_the_same_seed_brings_the_same_weather():
    """And another seed another."""
    one, same, other = weather(seed=7), weather(seed=7), weather(seed=8)
    for endpoint in Endpoint:
        assert met(one, endpoint, "shot", 20) == met(same, endpoint, "shot", 20)
    assert [one.fate(str(n)) for n in range(50)] == [same.fate(str(n)) for n in range(50)]
    assert met(weather(seed=7), Endpoint.LOOK, "shot", 20) != met(other, Endpoint.LOOK, "shot", 20)


def test_a_shot_has_its_own_weather():
    """Requests about other shots in between change nothing."""
    alone = met(weather(), Endpoint.LOOK, "shot", 20)
    sky, among = weather(), []
    for number in range(20):
        met(sky, Endpoint.LOOK, f"other {number}", 3)
        among += met(sky, Endpoint.LOOK, "shot", 1)
    assert among == alone


@pytest.mark.parametrize("endpoint", Endpoint)
def test_calm_weather_does_nothing(endpoint):
    """No fault, no failure, no delay."""
    sky = weather("calm")
    assert not any(met(sky, endpoint, "shot", 100))
    assert {sky.fate(str(number)) for number in range(100)} == {Fate.COMPLETED}
    assert sky.listing_lag("shot") == sky.refund_delay("shot") == 0


@pytest.mark.parametrize("climate", ["breezy", "stormy"])
@pytest.mark.parametrize("endpoint", Endpoint)
def test_no_request_meets_more_than_two_faults_in_a_row(climate, endpoint):
    """Over many seeds and many requests, so that three attempts always get through."""
    for seed in SEEDS:
        faults = met(weather(climate, seed), endpoint, "shot", 100)
        rows = [len(list(row)) for faulty, row in itertools.groupby(faults, bool) if faulty]
        assert max(rows, default=0) <= 2


@pytest.mark.parametrize(
    ("endpoint", "most"), [(Endpoint.SUBMIT, 3), (Endpoint.LOOK, 6), (Endpoint.DOWNLOAD, 4)]
)
def test_a_shot_meets_only_so_many_faults_in_all(endpoint, most):
    """However often it is asked about; and in a storm, some shot meets them all."""
    counts = [sum(map(bool, met(weather(seed=seed), endpoint, "shot", 200))) for seed in SEEDS]
    assert max(counts) == most


def test_a_shot_fails_twice_at_most():
    """However often it is ordered again."""
    failures = []
    for seed in SEEDS:
        sky = weather(seed=seed)
        failures.append(sum(sky.fate("shot") in ENDINGS for _ in range(100)))
    assert max(failures) == 2


def test_a_storm_has_all_the_faces_of_a_submission_both_ways():
    """Taken and not taken; but who is told to wait was never served."""
    faults = {
        fault for seed in range(400) for fault in met(weather(seed=seed), Endpoint.SUBMIT, "x", 4)
    }
    faults.discard(None)
    faces = {fault.face for fault in faults}
    assert faces >= {
        Face.RESET,
        Face.HANG_UP,
        Face.HANG,
        Face.SERVER_ERROR,
        Face.BAD_GATEWAY,
        Face.UNAVAILABLE,
        Face.GATEWAY_TIMEOUT,
        Face.TRUNCATED,
        Face.NULL_DATA,
        Face.ENVELOPE_ERROR,
    }
    limited = {Face.LIMITED, Face.LIMITED_SILENT}
    assert {fault.face for fault in faults if fault.done} == faces - limited
    assert {fault.face for fault in faults if not fault.done} == faces


def test_weather_brings_nothing_after_which_a_client_must_stop():
    """A look never says that the prediction is gone, no shot is refused for what it shows."""
    skies = [weather(seed=seed) for seed in range(200)]
    looks = {fault.face for sky in skies for fault in met(sky, Endpoint.LOOK, "x", 20) if fault}
    fates = {sky.fate(str(number)) for sky in skies for number in range(20)}
    assert Face.NOT_FOUND not in looks
    assert Face.QUEUED in looks
    assert fates >= {Fate.UNAVAILABLE, Fate.TIMEOUT, Fate.LONGER, Fate.COMPLETED}
    assert not fates & {Fate.MODERATED, Fate.UNREACHABLE_MEDIA, Fate.DELETED}


def test_delays_are_bounded():
    """A prediction is listed and a refund comes within what the climate says."""
    climate = CLIMATES["stormy"]
    sky = weather()
    lags = [sky.listing_lag(str(number)) for number in range(200)]
    delays = [sky.refund_delay(str(number)) for number in range(200)]
    assert climate.listing_lag / 2 < max(lags) <= climate.listing_lag
    assert climate.refund_delay / 2 < max(delays) <= climate.refund_delay


class Buyer:
    """The least that is needed to buy well: never resubmits what the history may still show."""

    def __init__(self, call, clock):
        self.call = call
        self.clock = clock

    def buy(self, prompt):
        """Order until a clip is downloaded, whatever it takes; return how often it was ordered."""
        for orders in range(1, 10):
            stands = self.follow(self.submitted(prompt, orders))
            if stands["status"] == "completed":
                assert self.downloaded(stands["id"])
                return orders
        message = f"{prompt} was never completed"
        raise AssertionError(message)

    def submitted(self, prompt, orders):
        """Return the id of the nth order of a prompt."""
        while True:
            answer = self.tried(lambda: self.call.submit(prompt=prompt))
            if answer is not None:
                return answer["id"]
            self.clock.move(CLIMATES["stormy"].listing_lag)
            found = [
                each["id"]
                for each in self.insisted(
                    lambda: self.call.post("/predictions", {"page": 1, "include_inputs": True})
                )["items"]
                if each["inputs"]["prompt"] == prompt
            ]
            if len(found) == orders:
                return found[0]

    def follow(self, name):
        while True:
            stands = self.insisted(lambda: self.call.get(f"/predictions/{name}/result"))
            if stands["status"] in ("completed", "failed", "timeout", "cancelled"):
                return stands
            self.clock.move(5)

    def downloaded(self, name):
        """Fetch a clip; look for a new address each time that it fails."""
        for _ in range(10):
            stands = self.follow(name)
            try:
                clip = self.call.plain("GET", stands["outputs"][0])
            except httpx.HTTPError:
                continue
            if clip.status_code == 200:
                return True
        return False

    def insisted(self, ask):
        while (answer := self.tried(ask)) is None:
            pass
        return answer

    def tried(self, ask):
        """Return an answer's data, or None for whatever is no clear answer."""
        try:
            answer = ask()
            return answer.json()["data"] if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError):
            return None


@pytest.mark.parametrize("seed", SEEDS)
def test_a_client_that_behaves_completes_and_pays_once(seed):
    """In any storm: one charge for each shot, and for each failure a charge and its refund."""
    clock = HandClock()
    settings = SimulatorSettings(
        level=LEVELS["gold"], durations=Durations(5, 10), weather="stormy", seed=seed
    )
    with called(settings, clock=clock) as call:
        buyer = Buyer(call, clock)
        orders = [buyer.buy(f"A cat, the {number}th.") for number in range(4)]
        clock.move(3600)
        charged, refunded = call.simulator.sums()
    assert charged == 400_000 * sum(orders)
    assert charged - refunded == 400_000 * 4


def test_a_client_that_resends_pays_twice():
    """Control: resending what was not answered, as clients used to, is seen in the charges."""
    clock, paid = HandClock(), []
    for seed in range(4):
        settings = SimulatorSettings(level=LEVELS["gold"], weather="stormy", seed=seed)
        with called(settings, clock=clock) as call:
            buyer = Buyer(call, clock)
            for number in range(4):
                buyer.insisted(lambda number=number: call.submit(prompt=f"A cat, the {number}th."))
            paid.append(call.simulator.sums()[0])
    assert max(paid) > 400_000 * 4

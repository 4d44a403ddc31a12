"""Virtual time keeps what the tests that run in it believe of it."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest

from fakes.virtual import Deadlock, VirtualClock, here, run_virtual


def test_time_jumps_to_whoever_wakes_first():
    """Sleepers wake in the order of their times, and the clock shows exactly those."""
    clock = VirtualClock()
    woken = []

    async def sleeper(seconds):
        await clock.sleep(seconds)
        woken.append(clock.monotonic())

    async def main():
        await asyncio.gather(*(sleeper(seconds) for seconds in (7200.0, 0.5, 86400.0 * 3, 60.0)))
        return clock.now()

    assert run_virtual(main) == datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert woken == [0.5, 60.0, 7200.0, 86400.0 * 3]


def test_a_later_run_goes_on_where_it_is_told():
    """Time does not begin anew for a run that follows another."""

    async def main():
        return VirtualClock().now()

    assert run_virtual(main, since=3600.0) == datetime(2026, 11, 22, 13, tzinfo=UTC)


def test_time_stands_still_while_a_thread_works():
    """What a thread does takes no virtual time, so no timer can overtake it."""
    clock = VirtualClock()

    async def tell():
        return clock.monotonic()

    def ask_often(loop):
        return {asyncio.run_coroutine_threadsafe(tell(), loop).result() for _ in range(100)}

    async def main():
        loop = asyncio.get_running_loop()
        alarm = asyncio.create_task(clock.sleep(5.0))
        told = await asyncio.to_thread(ask_often, loop)
        await alarm
        return told, clock.monotonic()

    assert run_virtual(main) == ({0.0}, 5.0)


async def _waits_for_nothing():
    await asyncio.get_running_loop().create_future()


async def _waits_for_another_that_waits():
    lock = asyncio.Lock()
    async with lock:
        await lock.acquire()


async def _never_stops_looking():
    looks = 0
    while looks >= 0:
        await asyncio.sleep(60.0)
        looks += 1


@pytest.mark.parametrize(
    "main", [_waits_for_nothing, _waits_for_another_that_waits, _never_stops_looking]
)
def test_who_would_wait_for_ever_is_told_so(main):
    """A deadlock, or a loop that no longer ends, is an error and does not hang the tests."""
    with pytest.raises(Deadlock):
        run_virtual(main)


def test_here_runs_in_place():
    """It gives what the function gives, without a thread."""

    async def main():
        return await here(threading.get_ident), await here(int, "7", base=8)

    assert run_virtual(main) == (threading.get_ident(), 7)

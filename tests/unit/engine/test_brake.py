"""The brake: whoever waits for a turn hears of it at once, and the first reason stays."""

import asyncio

import pytest

from fakes.virtual import run_virtual
from storyboard.engine.brake import Brake
from storyboard.model.errors import EnvironmentFault


def test_a_turn_that_comes_is_taken():
    """Without a reason to stop, waiting is all there is."""

    async def work():
        return await Brake().lets(asyncio.sleep(5))

    assert run_virtual(work)


def test_a_brake_ends_the_waiting_and_the_wait():
    """Nobody is let through afterwards, and what was waited for is cancelled."""
    ended = []

    async def wait():
        try:
            await asyncio.sleep(1000)
        finally:
            ended.append(asyncio.get_running_loop().time())

    async def work():
        brake = Brake()
        asyncio.get_running_loop().call_later(3, brake.pull, "stop")
        return await brake.lets(wait())

    assert not run_virtual(work)
    assert ended == [3.0]


def test_the_first_reason_stays():
    """What comes later is a consequence."""

    async def work():
        brake = Brake()
        fault = EnvironmentFault("no key")
        brake.pull("no key", fault)
        brake.pull("interrupted")
        return brake.pulled, brake.reason, brake.error is fault

    assert run_virtual(work) == (True, "no key", True)


def test_what_goes_wrong_with_a_turn_is_raised():
    """It is not taken for a brake."""

    async def broken():
        raise ZeroDivisionError

    async def work():
        await Brake().lets(broken())

    with pytest.raises(ZeroDivisionError):
        run_virtual(work)

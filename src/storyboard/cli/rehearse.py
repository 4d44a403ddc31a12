"""The command that stands in for the paid API, so that a build can be rehearsed for nothing."""

import math

import click

from storyboard.app.simulate import rehearse
from storyboard.cli.console import emit, flush, say
from storyboard.cli.funnel import Misuse
from storyboard.model.errors import ExitCode
from storyboard.model.money import micro_usd, show_usd
from storyboard.simulator.catalogue import MicroUsd
from storyboard.simulator.faults import Faults, read_faults
from storyboard.simulator.settings import LEVELS, Durations, SimulatorSettings
from storyboard.simulator.weather import CLIMATES

__all__ = ["simulate"]

_FASTEST = 10_000
_LONGEST = 86_400
_MOST = 1_000_000
_KEY = "rehearsal"


class _Number(click.FloatRange):
    """A number in a range; click lets `nan` pass, which is in none."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


_SECONDS = _Number(0, _LONGEST)


def _faults(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> Faults:
    try:
        return read_faults(given)
    except ValueError as error:
        hint = "write submit=reset+done or look=503, or fate=failed-1200 for what a clip comes to"
        raise Misuse(str(error), hint=hint) from error


def _durations(
    _context: click.Context, _parameter: click.Parameter, given: tuple[float, float] | None
) -> Durations:
    if given is None:
        return Durations()
    shortest, longest = given
    if shortest > longest:
        message = "the shorter latency comes first"
        raise click.BadParameter(message)
    return Durations(shortest_latency=shortest, longest_latency=longest)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8787,
    show_default=True,
    help="Where it listens; 0 takes any free port.",
)
@click.option(
    "--weather",
    type=click.Choice(tuple(CLIMATES)),
    default="calm",
    show_default=True,
    help="How much goes wrong.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which of such weathers.")
@click.option(
    "--speed",
    type=_Number(1, _FASTEST),
    default=1,
    show_default=True,
    help="How many times as fast as in reality time passes.",
)
@click.option(
    "--level",
    type=click.Choice(tuple(LEVELS)),
    default="bronze",
    show_default=True,
    help="The account's level, which limits how much is made at once.",
)
@click.option(
    "--balance",
    type=_Number(0, _MOST),
    default=100,
    show_default=True,
    metavar="DOLLARS",
    help="What the account has.",
)
@click.option(
    "--latency",
    "durations",
    type=(_SECONDS, _SECONDS),
    metavar="SHORT LONG",
    callback=_durations,
    help="How many seconds a clip takes, at least and at most.  [default: 60 127]",
)
@click.option(
    "--fault",
    "faults",
    metavar="WHERE=WHAT",
    multiple=True,
    callback=_faults,
    help="What goes wrong next, such as submit=reset+done; may be repeated.",
)
@click.option(
    "--no-history-inputs",
    "history_inputs",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Keep the inputs of orders out of the history.",
)
def simulate(  # noqa: PLR0913  # an option each, and click calls by name
    *,
    port: int,
    weather: str,
    seed: int,
    speed: float,
    level: str,
    balance: float,
    durations: Durations,
    faults: Faults,
    history_inputs: bool,
) -> ExitCode:
    """Rehearse a build: a stand-in for the paid API on this machine.

    It sells every model for money that only pretends to move, and draws the clips from the film's
    own stills. Stop it with Ctrl-C.
    """
    settings = SimulatorSettings(
        level=LEVELS[level],
        balance=MicroUsd(micro_usd(balance)),
        durations=durations,
        speed=speed,
        weather=weather,
        seed=seed,
        faults=faults,
        history_inputs=history_inputs,
    )
    takings = rehearse(settings, port, lambda base_url: _announce(base_url, settings))
    orders = "1 order" if takings.orders == 1 else f"{takings.orders} orders"
    charged, refunded = show_usd(takings.charged), show_usd(takings.refunded)
    say(f"\nthe rehearsal is over: {orders}, {charged} charged, {refunded} refunded")
    return ExitCode.OK


def _announce(base_url: str, settings: SimulatorSettings) -> None:
    """Give the address to whoever reads stdout, and to people what to type."""
    emit(f"{base_url}\n")
    flush()
    lines = [f"export WAVESPEED_BASE_URL={base_url} WAVESPEED_API_KEY={_KEY}"]
    if settings.speed != 1:
        lines.append(f"export STORYBOARD_REHEARSAL_SPEED={settings.speed:.15g}")
    lines.append("storyboard build film.yaml --yes")
    pasted = "\n".join(f"    {line}" for line in lines)
    say(f"the simulator is ready; in another terminal, type\n\n{pasted}\n\nCtrl-C ends it")

"""What the doctor makes of what it sees: each fact judged, and said in a sentence. Pure."""

from datetime import timedelta
from typing import Final

from storyboard.app.settings import Settings
from storyboard.model.attempt import Spending
from storyboard.model.diagnostic import Diagnostic
from storyboard.model.errors import EnvironmentFault, StoryboardError
from storyboard.model.money import MicroUsd, show_usd
from storyboard.report.doctor import Check, Health

__all__ = [
    "balance_check",
    "books_check",
    "budget_check",
    "clock_check",
    "disk_check",
    "key_check",
    "refused",
    "settings_check",
    "size",
]

_KB: Final = 1000
_SCARCE: Final = 2 * _KB**3  # bytes: a long film's clips and its cut
_APART: Final = timedelta(seconds=60)  # history is searched by the time of an order


def refused(name: str, fault: StoryboardError) -> Check:
    """Tell what could not be done, in the words of whoever was asked; a wait is no fault."""
    state = Health.FAULT if isinstance(fault, EnvironmentFault) else Health.WARNING
    return Check(name, state, fault.message, fault.hint)


def settings_check(settings: Settings) -> Check:
    """Judge storyboard.toml, and say what account it makes of it."""
    if settings.findings:
        return _wrong_settings(settings.findings[0])
    account = settings.account
    said = f"{account.per_minute} videos a minute, {account.at_once} at once"
    message = f"account level {account.level}: {said}"
    if settings.source is None:
        message += "; there is no storyboard.toml to say another"
    return Check("settings", Health.OK, message)


def _wrong_settings(finding: Diagnostic) -> Check:
    advice = finding.help or "`storyboard check` on a film here shows the place"
    return Check("settings", Health.FAULT, finding.message, advice)


def key_check(where: str | None, *, rehearsal: bool) -> Check:
    """Judge where a key was found; the key itself is nobody's business."""
    if where is not None:
        return Check("key", Health.OK, f"found in {where}")
    advice = "set WAVESPEED_API_KEY to buy clips"
    if rehearsal:
        advice = "set WAVESPEED_API_KEY to any word: a rehearsal takes it"
    message = "there is none, so nothing can be bought and the provider was not asked anything"
    return Check("key", Health.WARNING, message, advice)


def balance_check(balance: MicroUsd, *, rehearsal: bool) -> Check:
    """Judge what an account that answered has left."""
    message = f"the key is accepted; the balance is {show_usd(balance)}"
    if balance > 0:
        return Check("provider", Health.OK, message)
    advice = "start `storyboard simulate` anew" if rehearsal else "add credit to the account"
    return Check("provider", Health.WARNING, message, advice)


def clock_check(skew: timedelta) -> Check:
    """Judge how far the provider's clock is ahead of this machine's."""
    apart = abs(skew)
    seconds = f"{apart.total_seconds():.0f} s"
    if apart <= _APART:
        return Check("clock", Health.OK, f"within {seconds} of the provider's")
    message = f"{seconds} {'behind' if skew > timedelta() else 'ahead of'} the provider's"
    return Check("clock", Health.WARNING, message, "let the system set its clock by the network")


def disk_check(free: int, place: str) -> Check:
    """Judge the space where clips go."""
    message = f"{size(free)} free in {place}"
    if free >= _SCARCE:
        return Check("disk", Health.OK, message)
    return Check("disk", Health.WARNING, message, f"make room: {size(_SCARCE)} are soon filled")


def books_check(place: str, still_open: int, unclear: int) -> Check:
    """Judge a ledger that can be read, by the orders that nobody knows the end of."""
    counted = f"{still_open} open, {unclear} unclear" if still_open else "no order is open"
    message = f"{place} is whole; {counted}"
    if not unclear:
        return Check("ledger", Health.OK, message)
    advice = "the next build looks for them in the provider's history; see `storyboard status`"
    return Check("ledger", Health.WARNING, message, advice)


def budget_check(month: str, limit: MicroUsd | None, counted: Spending) -> Check:
    """Judge what a month has come to against what it may."""
    message = f"{show_usd(counted.counted)} counted in {month}"
    if limit is None:
        return Check("budget", Health.OK, f"{message}; no monthly limit is set")
    message += f" of at most {show_usd(limit)}"
    if counted.counted < limit:
        return Check("budget", Health.OK, message)
    advice = "nothing more is bought this month, unless storyboard.toml allows it"
    return Check("budget", Health.WARNING, message, advice)


def size(count: int) -> str:
    """Write a number of bytes for people: `1.4 GB`."""
    amount, units = float(count), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= _KB and len(units) > 1:
        amount /= _KB
        units.pop(0)
    return f"{amount:.0f} {units[0]}" if units[0] == "bytes" else f"{amount:.1f} {units[0]}"

"""Where a file may be fetched from or handed in: a provider's answer must not lead us inwards.

An address in an answer may point at this machine or its network, by number, by name or by redirect.
Numbers are refused before anything is asked; names where they are resolved, by the very look-up
whose result is connected to, so there is no gap in which a name could change.
"""

import ipaddress
import re
import socket
from typing import Final, TypeAlias

import httpx
from aiohttp.abc import AbstractResolver, ResolveResult

__all__ = ["Barred", "Guard", "GuardedResolver", "is_public"]

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_NAME: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.ASCII)
_LONGEST: Final = 8192
_HTTPS: Final = 443
_LAST_PORT: Final = 65535
_INWARDS: Final = "leads to this machine or its network, where nothing is fetched"


class Barred(OSError):
    """A name that leads where nothing is fetched."""


class Guard:
    """Says what is wrong with an address.

    With `rehearsal`, the host of the base URL is allowed too, though it is this machine's.
    """

    def __init__(self, base_url: str, *, rehearsal: bool) -> None:
        self._api_host = httpx.URL(base_url).host
        self._rehearsal = rehearsal

    def refusal(self, url: str) -> str | None:
        """Say why a file's address is not used, or return None where it may be."""
        try:
            parsed = httpx.URL(url[:_LONGEST])
        except (httpx.InvalidURL, ValueError):
            return "is no address"
        host = parsed.host
        port = parsed.port or _HTTPS
        if not host or parsed.userinfo or port > _LAST_PORT or len(url) > _LONGEST:
            return "is no address of a file"
        if self._rehearsal and host == self._api_host and parsed.scheme in {"http", "https"}:
            return None
        if parsed.scheme != "https":
            return "is not https"
        return _host_refusal(host)

    def allows(self, host: str, resolved: str) -> bool:
        """Tell whether a connection for `host` may go to the number it was resolved to.

        The API's own host may be anywhere: it is the user who named it.
        """
        if host == self._api_host:
            return True
        try:
            return is_public(ipaddress.ip_address(resolved))
        except ValueError:
            return False


class GuardedResolver(AbstractResolver):
    """Looks names up, and gives none of the numbers if one of them is not public."""

    def __init__(self, guard: Guard, names: AbstractResolver) -> None:
        self._guard = guard
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        if not all(self._guard.allows(host, each["host"]) for each in found):
            raise Barred(_INWARDS)
        return found

    async def close(self) -> None:
        await self._names.close()


def is_public(address: _Address) -> bool:
    """Tell whether a number belongs to the internet, whatever it is wrapped in."""
    bare = _unwrapped(address)
    inwards = (
        bare.is_multicast
        or bare.is_reserved
        or (isinstance(bare, ipaddress.IPv6Address) and bare.is_site_local)
    )
    return bare.is_global and not inwards


def _unwrapped(address: _Address) -> _Address:
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _host_refusal(host: str) -> str | None:
    if ":" in host or host.replace(".", "").isdigit():
        try:
            return None if is_public(ipaddress.ip_address(host)) else _INWARDS
        except ValueError:
            return "is no address"
    # What another parser might read differently is no name.
    return None if _NAME.fullmatch(host) else "is no address"

"""Egress: where a connector may go. The configuration names the places; answers name none.

A link in an answer may lead on only inside the configured origin and path, or to a host that
the configuration names for documents. A name is resolved here, every address is judged, and
the connection goes to an address that was judged: a name that changes its mind between two
look-ups (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from inventory_pipeline.errors import SourceRefusedError, SourceUnavailableError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[tuple[Any, ...]]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Place:
    """One URL, taken apart: scheme, host and port are the origin, target what is asked there."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = field(default="", repr=False)  # may hold a key

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.scheme, self.host, self.port)

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


@dataclass(frozen=True)
class Egress:
    """What one configured URL opens: its origin, everything below its path, nothing else.

    Attributes:
        allows_private: the configuration says ``allow_private: true``.
    """

    base: Place
    allows_private: bool
    resolve: Resolve

    def follow(self, link: str, *, seen_on: Place) -> Place:
        """Return the place a link of an answer leads to.

        Raises:
            SourceRefusedError: another origin, another path, or no plain URL.
        """
        try:
            place = parse_place(urljoin(f"{seen_on}?{seen_on.query}", link))
        except ValueError as error:
            raise SourceRefusedError(f"the next link is not followed: {error}") from None
        if place.origin != self.base.origin:
            raise SourceRefusedError(
                f"the next link leads to {place.scheme}://{place.host[:80]}:{place.port}; "
                f"only {self.base} is configured"
            )
        prefix = self.base.path.rstrip("/")
        if place.path != prefix and not place.path.startswith(f"{prefix}/"):
            raise SourceRefusedError(f"the next link leaves the configured path of {self.base}")
        return place

    def visit(self, link: str, hosts: Sequence[str]) -> Place:
        """Return the place of a document that an answer names on another host.

        Args:
            hosts: where such documents lie, as ``files-*.example.com``.

        Raises:
            SourceRefusedError: another host, no encryption, or no plain URL.
        """
        try:
            place = parse_place(link)
        except ValueError as error:
            raise SourceRefusedError(f"the document is not fetched: {error}") from None
        if not any(fnmatchcase(place.host, host) for host in hosts):
            raise SourceRefusedError(
                f"the document lies on {place.host[:80]}; only {', '.join(hosts)} may be asked"
            )
        if place.scheme != "https" and not is_loopback_host(place.host):
            raise SourceRefusedError(f"the document on {place.host} is not encrypted")
        return place

    def find_addresses(self, place: Place) -> list[str]:
        """Return the addresses of the host, each of them judged.

        Raises:
            SourceUnavailableError: the name has no address.
            SourceRefusedError: one of the addresses is not where the name should lead.
        """
        try:
            found = self.resolve(place.host, place.port)
        except OSError as error:
            raise SourceUnavailableError(
                f"the name {place.host} has no address ({error.strerror or error})"
            ) from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not self._is_allowed(place.host, ipaddress.ip_address(address)):
                raise SourceRefusedError(
                    f"{place.host} leads to the address {address}, which is not public; "
                    "say allow_private: true if this system is inside your own network"
                )
        return addresses

    def _is_allowed(self, host: str, address: Address) -> bool:
        inner = _unwrap(address)
        if inner.is_multicast or inner.is_unspecified or inner.is_link_local:
            return False
        literal = parse_literal(host)
        if literal is not None:
            return inner == _unwrap(literal)
        if host == "localhost":
            return inner.is_loopback
        return inner.is_global or self.allows_private


def resolve_name(host: str, port: int) -> list[tuple[Any, ...]]:
    """Ask the system's resolver for stream addresses."""
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def parse_place(url: str) -> Place:
    """Take a URL apart.

    Raises:
        ValueError: not http(s), no host, a user or password in it, spaces, dot segments.
    """
    if any(ord(char) <= 0x20 or ord(char) == 0x7F or char == "\\" for char in url):
        raise ValueError("a URL holds no spaces, control characters or backslashes")
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("wanted a URL such as https://erp.example.com/api")
    if "@" in parts.netloc:
        raise ValueError("a URL holds no user or password; use auth:")
    if not parts.hostname.isascii():
        raise ValueError("write the host in ASCII (punycode)")
    if any(part in (".", "..") for part in unquote(parts.path).split("/")):
        raise ValueError("a path holds no . or .. segments")
    return Place(
        parts.scheme,
        parts.hostname,
        parts.port or _DEFAULT_PORTS[parts.scheme],
        quote(parts.path or "/", safe="%/:=&~+!$,;'()*@"),
        quote(parts.query, safe="%/:=&?~+!$,;'()*@[]"),
    )


def is_loopback_host(host: str) -> bool:
    """Return whether the host can only be this machine."""
    literal = parse_literal(host)
    return literal.is_loopback if literal else host == "localhost"


def parse_literal(host: str) -> Address | None:
    """Return the address if the host is written as one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _unwrap(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one wraps, so that it cannot hide in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address

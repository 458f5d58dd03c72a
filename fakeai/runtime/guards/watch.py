"""What every call passes on a server that is told to be careful, before its route is asked."""

import ipaddress
from functools import lru_cache

from .. import looks
from ..call import Call
from ..errors import ApiError
from ..world import World
from . import inputs
from .abuse import Abuse

OPEN = looks.below(*looks.HEALTH, *looks.METRICS)  # that a banned address may still ask for
HERE = (*OPEN, *looks.below(*looks.ADMIN))  # and where only callers on this machine get an answer, too


class Watch:
    """The guards of one world that look at calls from outside."""

    def __init__(self, world: World) -> None:
        security = world.options.security
        self._world, self._security = world, security
        self._open = HERE if world.options.admin and world.options.admin_key is None else OPEN
        proxies = [ipaddress.ip_network(each, strict=False) for each in security.trusted_proxies]
        self._proxies = lru_cache(maxsize=4096)(lambda peer: _is_among(proxies, peer)) if proxies else None

    async def welcome(self, call: Call) -> None:
        """Let *call* pass, of which only the head is known, if its address may call.

        Raises:
            ApiError: 403, its address is banned.
        """
        if self._proxies is not None:
            call.peer = self._behind(call)
        if self._security.abuse and not f"{call.path}/".startswith(self._open):
            await self._world.engine(Abuse).expect_welcome(call)

    async def look(self, call: Call) -> None:
        """Let *call* pass, or not.

        Raises:
            ApiError: 403, its address is banned; 400, 415 or 431, there is something wrong with it.
        """
        await self.welcome(call)
        if self._security.input_checks:
            inputs.expect_sound(call)
            if inputs.may_be_deep(call.body):
                await inputs.expect_shallow(call.body)
        if self._security.injections:
            inputs.expect_no_attack(call)

    async def note(self, call: Call, error: ApiError) -> None:
        """Remember that *call* was refused."""
        if self._security.abuse and error.code != "ip_banned":
            await self._world.engine(Abuse).note(call, error)

    def _behind(self, call: Call) -> str:
        """The address that the trusted proxies say a call comes from: the nearest that is none of them."""
        assert self._proxies is not None
        peer = call.peer
        if not self._proxies(peer):
            return peer
        said = b",".join(value for name, value in call.headers if name == b"x-forwarded-for").decode("latin-1")
        for hop in reversed([part.strip() for part in said.split(",") if part.strip()]):
            peer = hop
            if not self._proxies(peer):
                break
        return peer


def _is_among(networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network], peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in networks)

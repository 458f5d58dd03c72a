"""What every call passes on a server that is told to be careful, before its route is asked."""

import ipaddress

from ..call import Call
from ..errors import ApiError
from ..world import World
from . import inputs
from .abuse import Abuse

OPEN = ("/health", "/v1/health", "/metrics")  # that a banned address may still ask for


class Watch:
    """The guards of one world that look at calls from outside."""

    def __init__(self, world: World) -> None:
        security = world.options.security
        self._security = security
        self._abuse = Abuse(world) if security.abuse else None
        self._proxies = [ipaddress.ip_network(each, strict=False) for each in security.trusted_proxies]

    def look(self, call: Call) -> None:
        """Let *call* pass, or not.

        Raises:
            ApiError: 403, its address is banned; 400, 415 or 431, there is something wrong with it.
        """
        if self._proxies:
            call.peer = self._behind(call)
        if self._abuse is not None and not call.path.startswith(OPEN):
            self._abuse.expect_welcome(call)
        if self._security.input_checks:
            inputs.expect_sound(call)
        if self._security.injections:
            inputs.expect_no_attack(call)

    def note(self, call: Call, error: ApiError) -> None:
        """Remember that *call* was refused."""
        if self._abuse is not None and error.code != "ip_banned":
            self._abuse.note(call, error)

    def _behind(self, call: Call) -> str:
        """The address that the trusted proxies say a call comes from: the nearest that is none of them."""
        peer = call.peer
        said = b",".join(value for name, value in call.headers if name == b"x-forwarded-for").decode("latin-1")
        for hop in reversed([part.strip() for part in said.split(",") if part.strip()]):
            if not self._is_trusted(peer):
                break
            peer = hop
        return peer

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)

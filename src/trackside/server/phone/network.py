"""Under which address other devices of the local network reach this machine."""

from __future__ import annotations

import ipaddress
import socket

from trackside.server.problems import Refused

# Addresses for documentation (RFC 5737, RFC 3849): connecting a UDP socket asks the routing table, and sends nothing.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def lan_address() -> str:
    """This machine's address in the local network.

    Raises:
        Refused: 409, it is in none.
    """
    for family, elsewhere in _ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.connect((elsewhere, 9))
                found = str(asking.getsockname()[0])
        except OSError:
            continue
        if not ipaddress.ip_address(found).is_loopback and not ipaddress.ip_address(found).is_link_local:
            return found
    raise Refused(409, "this machine is in no network that a phone could share", "connect it to the phone's Wi-Fi first")

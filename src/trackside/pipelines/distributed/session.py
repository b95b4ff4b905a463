"""Connecting to a Ray cluster: quiet, and every trouble in one sentence."""

from __future__ import annotations

import logging
import os
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from trackside.core import InputError

# What Ray prints by itself, pages of it, when machines and processes die: we say so in a sentence. And it tells nobody of
# its use. Users' own settings win.
_QUIET = {
    "RAY_DEDUP_LOGS_SKIP_REGEX": (
        r"^(A worker died or was killed|The node with node id|Raylet is terminated|Task \S+ failed\. There )"
    ),
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_connecting = threading.Lock()
# Seconds for the head of a cluster to take a connection.
_PATIENCE = 5.0
_START = "start one with `ray start --head`, and give its address"


def load_ray() -> Any:
    """The module `ray`. Raises InputError if it is not installed."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError:
        raise InputError("Ray is not installed", fix="pip install 'trackside[ray]'") from None
    return ray


def connect(address: str | None) -> tuple[Any, bool]:
    """Connect this process to a cluster.

    Args:
        address: None for this machine alone, "auto" for the cluster that this machine belongs to, or the head's address
            (`HOST:6379`, `ray://HOST:10001`).

    Returns:
        The module, and whether the connection is ours to end (False where the process was connected already).

    Raises:
        InputError: Ray is not installed, or there is no such cluster.
    """
    ray = load_ray()
    with _connecting:
        if ray.is_initialized():
            return ray, False
        if address:
            _check_head(address)
        local: dict[str, Any] = {} if address else {"include_dashboard": False}
        try:
            ray.init(
                address=address or "local",
                log_to_driver=False,
                logging_level=logging.CRITICAL,
                namespace="trackside",
                **local,
            )
        except Exception as error:  # Ray raises ConnectionError, RuntimeError, ValueError, ..., with pages of text.
            told = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
            fix = _START if address else "look whether another Ray hangs"
            raise InputError(f"no Ray cluster answers ({told[:200]})", where=address or "", fix=fix) from None
    return ray, True


def _check_head(address: str) -> None:
    """See that something listens there. Ray itself tries for minutes, and ends the process."""
    told = _address_of_this_machine() if address == "auto" else address
    if told is None:
        raise InputError("this machine belongs to no Ray cluster", fix=_START)
    try:
        parts = urlsplit(told if "://" in told else f"ray://{told}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None:
        raise InputError("is no address of a Ray cluster", where=told, fix="give HOST:6379, ray://HOST:10001 or auto")
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise InputError(f"no Ray cluster answers there ({reason})", where=told, fix=_START) from None


def _address_of_this_machine() -> str | None:
    """Where the cluster is that `ray start` joined this machine to; None if there is none."""
    told = os.environ.get("RAY_ADDRESS")
    if told and told != "auto":
        return told
    from ray._private.services import find_gcs_addresses
    from ray._private.utils import read_ray_address

    noted: str | None = read_ray_address(None)
    return noted or next(iter(find_gcs_addresses()), None)

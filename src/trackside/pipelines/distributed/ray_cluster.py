"""A Ray cluster as the engine needs it: machines, and hosts that are actors; every error of Ray in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trackside.pipelines.distributed.cluster import Handle, HostAway, HostDied, Machine
from trackside.pipelines.distributed.host import CameraHost
from trackside.pipelines.distributed.options import RayOptions, Share
from trackside.pipelines.distributed.session import connect

# Asking must never wait behind anything else that a host does, nor looking behind the opening of models.
_GROUPS = {"ask": 2, "work": 4, "look": 4}
_GROUP_OF = {"ask": "ask", "hello": "ask", "picture": "look", "clip": "look"}


class RayCluster:
    """The machines of a Ray cluster.

    Args:
        address: as in `connect`.

    Raises:
        InputError: Ray is not installed, or there is no such cluster.
    """

    def __init__(self, address: str | None = None) -> None:
        self._ray, self._ours = connect(address)

    def machines(self) -> Sequence[Machine]:
        """Those that are alive. Raises HostAway while the head does not answer."""
        try:
            nodes = self._ray.nodes()
        except Exception as error:
            raise HostAway(f"the head of the cluster does not answer ({type(error).__name__})") from None
        return [_machine(node) for node in nodes if node["Alive"]]

    def start(self, machine: Machine, share: Share, name: str, options: RayOptions, *, refused: bool) -> Handle:
        """Start a host there, and nowhere else."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        made = self._ray.remote(concurrency_groups=_GROUPS)(CameraHost).options(
            num_cpus=share.cpus,
            num_gpus=share.gpus,
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node_id=machine.key, soft=False),
        )
        return RayHandle(self._ray, made.remote(name, share, options, refused=refused))

    def close(self) -> None:
        """Disconnect, if the connection is ours."""
        if self._ours and self._ray.is_initialized():
            self._ray.shutdown()


class RayHandle:
    """A host that is a Ray actor."""

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray, self._actor = ray, actor

    def call(self, method: str, *arguments: Any, timeout: float) -> Any:
        """Call a method and wait for what it gives. Raises HostAway, HostDied."""
        errors = self._ray.exceptions
        group = _GROUP_OF.get(method, "work")
        try:
            reference = getattr(self._actor, method).options(concurrency_group=group).remote(*arguments)
            return self._ray.get(reference, timeout=timeout)
        except errors.GetTimeoutError:
            raise HostAway(f"no answer within {timeout:.0f} s") from None
        except errors.ActorUnavailableError:
            raise HostAway("the connection to it is broken", cut=True) from None
        except errors.RayActorError as error:
            raise HostDied(_why(error)) from None
        except errors.RayTaskError as error:  # A mistake of ours: its own words, and not the pages around them.
            raise HostAway(f"{method}: {str(error.cause or error).splitlines()[-1]}") from None
        except errors.RayError as error:
            raise HostAway(type(error).__name__) from None

    def kill(self) -> None:
        """End the process; nothing if it is gone."""
        try:
            self._ray.kill(self._actor, no_restart=True)
        except Exception:  # Gone, or Ray itself is: there is nothing left to end.
            return


def _machine(node: dict[str, Any]) -> Machine:
    resources = node.get("Resources", {})
    label = f"{node.get('NodeName') or node.get('NodeManagerHostname', '')} ({node['NodeID'][:6]})"
    return Machine(node["NodeID"], label, float(resources.get("CPU", 0)), float(resources.get("GPU", 0)))


def _why(error: Exception) -> str:
    """Ray's reason in a few words."""
    text = str(error)
    if "node has died" in text or "node was terminated" in text:
        return "its machine is gone"
    if "OutOfMemory" in text or "memory pressure" in text:
        return "its process was ended for want of memory"
    if "creation task" in text and "died" not in text:
        return f"it could not be started ({_last_line(error)})"
    return "its process ended"


def _last_line(error: Exception) -> str:
    cause: Any = getattr(error, "cause", None) or error
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__

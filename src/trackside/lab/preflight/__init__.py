"""The pre-flight ladder: what can be known about a training before it is paid for."""

from trackside.lab.preflight.ladder import preflight as preflight

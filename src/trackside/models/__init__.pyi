from .add import add_package as add_package
from .card import Card as Card, Geometry as Geometry
from .check import check_package as check_package
from .fetch import fetch_sample as fetch_sample, pull as pull
from .package import Package as Package, load_package as load_package, write_package as write_package
from .reporting import Reporter as Reporter, Silent as Silent, TerminalReporter as TerminalReporter
from .resolving import resolve as resolve
from .runtimes import (
    Runtime as Runtime,
    open_runtime as open_runtime,
    plateau_batch as plateau_batch,
    shared_runtime as shared_runtime,
)
from .store import Store as Store
from .zoo import ZOO as ZOO, Entry as Entry

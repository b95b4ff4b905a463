"""What a run is asked, one file a subject. Importing them registers them in the order in which they are made."""

from trackside.lab.diagnosis.examinations import (  # noqa: F401  isort:skip
    loop,
    parameters,
    loss,
    inputs,
    order,
    learnable,
    evaluation,
    network,
    optimisation,
)

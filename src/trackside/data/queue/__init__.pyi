from .applying import (
    Applied as Applied,
    apply as apply,
    apply_decisions as apply_decisions,
    decisions_of as decisions_of,
)
from .decisions import (
    ACTIONS as ACTIONS,
    Decision as Decision,
)
from .entries import (
    STATES as STATES,
    Decided as Decided,
    Entries as Entries,
)
from .feeding import (
    Fed as Fed,
    combined_rank as combined_rank,
)
from .label_studio import (
    export_tasks as export_tasks,
    import_tasks as import_tasks,
    labelling_config as labelling_config,
)
from .queue import (
    LEASE as LEASE,
    Counts as Counts,
    Queue as Queue,
)
from .speed import (
    Worker as Worker,
)
from .tables import (
    export_csv as export_csv,
)

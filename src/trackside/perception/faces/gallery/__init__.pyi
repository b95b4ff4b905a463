from .consent import (
    Consent as Consent,
    day as day,
    end_of as end_of,
)
from .keys import (
    make_key_file as make_key_file,
    read_master as read_master,
)
from .people import (
    Gallery as Gallery,
    Person as Person,
)
from .search import (
    Match as Match,
    Searcher as Searcher,
    TooManySearches as TooManySearches,
)

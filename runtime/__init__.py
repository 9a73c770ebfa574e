"""The top of Chyrak: command line, clock, supervisor, one thin stage file a hop, the demo town.

May import everything; nobody may import it.
"""

import os

# Every process here is one of several; threads that numpy would start in each only wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

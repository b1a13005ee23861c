"""`python -m demo`: the demo. `python -m demo.line`: its virtual meter alone."""

import sys

from .launcher import main

sys.exit(main())

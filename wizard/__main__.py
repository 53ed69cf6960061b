"""`python -m wizard` is partner-wizard."""

import sys

from wizard.cli import main

sys.exit(main())

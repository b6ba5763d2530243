"""`python -m pytest_openbanking` is `openbanking`."""

import sys

from pytest_openbanking.cli import main

if __name__ == "__main__":
    sys.exit(main())

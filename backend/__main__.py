"""`python -m backend` is `keepsake`."""

from backend.cli import main

main()

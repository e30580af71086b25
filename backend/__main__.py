"""`python -m backend` is `keepsake`."""

from backend.cli import main

if __name__ == "__main__":  # the workers of `serve --workers` import this module, too
    main()

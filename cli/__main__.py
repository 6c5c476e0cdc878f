"""`python -m cli` is `unfreeze`."""

from cli.main import main

if __name__ == "__main__":  # worker processes import this module as well
    main()

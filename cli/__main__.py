"""`python -m cli` is `unfreeze`."""

from cli.main import main

main()

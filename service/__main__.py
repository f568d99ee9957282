"""`python -m service` is `cordon`."""

from service.cli import main

main()

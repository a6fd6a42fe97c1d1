"""``python -m digitnet`` is ``digitnet``."""

from digitnet.cli import main

main()

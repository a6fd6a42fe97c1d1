"""``python -m digitnet`` is ``digitnet``."""

from digitnet.cli import main

# Processes that help to make examples load this file again, under another name.
if __name__ == "__main__":
    main()

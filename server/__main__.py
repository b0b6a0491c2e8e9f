"""`python -m server VERB`."""

from server.cli import main

if __name__ == "__main__":
    main()

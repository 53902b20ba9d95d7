"""`python -m dltrain` is the command line."""

from dltrain.cli import main

if __name__ == "__main__":
    main()

"""The door to the launcher: checks the Python it runs on before anything else is read.

Kept in words that every Python since 2.7 understands, so that an old one can say that it is too old.
"""

import sys

OLDEST = (3, 11)
TOO_NEW = (3, 15)


def refusal_of(version):
    # type: (tuple[int, ...]) -> str
    """The sentence for a Python that Parley does not run on, and nothing for one that it does."""
    if OLDEST <= version[:2] < TOO_NEW:
        return ""
    found = ".".join(str(number) for number in version[:2])
    return (
        "Parley needs Python 3.11, 3.12, 3.13 or 3.14, and this is Python "
        + found
        + ". Please install one of them from https://www.python.org/downloads/ and start again.\n"
    )


if __name__ == "__main__":
    refusal = refusal_of(tuple(sys.version_info[:2]))
    if refusal:
        sys.stderr.write(refusal)
        sys.exit(1)
    from parley.commands import main

    sys.exit(main(sys.argv[1:]))

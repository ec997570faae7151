"""Prints what the root project needs to be built, one requirement a line: `make lock` locks it."""

from deploy.wheels.project import root_project


def main() -> None:
    """Print them."""
    print(*root_project()["build-system"]["requires"], sep="\n")


if __name__ == "__main__":
    main()

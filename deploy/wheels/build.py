"""Builds the two wheels: `python -m deploy.wheels.build --to dist`.

The same tree gives the same bytes: hatchling sorts the files and stamps them with SOURCE_DATE_EPOCH (or a fixed date), and
the copies made here carry no modes or times of the machine.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from deploy.wheels.project import ROOT, SIDES, Side, licence_files, side_files, side_project


def build_wheel(side: Side, target: Path, root: Path = ROOT) -> Path:
    """Write this side's wheel into `target` and return its path.

    Raises WheelError when the tree does not fit the plan.
    """
    with tempfile.TemporaryDirectory(prefix="heard-wheel-") as folder:
        tree = Path(folder)
        for name in (Path("README.md"), *licence_files(root), *side_files(side, root)):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, tree / name)
        (tree / "pyproject.toml").write_text(side_project(side, root), "utf-8")
        target.mkdir(parents=True, exist_ok=True)
        built = WheelBuilder(str(tree)).build(directory=str(target), versions=["standard"])
        return target / Path(next(built)).name


def main() -> None:
    """Build both wheels and print their paths."""
    parser = argparse.ArgumentParser(description="Build the wheels heard_intake and heard_reviewer.")
    parser.add_argument("--to", type=Path, default=ROOT / "dist", help="folder for the wheels (default: dist)")
    target = parser.parse_args().to
    for side in SIDES:
        print(build_wheel(side, target), flush=True)


if __name__ == "__main__":
    main()

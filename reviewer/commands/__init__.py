"""The commands, a module each: `add` describes one to argparse, `run` does it."""

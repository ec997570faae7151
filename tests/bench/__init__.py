"""Figures that the project promises, beside a floor measured in the same run. `make bench` runs all of it."""

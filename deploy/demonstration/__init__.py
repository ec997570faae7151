"""A throwaway Heard in one folder: `make run` sets it up and serves it, `make read` carries letters and prints them."""

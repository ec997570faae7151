"""A throwaway Heard in one folder: `make run` sets it up and serves both sites, `make read` carries letters and prints them."""

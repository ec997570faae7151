"""The addresses of the survivors' site, one module for each kind."""

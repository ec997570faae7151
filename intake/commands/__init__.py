"""What `intake` can do, one module for each command."""

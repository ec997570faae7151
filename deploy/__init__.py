"""What an operator and a builder need around the two programs: locks, wheels, units, proxies, the demonstration."""

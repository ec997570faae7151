"""The doctor: looks whether the machine is what the station guide asks for. It changes nothing."""

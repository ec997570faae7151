"""What the phone line answers at each address."""

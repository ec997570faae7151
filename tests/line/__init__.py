"""The phone line: who may sign in, what they see, and what is kept of it."""

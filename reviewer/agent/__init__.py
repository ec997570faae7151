"""The agent: one process that holds the panel's keys from `reviewer unlock` to `reviewer lock`, and answers this station's commands."""

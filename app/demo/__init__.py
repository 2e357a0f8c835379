"""One fictitious opening, to look around in: its candidates hand in the reference submissions."""

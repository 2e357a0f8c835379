"""Changing it live: in a debrief candidate and interviewer see the same code, and a change of it runs in seconds."""

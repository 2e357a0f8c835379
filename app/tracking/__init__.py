"""Tracking systems (ATS): they ask us to assess a candidate, and hear how far it is.  One port, a file each."""

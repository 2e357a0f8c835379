"""Adverse impact: do outcomes differ between groups?  In sums alone, never by person."""

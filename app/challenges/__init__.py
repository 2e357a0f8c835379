"""A company's own challenges: from an uploaded table to what candidates are invited to."""

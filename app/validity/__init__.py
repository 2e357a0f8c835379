"""How far points agreed so far with what interviewers rated and what was decided: the validity of one's own use."""

"""The challenge linter: whether a challenge itself is sound.  Every check is a function of a Subject."""

"""Works of one challenge that share more code than the task explains: a reason to ask, and no proof."""

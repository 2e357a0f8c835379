"""What a candidate sees: the task, handing in, the grading as it goes, their feedback, their data."""

"""What interviewers think: scorecards, and marks on findings that seem wrong."""

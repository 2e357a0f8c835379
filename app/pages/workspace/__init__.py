"""The pages of members: who is where, what a report says, who decides what."""

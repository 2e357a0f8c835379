"""Data handling for the churn model."""

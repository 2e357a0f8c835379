"""Churn library."""

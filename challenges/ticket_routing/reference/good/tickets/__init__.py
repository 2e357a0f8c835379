"""Ticket routing: schema, features, model and validation."""

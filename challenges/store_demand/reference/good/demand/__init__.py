"""Demand forecasts: schema, features, model and validation."""

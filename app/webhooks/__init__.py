"""Webhooks after Standard Webhooks 1.0.0: what happened is told to those who asked to hear of it."""

from app.webhooks.events import EVENTS, emit

__all__ = ["EVENTS", "emit"]

"""Packages beside those of the image: found as wheels, fetched, read with limits, and laid over the image.

Nothing of a wheel is executed or imported on this machine.
"""

"""The command line.  It speaks the language of its terminal, which is asked first: help is made while modules load."""

import os

from app.words import speak

speak(os.environ)

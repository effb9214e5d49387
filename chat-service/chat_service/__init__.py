"""Conversations and the turn engine: a question is asked here, and its answer cannot be lost."""

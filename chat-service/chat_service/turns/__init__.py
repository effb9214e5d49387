"""Turns: one question and its completion, owned by the server and followed by whoever wants to."""

"""Conversations: threads of messages owned by one user."""

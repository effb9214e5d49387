"""Context: what of a conversation is sent to a model, what is left out and why, and what is told as a summary."""

"""Images: pictures that belong to questions."""

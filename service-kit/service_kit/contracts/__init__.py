"""What the services know about each other: token claims and events, nothing else."""

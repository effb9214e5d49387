"""What managers and administrators see: summaries, time series and the live stream, read from roll-ups."""

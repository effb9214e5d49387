"""The operator's side of Parley: sets everything up, starts it, watches it, stops it and tests it."""

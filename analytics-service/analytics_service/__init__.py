"""analytics-service: counts what happened, to the token, and shows it live."""

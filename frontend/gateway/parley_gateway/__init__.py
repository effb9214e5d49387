"""The one origin: serves the page and passes /api/<service>/* on to the services."""

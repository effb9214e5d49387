"""What every Parley service is built with. The kit imports no service."""

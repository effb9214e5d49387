"""From a letter to the numbers: reading events, storing facts, adding them up, all in one transaction."""

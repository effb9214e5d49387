"""The whole product as real processes, for the tests that must see it whole."""

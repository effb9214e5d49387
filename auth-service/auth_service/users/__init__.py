"""Accounts: registering, the profile, the password."""

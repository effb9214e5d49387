"""Several processes of chat-service on one database and one Redis, behaving as one."""

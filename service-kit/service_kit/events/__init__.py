"""The path of an event: outbox, relay, bus (the doorbell), letterbox, consumer."""

"""`python -m chat_service serve` and `python -m chat_service migrate`."""

import sys

from chat_service.main import build
from chat_service.models import ChatTable
from chat_service.settings import ChatSettings
from service_kit.command import Service, run

SERVICE: Service[ChatSettings] = Service(
    name="chat-service",
    package="chat_service",
    settings=ChatSettings,
    database_url=lambda settings: settings.database_url,
    port=lambda settings: settings.chat_port,
    metadata=ChatTable.metadata,
    build=build,
)

if __name__ == "__main__":
    sys.exit(run(SERVICE, sys.argv[1:]))

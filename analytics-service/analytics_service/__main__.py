"""`python -m analytics_service serve|migrate`."""

import sys

from analytics_service.main import build
from analytics_service.models import AnalyticsTable
from analytics_service.settings import AnalyticsSettings
from service_kit.command import Service, run

SERVICE = Service(
    name="analytics-service",
    package="analytics_service",
    settings=AnalyticsSettings,
    database_url=lambda settings: settings.database_url,
    port=lambda settings: settings.analytics_port,
    metadata=AnalyticsTable.metadata,
    build=build,
)

if __name__ == "__main__":
    sys.exit(run(SERVICE, sys.argv[1:]))

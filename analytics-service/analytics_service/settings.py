"""The settings of analytics-service."""

from pydantic import Field, SecretStr

from service_kit.settings import ServiceSettings


class AnalyticsSettings(ServiceSettings):
    """What analytics-service reads besides the shared settings."""

    analytics_database_url: SecretStr | None = Field(
        None, description="Database of analytics-service; empty: data/analytics.db."
    )
    analytics_port: int = Field(8002, ge=0, le=65_535, description="Port of analytics-service.")

    @property
    def database_url(self) -> str:
        """Where facts and roll-ups live."""
        return self.database_url_or_file(self.analytics_database_url, name="analytics")

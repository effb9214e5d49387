"""The settings of chat-service."""

from pathlib import Path

from pydantic import Field, SecretStr

from service_kit.settings import ServiceSettings

DEFAULT_SYSTEM_PROMPT = (
    "You are a helpful assistant. Answer in the language of the question, in Markdown where it helps."
)


class ChatSettings(ServiceSettings):
    """What chat-service reads besides the shared settings."""

    chat_database_url: SecretStr | None = Field(None, description="Database of chat-service; empty: data/chat.db.")
    chat_port: int = Field(8000, ge=0, le=65_535, description="Port of chat-service.")
    openai_api_key: SecretStr | None = Field(
        None, description="Key of the provider; empty and no base URL: demo model."
    )
    openai_base_url: str | None = Field(None, description="Any server that speaks the OpenAI protocol.")
    openai_model: str = Field(
        "gpt-5-mini", description="Models to offer, separated by commas; the first is the default."
    )
    models_file: Path | None = Field(None, description="TOML file of the providers and models to offer.")
    default_model: str = Field("", description="The model that answers when none is chosen; empty: the first.")
    disabled_models: str = Field("", description="Models not to offer, separated by commas.")
    anthropic_api_key: SecretStr | None = Field(None, description="Key of Anthropic; offers Claude.")
    anthropic_models: str = Field("", description="Models of Anthropic to offer, separated by commas.")
    gemini_api_key: SecretStr | None = Field(None, description="Key of Google's Gemini API.")
    gemini_models: str = Field("", description="Models of Gemini to offer, separated by commas.")
    perplexity_api_key: SecretStr | None = Field(None, description="Key of Perplexity.")
    perplexity_models: str = Field("", description="Models of Perplexity to offer, separated by commas.")
    azure_openai_api_key: SecretStr | None = Field(None, description="Key of a resource of Azure OpenAI.")
    azure_openai_endpoint: str | None = Field(None, description="Where that resource is.")
    azure_openai_models: str = Field("", description="Deployments of Azure OpenAI to offer, separated by commas.")
    ollama_base_url: str | None = Field(None, description="Where an Ollama is; offers its models.")
    ollama_models: str = Field("", description="Models of Ollama to offer, separated by commas.")
    turn_seconds: float = Field(1_800, gt=0, le=86_400, description="How long one call of a model may take in all.")
    context_window: int = Field(
        128_000, ge=512, description="Tokens a model takes that nothing else is known of, question and answer."
    )
    system_prompt: str = Field(DEFAULT_SYSTEM_PROMPT, max_length=20_000, description="Said to the model first.")
    context_messages: int = Field(10, ge=0, le=1_000, description="Earlier messages sent along with a question.")
    messages_per_minute: int = Field(60, ge=1, description="Questions one user may ask in a minute.")
    demo_deltas_per_second: int = Field(60, ge=1, le=10_000, description="How fast the demo model speaks.")
    tools: str = Field(
        "calculator,current_time", description="Built-in tools to offer, separated by commas; `none` for none."
    )
    tools_file: Path | None = Field(None, description="TOML file of the MCP servers whose tools are offered.")
    max_tool_rounds: int = Field(8, ge=1, le=50, description="How often one answer may stop to run tools.")

    @property
    def database_url(self) -> str:
        """Where conversations live."""
        return self.database_url_or_file(self.chat_database_url, name="chat")

    @property
    def has_provider(self) -> bool:
        """Whether a real provider is configured: local servers need no key, only an address."""
        return self.openai_api_key is not None or self.openai_base_url is not None

    @property
    def offered_models(self) -> list[str]:
        """The provider's models, the default first."""
        return [name.strip() for name in self.openai_model.split(",") if name.strip()]

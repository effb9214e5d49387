"""Who answers: the catalogue of models, the OpenAI protocol and the built-in demo model."""

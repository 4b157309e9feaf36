"""Explanations: a language model that may put a sentence into easier words, and no more."""

from datetime import timedelta

from pydantic import Field, model_validator

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Duration, Secret


class Explanations(Model):
    """Who may reword the sentences of mails and of ``explain``; without url, nobody."""

    url: str | None = Field(
        None,
        description="An OpenAI-compatible chat address, https or this machine, such as "
        "http://127.0.0.1:8080/v1/chat/completions.",
    )
    model: str = Field("", description="The model's name as that address knows it.")
    token: Secret | None = Field(None, description="Where its key is kept, if it wants one.")
    timeout: Duration = Field(
        timedelta(seconds=10), description="For a whole mail; after it sentences stay as they are."
    )

    @model_validator(mode="after")
    def _names_a_model(self) -> "Explanations":
        if self.url is not None and not self.model:
            raise ValueError("url needs model: the name of the model to ask for")
        return self

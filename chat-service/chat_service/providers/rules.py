"""The rules of asking a model: what its entry in the catalogue allows."""

from dataclasses import fields
from typing import TYPE_CHECKING

from chat_service.providers.port import Parameters
from service_kit.errors import ServiceError

if TYPE_CHECKING:
    from chat_service.providers.catalog import Model

UNSET = Parameters()


class ParameterNotSupported(ServiceError):
    status, code = 422, "parameter_not_supported"
    detail = "This model does not take this parameter."


class MaxOutputTokensTooLarge(ServiceError):
    status, code = 422, "max_output_tokens_too_large"
    detail = "This model cannot make an answer that long."


class ImagesNotSupported(ServiceError):
    status, code = 422, "images_not_supported"
    detail = "This model cannot see images. Choose one that can."


def ensure_parameters_fit(model: "Model", parameters: Parameters) -> None:
    """Refuse the first parameter that the model does not take, and an answer longer than it makes."""
    for field in fields(parameters):
        if getattr(parameters, field.name) != getattr(UNSET, field.name) and field.name not in model.parameters:
            detail = f"The model {model.name} does not take the parameter {field.name}."
            raise ParameterNotSupported(detail, parameter=field.name, model=model.name)
    limit = model.max_output_tokens
    if limit is not None and (parameters.max_output_tokens or 0) > limit:
        raise MaxOutputTokensTooLarge(limit=limit, model=model.name)


def fitting(model: "Model", parameters: Parameters) -> Parameters:
    """Return what another model takes of the parameters, for one that answers in place of the one that was asked."""
    kept = {
        field.name: getattr(parameters, field.name) for field in fields(parameters) if field.name in model.parameters
    }
    limit, asked = model.max_output_tokens, parameters.max_output_tokens
    if limit is not None and asked is not None and "max_output_tokens" in kept:
        kept["max_output_tokens"] = min(limit, asked)
    return Parameters(**kept)


def ensure_images_fit(model: "Model") -> None:
    """Refuse a question with images for a model that cannot see them."""
    if "images" not in model.capabilities:
        raise ImagesNotSupported(model=model.name)

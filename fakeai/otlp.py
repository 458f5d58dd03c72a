"""Whether a collector of OpenTelemetry is told of answers: by --otel-endpoint, or by OpenTelemetry's variables."""

from collections.abc import Mapping
from importlib.util import find_spec

from .settings.settings import Settings
from .settings.table import SettingError

ENDPOINTS = tuple(f"OTEL_EXPORTER_OTLP{signal}_ENDPOINT" for signal in ("", "_TRACES", "_METRICS"))
DISABLED = "OTEL_SDK_DISABLED"


def is_told(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Whether somebody asks for it.

    Raises:
        SettingError: OpenTelemetry's SDK is not installed.
    """
    asked = ["--otel-endpoint"] if settings["otel_endpoint"] else [name for name in ENDPOINTS if environ.get(name)]
    if not asked or environ.get(DISABLED, "").lower() == "true":
        return False
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.exporter") is None:
        raise SettingError(f"{asked[0]} needs OpenTelemetry: pip install 'fakeai[otel]'")
    return True

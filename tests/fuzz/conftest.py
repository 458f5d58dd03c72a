"""How much is tried: a little, always the same, unless `--hypothesis-profile deep` is given (`make fuzz`)."""

from hypothesis import HealthCheck, Phase, settings

CALM = tuple(HealthCheck)  # schemas make large and slow values, and that is no fault of the server
FOUND = (Phase.explicit, Phase.generate)  # what fails is shown as it was found: making it smaller can take minutes
settings.register_profile(
    "few", max_examples=6, derandomize=True, deadline=None, suppress_health_check=CALM, phases=FOUND
)
settings.register_profile("deep", max_examples=500, deadline=None, suppress_health_check=CALM)
settings.load_profile("few")

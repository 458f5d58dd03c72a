"""Who is calling: bearer keys, and the organization and the project that they call for."""

from ..call import Call
from ..caller import ORGANIZATION, PROJECT, Caller
from ..credentials import key_of, masked
from ..errors import ApiError
from ..tenants import Tenants
from .callers import Callers

# How the paths of the administration of an organization begin.
ADMINISTRATION = tuple(base + path for base in ("/v1", "") for path in ("/organization/", "/projects/"))


async def require_bearer(
    call: Call, always: bool = False, ephemeral: str | None = None, telemetry: bool = False
) -> None:
    """Let a call with a good key pass, and note who calls; without --require-api-key every call, unless *always*.

    When no keys are configured, any key is good, but for one that the organization could have made. A key that begins
    with *ephemeral* passes, to be judged by whoever answers. What is *telemetry* has a setting of its own.

    Raises:
        ApiError: 401, there is no key, or it is not a good one, or not of the organization or project that the headers
            name; 403, it is no admin key where one is needed, or one where none is.
    """
    callers = call.world.engine(Callers)
    if (callers.idle and not always) or call.caller is not None:
        return
    is_usual = not (always or telemetry or ephemeral or call.path.startswith(ADMINISTRATION))
    if is_usual:
        known = callers.recall(call)
        if known is not None:
            call.caller = known
            if known.project != PROJECT:
                call.world = call.world.engine(Tenants).of(known.project)
            return
    required = always or callers.required
    if telemetry:
        required = call.world.options.telemetry_keys
    key = key_of(call)
    if not key:
        if required:
            raise ApiError(
                401,
                "You didn't provide an API key. You need to provide your API key in an Authorization header using "
                "Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
            )
        call.caller = callers.nobody
        return
    if ephemeral and key.startswith(ephemeral):
        return
    caller = await callers.find(key, call)
    if caller is None:
        if required:
            raise ApiError(401, f"Incorrect API key provided: {masked(key)}.", code="invalid_api_key")
        call.caller = callers.nobody
        return
    call.caller = caller
    administers = call.path.startswith(ADMINISTRATION)
    if required and not telemetry:
        may_all = callers.any_administers and not caller.is_admin and not caller.bound
        if caller.is_admin != administers and not may_all:
            raise _insufficient("api.management.read" if administers else "model.request")
        await _expect_headers(call, callers, caller)
    if is_usual:
        callers.remember(call, caller)
    if call.caller.project != PROJECT and not administers:
        call.world = call.world.engine(Tenants).of(call.caller.project)


async def _expect_headers(call: Call, callers: Callers, caller: Caller) -> None:
    """See that the key may call for the organization and the project that the headers name.

    Raises:
        ApiError: 401, it may not.
    """
    organization, project = call.header(b"openai-organization"), call.header(b"openai-project")
    if organization and organization != ORGANIZATION.encode():
        message = f"No such organization: {organization.decode('latin-1')}."
        raise ApiError(401, message, code="invalid_organization")
    if not project:
        return
    name = project.decode("latin-1")
    if caller.bound and name != caller.project:
        raise ApiError(401, "OpenAI-Project header should match project for API key.", code="mismatched_project")
    if not await callers.has_project(name, call):
        raise ApiError(401, f"No such project: {name}.", code="invalid_project")
    if name != caller.project:
        call.caller = Caller(caller.key, name, caller.user, caller.tier, caller.is_admin)


def _insufficient(scope: str) -> ApiError:
    return ApiError(
        403,
        f"You have insufficient permissions for this operation. Missing scopes: {scope}. Check that you have the "
        "correct role in your organization, and if you're using a restricted API key, that it has the necessary "
        "scopes.",
        code="missing_scope",
    )

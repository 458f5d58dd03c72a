"""Certificates: kept as PEM, active in the organization and in projects, each on its own."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from .. import pages, things
from ..things import Thing
from . import audit, x509

CERTIFICATE = "organization.certificate"
PROJECT = "project"
ACTIVE = "_active"  # where a certificate is active: ids of projects, and EVERYWHERE
EVERYWHERE = ""  # stands for the organization
MOST = 50  # certificates of an organization


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Keep a certificate, active nowhere.

    Raises:
        ApiError: 400, it is none, or there are too many.
    """
    content = body["certificate"]
    try:
        valid_at, expires_at = x509.validity(content)
    except ValueError as error:
        raise ApiError(
            400, f"The certificate cannot be read: {error}.", code="invalid_certificate", param="certificate"
        ) from None
    if len((await pages.page(call, CERTIFICATE, (), {"limit": MOST}))[0]) >= MOST:
        raise ApiError(400, f"An organization can have up to {MOST} certificates.", code="too_many_certificates")
    details = {"valid_at": valid_at, "expires_at": expires_at, "content": content}
    values: dict[str, Any] = {
        "object": "certificate",
        "name": body.get("name"),
        "certificate_details": details,
        ACTIVE: [],
    }
    return call.reply(_alone(await things.add(call, CERTIFICATE, **values)))


async def retrieve(call: Call, id: str, query: dict[str, Any]) -> Reply:
    """The certificate; its PEM when *query* includes the content.

    Raises:
        ApiError: 404, there is none.
    """
    content = "content" in query.get("include", ())
    return call.reply(_alone(await things.find(call, CERTIFICATE, id), content))


async def update(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Rename the certificate.

    Raises:
        ApiError: 404, there is none.
    """
    values = {"name": body["name"]} if "name" in body else {}
    return call.reply(_alone(await things.change(call, CERTIFICATE, id, by=lambda thing: thing.update(values))))


async def delete(call: Call, id: str) -> Reply:
    """Delete the certificate.

    Raises:
        ApiError: 404, there is none; 400, it is active somewhere.
    """
    if (await things.find(call, CERTIFICATE, id))[ACTIVE]:
        raise ApiError(
            400, f"The certificate '{id}' is active: deactivate it everywhere first.", code="certificate_active"
        )
    await things.remove(call, CERTIFICATE, id)
    return call.reply({"object": "certificate.deleted", "id": id})


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the certificates, as active as they are in the project of the path, else in the organization.

    Raises:
        ApiError: 404, there is no such project; 400, a cursor names nothing.
    """
    where = await _where(call)
    found, more = await pages.page(call, CERTIFICATE, (), query)
    return call.reply(pages.answer([_listed(thing, where) for thing in found], more, shape))


async def toggle(call: Call, body: dict[str, Any], active: bool) -> Reply:
    """Make the certificates of *body* active or inactive in the project of the path, else in the organization.

    Raises:
        ApiError: 404, one of them or the project is not there, and none is changed.
    """
    where = await _where(call)
    ids = list(dict.fromkeys(body["certificate_ids"]))
    for id in ids:
        await things.find(call, CERTIFICATE, id)

    def switch(thing: Thing) -> None:
        others = [place for place in thing[ACTIVE] if place != where]
        thing[ACTIVE] = [*others, where] if active else others

    found = [await things.change(call, CERTIFICATE, id, by=switch, event="toggled") for id in ids]
    said = {"certificates": [{"id": thing["id"], "name": thing["name"]} for thing in found]}
    event = "certificates.activated" if active else "certificates.deactivated"
    await call.world.store.write(await audit.event(call, event, said, where or None))
    kind = "activation" if active else "deactivation"
    scope = "organization.project" if where else "organization"
    data = [things.shown(_listed(thing, where)) for thing in found]
    return call.reply({"object": f"{scope}.certificate.{kind}", "data": data})


async def _where(call: Call) -> str:
    """The project of the path, else EVERYWHERE.

    Raises:
        ApiError: 404, there is no such project.
    """
    project = call.args.get("project_id")
    return EVERYWHERE if project is None else str((await things.find(call, PROJECT, project))["id"])


def _alone(thing: Thing, content: bool = False) -> Thing:
    """A certificate as it is shown by itself."""
    return {**things.shown(thing), "certificate_details": _details(thing, content)}


def _listed(thing: Thing, where: str) -> Thing:
    """A certificate as it is shown among others."""
    kind = "organization.project.certificate" if where else "organization.certificate"
    listed = {**things.shown(thing), "object": kind, "active": where in thing[ACTIVE]}
    return {**listed, "certificate_details": _details(thing, content=False)}


def _details(thing: Thing, content: bool) -> Thing:
    return {name: value for name, value in thing["certificate_details"].items() if content or name != "content"}

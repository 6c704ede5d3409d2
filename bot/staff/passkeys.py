"""Passkeys: sign in with the finger, face or PIN that unlocks one's own device.

A challenge carries its own moment and is authenticated by the vault's key, so none has to be kept. It is good for
five minutes, and for a key only if it is newer than that key's last use: so an answer never counts twice.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

import webauthn
from sqlalchemy import delete, select
from sqlmodel import col
from webauthn.helpers import base64url_to_bytes, options_to_json, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.store.staff_tables import StaffPasskey
from bot.store.unit import Unit
from bot.visits import team
from handlers.office import Colleague
from knowledge.visits.names import RandomBytes

CHALLENGE_LASTS = dt.timedelta(minutes=5)
CHALLENGE, HANDLE = "staff_passkey.challenge", "staff_passkey.handle"
RANDOM, MOMENT = 16, 8
"""Bytes of a challenge; its authentication follows."""
LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Party:
    """Where a passkey is good: a host without its port, the origin of its pages, and a name that people know."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner sees it."""

    id: int
    label: str
    created_at: dt.datetime
    used_at: dt.datetime | None


async def of(unit: Unit, staff_id: int) -> tuple[Passkey, ...]:
    """Somebody's passkeys, the oldest first."""
    return tuple(Passkey(row.id, row.label, row.created_at, row.used_at) for row in await _rows(unit, staff_id))


async def to_register(unit: Unit, party: Party, who: Colleague, random_bytes: RandomBytes) -> str:
    """What a browser needs to make a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=bytes.fromhex(unit.vault.index(HANDLE, str(who.id))),
        user_name=who.name,
        challenge=challenge(unit, f"register {who.id}", random_bytes),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row.credential) for row in await _rows(unit, who.id)],
    )
    return options_to_json(options)


async def register(unit: Unit, party: Party, staff_id: int, answer: Mapping[str, object], label: str) -> bool:
    """Keep the passkey that a browser has made. False where its answer is not good."""
    expected = challenge_in(unit, f"register {staff_id}", answer)
    if expected is None:
        return False
    try:
        made = webauthn.verify_registration_response(
            credential=json.dumps(answer),
            expected_challenge=expected,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return False
    if await _of_credential(unit, made.credential_id) is not None:
        return False
    kept = StaffPasskey(
        staff_id=staff_id,
        credential=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        label=label.strip()[:LONGEST_LABEL],
        created_at=unit.now,
    )
    unit.session.add(kept)
    await unit.session.flush()
    return True


def to_sign_in(unit: Unit, party: Party, random_bytes: RandomBytes) -> str:
    """What a browser needs to ask its owner for a passkey, as JSON. It tells nothing of who has one."""
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=challenge(unit, "sign in", random_bytes),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


async def sign_in(unit: Unit, party: Party, answer: Mapping[str, object]) -> Colleague | None:
    """Whose passkey answered; None where it is nobody's of the team, or its answer is not good."""
    expected = challenge_in(unit, "sign in", answer)
    row = await _of_credential(unit, _bytes(answer.get("rawId")))
    if expected is None or row is None or (row.used_at is not None and _moment(expected) <= row.used_at):
        return None
    try:
        proof = webauthn.verify_authentication_response(
            credential=json.dumps(answer),
            expected_challenge=expected,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    row.sign_count, row.used_at = proof.new_sign_count, unit.now
    await unit.session.flush()
    return await team.member(unit, row.staff_id)


async def remove(unit: Unit, staff_id: int, passkey_id: int) -> bool:
    """Take out one of somebody's own passkeys. False where they have none such."""
    own = delete(StaffPasskey).where(col(StaffPasskey.id) == passkey_id, col(StaffPasskey.staff_id) == staff_id)
    return (await unit.session.execute(own.returning(col(StaffPasskey.id)))).scalar_one_or_none() is not None


def challenge(unit: Unit, purpose: str, random_bytes: RandomBytes) -> bytes:
    """A new challenge for one purpose."""
    said = random_bytes(RANDOM) + int(unit.now.timestamp() * 1_000_000).to_bytes(MOMENT, "big")
    return said + _proof(unit, purpose, said)


def challenge_in(unit: Unit, purpose: str, answer: Mapping[str, object]) -> bytes | None:
    """The challenge that an answer is to; None where it is not ours, not for this purpose, or too old."""
    response = answer.get("response")
    said = _bytes(response.get("clientDataJSON")) if isinstance(response, Mapping) else b""
    try:
        given = parse_client_data_json(said).challenge
    except (WebAuthnException, ValueError):
        return None
    body, proof = given[: RANDOM + MOMENT], given[RANDOM + MOMENT :]
    if len(body) < RANDOM + MOMENT or not hmac.compare_digest(proof, _proof(unit, purpose, body)):
        return None
    return given if unit.now - _moment(given) < CHALLENGE_LASTS else None


def _proof(unit: Unit, purpose: str, said: bytes) -> bytes:
    return bytes.fromhex(unit.vault.index(CHALLENGE, f"{purpose}\0{said.hex()}"))


def _moment(given: bytes) -> dt.datetime:
    microseconds = int.from_bytes(given[RANDOM : RANDOM + MOMENT], "big")
    return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=microseconds)


def _bytes(said: object) -> bytes:
    try:
        return base64url_to_bytes(said) if isinstance(said, str) else b""
    except ValueError:
        return b""


async def _rows(unit: Unit, staff_id: int) -> list[StaffPasskey]:
    own = select(StaffPasskey).where(col(StaffPasskey.staff_id) == staff_id).order_by(col(StaffPasskey.id))
    return list((await unit.session.execute(own)).scalars())


async def _of_credential(unit: Unit, credential: bytes) -> StaffPasskey | None:
    # The lock makes the same answer, sent twice at once, come one by one.
    one = select(StaffPasskey).where(col(StaffPasskey.credential) == credential).with_for_update()
    found: StaffPasskey | None = (await unit.session.execute(one)).scalar_one_or_none()
    return found

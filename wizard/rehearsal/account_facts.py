"""What Graph tells of an account, and of the credentials that apps may get, besides what the scene's people do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What Graph tells of a person's account.

    Args:
        enabled: whether it may sign in.
        deleted: whether it is gone.
        synchronised: whether it comes from an on-premises directory.
        job_title: "" for none.
        methods: registered methods beside the password, by Graph's type without "AuthenticationMethod"; where this is
            empty, Microsoft Authenticator if the person has registered MFA.
        risk: its `riskState`, "" for an account that never was at risk.
        per_user_mfa: its `perUserMfaState`.
    """

    enabled: bool = True
    deleted: bool = False
    synchronised: bool = False
    job_title: str = ""
    methods: tuple[str, ...] = ()
    risk: str = ""
    per_user_mfa: str = "disabled"


@dataclass(frozen=True, slots=True)
class AppManagement:
    """The tenant's policy for new credentials of apps.

    Args:
        secrets_forbidden: whether none can be made.
        secret_days: how long one can last, 0 for no limit.
        app_excepted: whether a policy of the scene's app lets it have one all the same.
    """

    secrets_forbidden: bool = False
    secret_days: int = 0
    app_excepted: bool = False

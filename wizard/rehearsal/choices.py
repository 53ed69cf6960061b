"""What a scene chooses from: who does what, when a fault strikes, in which form an answer comes."""

from __future__ import annotations

from enum import StrEnum


class AdminAction(StrEnum):
    """What the administrator does with the consent link."""

    ACCEPT = "accept"
    DECLINE = "decline"
    NOBODY = "nobody"


class UserAction(StrEnum):
    """What the signed-in user does with the device code."""

    APPROVE = "approve"
    DECLINE = "decline"
    NOBODY = "nobody"


class ReferralsRole(StrEnum):
    """What a person may do with referrals: an admin sees all, a user those of the own team."""

    NONE = ""
    ADMIN = "admin"
    USER = "user"


class BrowserLocation(StrEnum):
    """On which machine people sign in: the product's own, or another one."""

    HERE = "here"
    ELSEWHERE = "elsewhere"


class BrowserResult(StrEnum):
    """What a person brings back from the browser; all but `RIGHT` are pasted."""

    RIGHT = "right"
    ANOTHER_RUN = "another-run"
    ANOTHER_TENANT = "another-tenant"
    ERROR = "error"
    WITHOUT_CODE = "without-code"
    USED = "used"
    TOO_OLD = "too-old"


class CredentialCheck(StrEnum):
    """When the client's credential is checked for a device code (protocol 1.3)."""

    DEVICE_CODE_REQUEST = "device_code_request"
    FIRST_POLL = "first_poll"
    AFTER_APPROVAL = "after_approval"


class Home(StrEnum):
    """Which tenant an app or a person comes from."""

    CONTOSO = "contoso"
    FABRIKAM = "fabrikam"


class MachineIdentity(StrEnum):
    """What the operator's machine can prove about itself: nothing, or the token that its host gives it."""

    NONE = "none"
    MANAGED = "managed"
    WORKLOAD = "workload"


class Separator(StrEnum):
    """What separates the parts of an error_description (protocol 1.2)."""

    CRLF = "crlf"
    SPACES = "spaces"


class PolicyState(StrEnum):
    """Whether a Conditional Access policy is in force."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    REPORT_ONLY = "enabledForReportingButNotEnforced"


class MfaHeader(StrEnum):
    """What Partner Center says in isMfaCompliant."""

    TOKEN = "token"
    TRUE = "true"
    FALSE = "false"
    ABSENT = "absent"


class Service(StrEnum):
    """A service of the cloud, as `Fault` names it."""

    LOGIN = "login"
    GRAPH = "graph"
    PARTNER_CENTER = "partner_center"
    REFERRALS = "referrals"
    VAULT = "vault"
    RESOURCE_MANAGER = "resource_manager"


class FaultBody(StrEnum):
    """The form of a fault's answer: an error in JSON or HTML, an answer cut off, or a connection that is reset."""

    JSON = "json"
    HTML = "html"
    CUT = "cut"
    RESET = "reset"


class Fixer(StrEnum):
    """Who repairs a scene, in the words that people are told."""

    OPERATOR = "you"
    ADMIN = "the administrator"
    USER = "the integration user"
    NETWORK = "the network team"
    PARTNER_ADMIN = "the Partner Center administrator"


class Ending(StrEnum):
    """How a journey ends after a repair."""

    PROVEN = "proven"
    PROVISIONAL = "provisional"

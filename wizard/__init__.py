"""partner-wizard: Partner Center onboarding under the Secure Application Model, each step proven before the next."""

__version__ = "0.1.0"

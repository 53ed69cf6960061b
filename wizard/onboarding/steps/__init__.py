"""The steps, one module each, in order: start, tenant, app_registration, consent, user, store."""

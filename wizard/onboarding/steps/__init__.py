"""The steps of the journey, one module each, in order: tenant, app, consent, user, store."""

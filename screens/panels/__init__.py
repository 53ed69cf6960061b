"""What waits for a person on the page of a step: a device code, a link to sign in at, a link for consent."""

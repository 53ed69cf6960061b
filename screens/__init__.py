"""The screens of partner-wizard, a Textual face on the journey: they start checks and draw what these tell."""

"""What everything stands on: errors, findings, events, answers, secrets, text, time. Knows no service."""

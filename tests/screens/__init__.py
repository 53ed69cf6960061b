"""The screens, driven by real keys over Pilot; the journey is the real one, its services are stubs."""

"""What steps ask: questions that several of them, or none alone, own."""

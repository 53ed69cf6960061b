"""One tenant's token: redeemed, recorded, written. Knows no journey, so that a job uses it as the journey does."""

"""The journey, driven at random on the rehearsal cloud, whose own record says what may never happen."""

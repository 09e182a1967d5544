"""Messages to other systems: signed, and brought where they are awaited."""

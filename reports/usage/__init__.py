"""The usage explorer: what a service used, in steps from hours to years, in units or in money."""

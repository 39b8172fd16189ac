"""People, customers and the utility in the admin pages; identity is changed elsewhere."""

from accounts.admin import customers, people, utility

__all__ = ["customers", "people", "utility"]

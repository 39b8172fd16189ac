"""What the pages of a customer show about paying, shaped for their templates."""

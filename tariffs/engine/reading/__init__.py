"""From a definition in JSON to a tariff that can be priced, or to the row that cannot."""

"""All bills for those who work with them: found, summed, saved and sent again."""

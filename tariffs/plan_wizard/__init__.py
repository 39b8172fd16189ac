"""The wizard of plans: four steps, and a page to check before the plan is kept as a draft."""

"""Settings of the server that is measured: the product's, with the trivial page beside."""

from billing_site.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.pages_urls"

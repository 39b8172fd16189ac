"""Help for everybody, signed in or not."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from support.help_topics import finding
from support.help_topics.kinds import is_translated
from support.help_topics.words import BY_SLUG, WORDS


@login_not_required
@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """List the articles, or those that have what was typed."""
    typed = request.GET.get("q", "").strip()[: finding.MOST_TYPED]
    context = {
        "typed": typed,
        "topics": finding.find_topics(typed) if typed else finding.TOPICS,
        "words": finding.find_words(typed) if typed else [],
    }
    return render(request, "support/topics/index.html", context)


@login_not_required
@require_GET
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = finding.BY_SLUG.get(slug)
    if found is None:
        raise Http404
    context = {
        "topic": found,
        "is_translated": is_translated(found.title),
        "words": [BY_SLUG[word] for word in found.words],
    }
    return render(request, "support/topics/topic.html", context)


@login_not_required
@require_GET
def words(request: HttpRequest) -> HttpResponse:
    context = {"words": finding.in_order(WORDS), "is_translated": is_translated(WORDS[0].means)}
    return render(request, "support/topics/words.html", context)

from django.urls import path

from payments.customer_urls import urlpatterns as customer
from payments.desk_urls import urlpatterns as desk
from payments.views import counter, events, webhook

app_name = "payments"
urlpatterns = [
    path("webhooks/stripe/", webhook.stripe, name="stripe_webhook"),
    path("desk/events/", events.index, name="events"),
    path("desk/events/<uuid:uid>/", events.detail, name="event"),
    path("desk/events/<uuid:uid>/retry/", events.retry, name="event_retry"),
    path("desk/events/<uuid:uid>/dismiss/", events.dismiss, name="event_dismiss"),
    path("counter/", counter.counter, name="counter"),
    path("counter/<str:reference>/", counter.receipt, name="receipt"),
    path("counter/<str:reference>/reverse/", counter.reverse, name="reverse"),
    *customer,
    *desk,
]

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("health/", views.health, name="health"),
    path("accounts/<str:number>/history/", views.account_history, name="account_history"),
]

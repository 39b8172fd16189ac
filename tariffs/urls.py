from django.urls import path

from tariffs.views import files, plans, tariffs

app_name = "tariffs"
urlpatterns = [
    path("manage/plans/new/", plans.new, name="plan_new"),
    path("manage/plans/new/<slug:step>/", plans.new_step, name="plan_new_step"),
    path("manage/plans/<slug:code>/edit/", plans.edit, name="plan_edit"),
    path("manage/plans/<slug:code>/edit/<slug:step>/", plans.edit_step, name="plan_edit_step"),
    path("manage/tariffs/new/", tariffs.new, name="new"),
    path("manage/tariffs/new/<slug:step>/", tariffs.new_step, name="new_step"),
    path("manage/tariffs/<slug:code>/edit/", tariffs.edit, name="edit"),
    path("manage/tariffs/<slug:code>/edit/<slug:step>/", tariffs.edit_step, name="edit_step"),
    path("manage/prices/files/", files.files, name="files"),
    path("manage/prices/files/save/", files.files_save, name="files_save"),
    path("manage/prices/files/<uuid:token>/", files.file, name="file"),
]

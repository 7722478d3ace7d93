"""The addresses of what has to be learnt, below /curricula/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.curricula, name="curricula"),
    path("<str:code>/", views.curriculum, name="curriculum"),
    path("<str:code>/<str:module_code>/", views.module, name="curriculum_module"),
    path("<str:code>/<str:module_code>/<int:number>/", views.activity, name="curriculum_activity"),
]

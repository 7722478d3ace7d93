"""Every address of portfolios. The addresses are a contract: mails, bookmarks and outside checks rely on them."""

from django.urls import URLPattern, URLResolver, include, path

from portfolio.views import (
    activity,
    activity_steps,
    components,
    decide,
    evidence,
    evidence_edit,
    evidence_history,
    evidence_list,
    files,
    history,
    home,
    module,
    module_steps,
    people,
    progress,
    queue,
    submissions,
    submit,
    trainees,
)
from portfolio.views.journal import notes
from portfolio.views.placements import pages as placements
from portfolio.views.placements import steps as placement_steps

Addresses = list[URLPattern | URLResolver]

of_activity: Addresses = [
    path("", activity.activity, name="activity"),
    path("unlock/", activity_steps.unlock, name="activity_unlock"),
    path("label/", activity.label, name="activity_label"),
]

of_module: Addresses = [
    path("", module.module, name="module"),
    path("sign-off/", module_steps.sign_off, name="module_sign_off"),
    path("void/", module_steps.void, name="module_void"),
    path("requirements/", module_steps.requirements, name="module_requirements"),
    path("<int:number>/", include(of_activity)),
]

of_evidence: Addresses = [
    path("", evidence.evidence, name="evidence"),
    path("edit/", evidence_edit.edit, name="evidence_edit"),
    path("history/", evidence_history.revisions, name="evidence_history"),
    path("share/", evidence.share, name="evidence_share"),
    path("archive/", evidence.archive, name="evidence_archive"),
    path("delete/", evidence.discard, name="evidence_discard"),
    path("recover/", evidence.recover, name="evidence_recover"),
    path("files/<slug:fid>/", files.file, name="evidence_file"),
    path("files/<slug:fid>/remove/", files.remove, name="evidence_file_remove"),
]

of_submission: Addresses = [
    path("", submissions.submission, name="submission"),
    path("withdraw/", submissions.withdraw, name="submission_withdraw"),
    path("redirect/", submissions.redirect_to, name="submission_redirect"),
]

of_placements: Addresses = [
    path("", placements.placements, name="placements"),
    path("new/", placement_steps.new, name="placement_new"),
    path("<slug:pid>/", placements.placement, name="placement"),
    path("<slug:pid>/change/", placement_steps.change, name="placement_change"),
    path("<slug:pid>/activities/", placement_steps.activities, name="placement_activities"),
    path("<slug:pid>/confirm/", placement_steps.confirm, name="placement_confirm"),
    path("<slug:pid>/end/", placement_steps.end, name="placement_end"),
    path("<slug:pid>/reflection/", placement_steps.close, name="placement_close"),
    path("<slug:pid>/evidence/", placement_steps.evidence, name="placement_evidence"),
    path("<slug:pid>/remove/", placement_steps.remove, name="placement_remove"),
]

of_journal: Addresses = [
    path("", notes.journal, name="journal"),
    path("new/", notes.new, name="journal_new"),
    path("<slug:jid>/", notes.note, name="journal_note"),
    path("<slug:jid>/edit/", notes.edit, name="journal_edit"),
    path("<slug:jid>/delete/", notes.delete, name="journal_delete"),
    path("<slug:jid>/evidence/", notes.evidence, name="journal_evidence"),
]

of_portfolio: Addresses = [
    path("", progress.progress, name="progress"),
    path("modules/<str:code>/", include(of_module)),
    path("evidence/", evidence_list.evidence_list, name="evidence_list"),
    path("evidence/new/", evidence_edit.new, name="evidence_new"),
    path("evidence/autosave/", evidence_edit.autosave, name="evidence_autosave"),
    path("evidence/<slug:eid>/", include(of_evidence)),
    path("submit/", submit.submit, name="submit"),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/<slug:sid>/", include(of_submission)),
    path("people/", people.people, name="people"),
    path("history/", history.history, name="history"),
    path("close/", people.close, name="portfolio_close"),
    path("reopen/", people.reopen, name="portfolio_reopen"),
    path("placements/", include(of_placements)),
    path("journal/", include(of_journal)),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("portfolios/<slug:ref>/", include(of_portfolio)),
    path("reviewing/", queue.reviewing, name="reviewing"),
    path("reviewing/<slug:sid>/", decide.review, name="review"),
    path("trainees/", trainees.trainees, name="trainees"),
    path("components/", components.components, name="components"),
]

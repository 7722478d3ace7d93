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
    snippets,
    submissions,
    submit,
)
from portfolio.views.assessments import assess, listing
from portfolio.views.assessments import plan as assessment_plan
from portfolio.views.assessments import record as assessment_record
from portfolio.views.assessments import steps as assessment_steps
from portfolio.views.cohorts import intake, merge, officer
from portfolio.views.comments import pages as comments
from portfolio.views.feedback import answer, round, rounds
from portfolio.views.goals import reading as goals
from portfolio.views.goals import reviewing as goal_reviewing
from portfolio.views.goals import writing as goal_writing
from portfolio.views.journal import notes
from portfolio.views.nominations import answer as nominations
from portfolio.views.one_off import lent
from portfolio.views.one_off import sign as one_off
from portfolio.views.placements import pages as placements
from portfolio.views.placements import steps as placement_steps
from portfolio.views.plan import feed
from portfolio.views.plan import page as plan
from portfolio.views.recorded import elsewhere, option, result, table
from portfolio.views.reviews import dates, points
from portfolio.views.reviews import steps as review_steps
from portfolio.views.trainees import assessors, export, modules
from portfolio.views.trainees import listing as trainees

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
    path("result/", result.result, name="module_result"),
    path("option/", option.option, name="module_option"),
    path("option/refuse/", option.refuse, name="module_option_refuse"),
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
    path("lend/", lent.lend, name="submission_lend"),
]

of_goal: Addresses = [
    path("", goals.goal, name="goal"),
    path("edit/", goal_writing.edit, name="goal_edit"),
    path("review/", goal_reviewing.review, name="goal_review"),
    path("reopen/", goal_reviewing.reopen, name="goal_reopen"),
    path("evidence/", goal_writing.write_up, name="goal_evidence"),
    path("actions/<slug:act>/done/", goal_writing.done, name="goal_action_done"),
]

of_review: Addresses = [
    path("", points.point, name="review_point"),
    path("plan/", review_steps.plan, name="review_plan"),
    path("notes/", review_steps.notes, name="review_notes"),
    path("actions/", review_steps.agree, name="review_action"),
    path("actions/<int:action>/drop/", review_steps.drop, name="review_action_drop"),
    path("actions/<int:action>/done/", review_steps.done, name="review_action_done"),
    path("actions/<int:action>/reopen/", review_steps.reopen, name="review_action_reopen"),
    path("sign/", review_steps.sign, name="review_sign"),
    path("again/", review_steps.again, name="review_again"),
]

of_training_time: Addresses = [
    path("", dates.training_time, name="training_time"),
    path("<slug:what>/", dates.record, name="training_time_record"),
    path("<slug:what>/<slug:on>/", dates.change, name="training_time_change"),
    path("<slug:what>/<slug:on>/remove/", dates.remove, name="training_time_remove"),
]

of_feedback: Addresses = [
    path("", rounds.rounds, name="feedback"),
    path("open/<int:place>/", rounds.open_round, name="feedback_open"),
    path("<int:number>/", round.feedback_round, name="feedback_round"),
    path("<int:number>/invite/", round.invite, name="feedback_invite"),
    path("<int:number>/withdraw/", round.withdraw, name="feedback_withdraw"),
    path("<int:number>/remind/", round.remind, name="feedback_remind"),
    path("<int:number>/close/", round.close, name="feedback_close"),
    path("<int:number>/release/", round.release, name="feedback_release"),
    path("<int:number>/evidence/", round.use_as_evidence, name="feedback_evidence"),
]

of_assessment: Addresses = [
    path("", assessment_record.assessment, name="assessment"),
    path("edit/", assessment_plan.edit, name="assessment_edit"),
    path("ask/", assessment_steps.ask, name="assessment_ask"),
    path("withdraw/", assessment_steps.withdraw, name="assessment_withdraw"),
    path("lend/", lent.lend_to_assess, name="assessment_lend"),
    path("redirect/", assessment_steps.redirect_to, name="assessment_redirect"),
    path("void/", assessment_steps.void, name="assessment_void"),
    path("reflection/", assessment_record.reflection, name="assessment_reflection"),
]

of_plan: Addresses = [
    path("", plan.plan, name="plan"),
    path("calendar/", feed.address, name="plan_calendar"),
    path("calendar/make/", feed.make, name="plan_calendar_make"),
    path("calendar/stop/", feed.stop, name="plan_calendar_stop"),
]

of_placements: Addresses = [
    path("", placements.placements, name="placements"),
    path("new/", placement_steps.new, name="placement_new"),
    path("<slug:pid>/", placements.placement, name="placement"),
    path("<slug:pid>/change/", placement_steps.change, name="placement_change"),
    path("<slug:pid>/activities/", placement_steps.activities, name="placement_activities"),
    path("<slug:pid>/confirm/", placement_steps.confirm, name="placement_confirm"),
    path("<slug:pid>/end/", placement_steps.end, name="placement_end"),
    path("<slug:pid>/extend/", placement_steps.extend, name="placement_extend"),
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
    path("goals/", goals.goals, name="goals"),
    path("goals/new/", goal_writing.new, name="goal_new"),
    path("goals/<slug:gid>/", include(of_goal)),
    path("awards/", result.awards, name="awards"),
    path("elsewhere/", elsewhere.elsewhere_list, name="elsewhere"),
    path("elsewhere/new/", elsewhere.new, name="elsewhere_new"),
    path("elsewhere/table/", table.table, name="elsewhere_table"),
    path("elsewhere/<slug:xid>/void/", elsewhere.void, name="elsewhere_void"),
    path("elsewhere/<slug:xid>/file/", elsewhere.file, name="elsewhere_file"),
    path("reviews/", points.reviews, name="reviews"),
    path("reviews/dates/", include(of_training_time)),
    path("reviews/<int:number>/", include(of_review)),
    path("feedback/", include(of_feedback)),
    path("plan/", include(of_plan)),
    path("assessments/", listing.assessments, name="assessments"),
    path("assessments/new/", assessment_plan.new, name="assessment_new"),
    path("assessments/<slug:aid>/", include(of_assessment)),
    path("people/", people.people, name="people"),
    path("people/nominations/<slug:nid>/", nominations.nomination, name="nomination"),
    path("history/", history.history, name="history"),
    path("close/", people.close, name="portfolio_close"),
    path("reopen/", people.reopen, name="portfolio_reopen"),
    path("placements/", include(of_placements)),
    path("journal/", include(of_journal)),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("portfolios/<slug:ref>/", include(of_portfolio)),
    path("feedback/thank-you/", answer.thanks, name="feedback_thanks"),
    path("feedback/<str:key>/", answer.answer, name="feedback_answer"),
    path("sign/<str:key>/", one_off.sign, name="sign"),
    path("sign/<str:key>/code/", one_off.code, name="sign_code"),
    path("sign/<str:key>/prove/", one_off.prove, name="sign_prove"),
    path("sign/<str:key>/files/<slug:fid>/", one_off.file, name="sign_file"),
    path("lent/", lent.lent, name="lent"),
    path("lent/code/", lent.code, name="lent_code"),
    path("lent/prove/", lent.prove, name="lent_prove"),
    path("lent/back/", lent.back, name="lent_back"),
    path("lent/files/<slug:fid>/", lent.file, name="lent_file"),
    path("calendar/<str:key>.ics", feed.calendar, name="calendar"),
    path("reviewing/", queue.reviewing, name="reviewing"),
    path("reviewing/snippets/", snippets.snippets, name="snippets"),
    path("reviewing/snippets/<slug:tid>/", snippets.edit, name="snippet_edit"),
    path("reviewing/snippets/<slug:tid>/move/", snippets.move, name="snippet_move"),
    path("reviewing/snippets/<slug:tid>/delete/", snippets.delete, name="snippet_delete"),
    path("reviewing/<slug:sid>/", decide.review, name="review"),
    path("reviewing/assessments/<slug:aid>/", assess.assess, name="assess"),
    path("reviewing/assessments/<slug:aid>/kind/", assess.correct, name="assess_kind"),
    path("comments/<slug:sid>/<str:code>/<int:number>/", comments.comments, name="comments"),
    path("comments/<slug:aid>/", comments.assessment_comments, name="assessment_comments"),
    path("comments/<slug:cid>/withdraw/", comments.withdraw, name="comment_withdraw"),
    path("cohorts/", intake.upload, name="intakes"),
    path("cohorts/people.csv", intake.template, name="intake_template"),
    path("cohorts/tables/<slug:iid>/", intake.intake, name="intake"),
    path("cohorts/merge/", merge.merge_accounts, name="merge_accounts"),
    path("cohorts/officer/", officer.change_officer, name="change_officer"),
    path("trainees/", trainees.trainees, name="trainees"),
    path("trainees/modules/", modules.trainees_modules, name="trainees_modules"),
    path("trainees/assessors/", assessors.trainees_assessors, name="trainees_assessors"),
    path("trainees/csv/", export.trainees_csv, name="trainees_csv"),
    path("trainees/xlsx/", export.trainees_xlsx, name="trainees_xlsx"),
    path("trainees/modules/csv/", export.modules_csv, name="trainees_modules_csv"),
    path("trainees/modules/xlsx/", export.modules_xlsx, name="trainees_modules_xlsx"),
    path("trainees/assessors/csv/", export.assessors_csv, name="trainees_assessors_csv"),
    path("trainees/assessors/xlsx/", export.assessors_xlsx, name="trainees_assessors_xlsx"),
    path("components/", components.components, name="components"),
]

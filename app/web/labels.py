"""What pages call the values that are stored under a name of one word; each is translated where it is shown."""

from __future__ import annotations

from app.words import N_

#: How far an invitation has come.
statuses = {
    "invited": N_("invited"),
    "opened": N_("opened"),
    "started": N_("started"),
    "submitted": N_("submitted"),
    "grading": N_("grading"),
    "graded": N_("graded"),
    "in-review": N_("in review"),
    "decided": N_("decided"),
    "withdrawn": N_("withdrawn"),
    "expired": N_("expired"),
}
#: Why somebody has to act.
attention = {
    "overdue": N_("human review overdue"),
    "debrief": N_("debrief soon"),
    "appeal": N_("appeal open"),
    "failed": N_("failed on our side"),
    "unread": N_("report not read"),
    "late": N_("deadline passed"),
}
#: In which order a list stands.
sorts = {
    "attention": N_("needs attention first"),
    "moved": N_("last change first"),
    "newest": N_("newest invitation first"),
    "deadline": N_("next deadline first"),
}
#: What can be done with many candidates at once.
actions = {
    "remind": N_("Mail a reminder"),
    "extend": N_("Move the deadline"),
    "tag": N_("Change tags"),
    "assign": N_("Assign interviewers"),
    "invite": N_("Invite to a challenge"),
    "withdraw": N_("Withdraw"),
    "export": N_("Take as a file"),
}
certainties = {"suspected": N_("suspected"), "confirmed": N_("confirmed")}
cards = {"open": N_("not begun"), "begun": N_("begun"), "submitted": N_("submitted")}
#: Which deadlines a list holds.
dues = {"passed": N_("deadline passed"), "week": N_("in the next 7 days")}
#: Where a submission or a grading stands.
states = {
    "queued": N_("queued"),
    "grading": N_("grading"),
    "graded": N_("graded"),
    "ungraded": N_("not scored"),
    "failed": N_("failed on our side"),
    "aborted": N_("stopped"),
}
#: Why a grading was made.
gradings = {"first": N_("first grading"), "regrade": N_("run again"), "rescore": N_("rescored")}
forms = {"package": N_("A package"), "script": N_("A script"), "notebook": N_("A notebook")}
roles = {"admin": N_("administrator"), "recruiter": N_("recruiter"), "interviewer": N_("interviewer")}
#: What a member or an API key may do.
rights = {
    "submit": N_("hand in for the organisation"),
    "read": N_("see candidates and their reports"),
    "read-code": N_("see code, evidence and questions"),
    "invite": N_("invite candidates and change invitations"),
    "decide": N_("decide and answer appeals"),
    "review": N_("rate candidates and dispute findings"),
    "share": N_("share reports by link"),
    "export": N_("take files about many candidates"),
    "regrade": N_("grade again"),
    "manage": N_("manage members and settings"),
}
outcomes = {
    "advance": N_("advance"),
    "hold": N_("hold"),
    "reject": N_("reject"),
    "withdrawn": N_("candidate withdrew"),
}
resolutions = {"upheld": N_("the candidate was right"), "rejected": N_("the finding stands")}
#: Why a deadline was moved; `self` is the candidate's own extension.
reasons = {
    "illness": N_("illness"),
    "accommodation": N_("a disability or other need"),
    "workload": N_("workload"),
    "technical": N_("a technical problem"),
    "ours": N_("a problem on our side"),
    "other": N_("another reason"),
    "self": N_("the candidate’s own extension"),
    "undone": N_("an earlier change was undone"),
}
#: For whom a shared report is cut.
readers = {
    "recruiter": N_("For a recruiter, without code"),
    "interviewer": N_("For an interviewer, with everything"),
    "candidate": N_("For the candidate, without hidden scores"),
}
feedback = {"findings": N_("their band and findings"), "band": N_("their band"), "nothing": N_("nothing")}
deliveries = {"delivered": N_("delivered"), "given-up": N_("given up"), "waiting": N_("waiting")}
#: What a tracking system is told of a result.
tells = {
    "nothing": N_("only that the report is there"),
    "band": N_("the band"),
    "points": N_("the band and the points"),
}
#: The status of a finding in one grading.
findings = {
    "flagged": N_("flagged"),
    "passed": N_("passed"),
    "not applicable": N_("not judged"),
    "broken": N_("our fault"),
}
severities = {"info": N_("info"), "minor": N_("minor"), "major": N_("major"), "critical": N_("critical")}
sections = {
    "model": N_("Model"),
    "code": N_("Code"),
    "production": N_("Production"),
    "responsibility": N_("Responsibility"),
}
#: When a member is mailed about an event.
news = {"at-once": N_("at once"), "daily": N_("once a day, at eight in the morning"), "off": N_("never")}
#: What members and channels hear of.
events = {
    "finished": N_("A candidate finishes"),
    "report": N_("A report is ready"),
    "appeal": N_("A candidate appeals"),
    "review": N_("A candidate asks for a human review"),
    "overdue": N_("A human review is overdue"),
    "failed": N_("A grading fails on our side"),
    "decided": N_("A decision is recorded"),
    "expired": N_("A deadline passes and nothing was handed in"),
}
#: And what is for one member alone.
own_events = {"assigned": N_("You are assigned to a debrief"), "mention": N_("A comment names you")}
#: What a mail to a member is about.
mails = {"welcome": N_("Welcome"), "news": N_("News"), "finished": N_("News"), "debrief": N_("Debrief on the next day")}

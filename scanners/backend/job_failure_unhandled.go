package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// JobFailureUnhandled finds queues whose failed jobs nobody tries again or hears of.
var JobFailureUnhandled = check.PerProject(check.Doc{
	ID:         "backend/job-failure-unhandled",
	Title:      "Failed jobs are neither retried nor reported",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "A job that meets a timeout is gone: the mail is not sent, the import stays half done, and only a list in the queue's own store knows of it.",
	How:        "Give jobs a number of retries with growing pauses, and register a handler for those that fail for good which writes an error and raises an alarm. Jobs must be able to run twice.",
	Holds:      "Failed jobs are retried or reported",
	References: []string{
		"https://python-rq.org/docs/exceptions/",
		"https://docs.celeryq.dev/en/stable/userguide/tasks.html#retrying",
		"https://docs.bullmq.io/guide/retrying-failing-jobs",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	queued := enqueues(s)
	for _, library := range libraries(queued) {
		if library == "dramatiq" || library == "arq" {
			continue // they retry unless they are told not to
		}
		places := queued[library]
		if at, how, ok := failureHandled(s, library); ok {
			p.Holds(at, "failed jobs of %s: %s", library, how)
			continue
		}
		p.Report(places[0], "jobs of %s have no retries and no handler for those that fail", library).Keyed("%s", library).With(places[1:]...)
	}
})

// retryWords are what a library calls its retries and its handlers of failures:
// options of calls, properties of objects, names of events and decorators.
var retryWords = map[string]map[string]bool{
	"rq":        words("Retry", "retry", "on_failure", "exception_handlers", "handle_job_failure", "push_exc_handler", "FailedJobRegistry", "failed_job_registry"),
	"django_rq": words("Retry", "retry", "on_failure", "exception_handlers", "FailedJobRegistry", "RQ_EXCEPTION_HANDLERS"),
	"celery":    words("autoretry_for", "max_retries", "retry_backoff", "retry", "task_failure", "on_failure", "default_retry_delay", "retry_policy", "link_error", "task_annotations", "CELERY_TASK_ANNOTATIONS"),
	"taskiq":    words("SimpleRetryMiddleware", "SmartRetryMiddleware", "retry_on_error", "max_retries", "on_error"),
	"bull":      words("attempts", "failed", "OnQueueFailed", "defaultJobOptions", "backoff", "onFailed"),
	"bullmq":    words("attempts", "failed", "OnWorkerEvent", "OnQueueEvent", "defaultJobOptions", "backoff", "onFailed"),
	"bee-queue": words("retries", "failed", "backoff"),
}

// failureHandled finds where the program retries jobs of the library or hears of
// those that fail.
func failureHandled(s *repo.Snapshot, library string) (finding.Location, string, bool) {
	look := retryWords[library]
	var names []string
	for w := range look {
		names = append(names, w)
	}
	near := s.Graph().Near(func(e repo.External) bool {
		return pythonQueues[e.Package] != nil && e.Package == library || scriptQueues[e.Package] == library || strings.HasPrefix(library, "django_") && e.Package == library
	})
	for _, src := range s.RunningSources(names...) {
		if !near[src.File] && !(library == "django_rq" && strings.Contains(src.Path, "settings")) {
			continue
		}
		tokens := (body{src, finding.Span{End: len(src.Bytes())}}).tokens()
		for i, t := range tokens {
			if !look[t.text] || i+1 >= len(tokens) || strings.Contains(lineOf(src.File, t.span), "import ") {
				continue
			}
			next := tokens[i+1].text
			previous := ""
			if i > 0 {
				previous = tokens[i-1].text
			}
			switch {
			case t.str && t.text == "failed" && previous == "(":
				return src.At(t.span), "the event " + t.text, true
			case t.str:
			case next == "=" || next == ":" || next == "(" || previous == "." && next == ".":
				if t.text == "retry" && previous != "." && next != "=" {
					continue
				}
				return src.At(t.span), t.text, true
			}
		}
	}
	for _, src := range s.RunningSources("CeleryIntegration", "RqIntegration", "sentry_sdk", "nestjs-bullmq", "SentryModule") {
		if library == "celery" && src.Mentions("CeleryIntegration") || (library == "rq" || library == "django_rq") && src.Mentions("RqIntegration") {
			for _, c := range callsIn(body{src, finding.Span{End: len(src.Bytes())}}) {
				if last := lastName(c.callee); last == "CeleryIntegration" || last == "RqIntegration" {
					return src.At(c.span), "reported by " + last, true
				}
			}
		}
	}
	return finding.Location{}, "", false
}

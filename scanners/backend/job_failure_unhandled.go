package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
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

// retryOptions are what the libraries call their retries and their handlers of
// failures: options of calls and decorators, settings.
var retryOptions = words("retry", "on_failure", "exception_handlers", "autoretry_for", "max_retries", "retry_backoff", "default_retry_delay", "retry_policy", "link_error", "retry_on_error", "retry_kwargs")

// failureNames are calls and settings that are about failed jobs alone.
var failureNames = words("FailedJobRegistry", "push_exc_handler", "SimpleRetryMiddleware", "SmartRetryMiddleware", "CeleryIntegration", "RqIntegration", "OnQueueFailed", "task_annotations",
	"CELERY_TASK_ANNOTATIONS", "CELERY_ANNOTATIONS", "RQ_EXCEPTION_HANDLERS", "CeleryInstrumentor")

// jobCalls make, call or configure jobs.
var jobCalls = words("task", "shared_task", "periodic_task", "job", "actor", "Celery", "Worker", "Queue", "apply_async", "send_task", "enqueue", "enqueue_in", "enqueue_at", "enqueue_call", "SimpleWorker", "update", "signature", "app_task")

// failureHandled finds where the program retries jobs of the library or hears of
// those that fail.
func failureHandled(s *repo.Snapshot, library string) (finding.Location, string, bool) {
	look := []string{"attempts", "defaultJobOptions", "failed", "task_failure", "OnWorkerEvent", "OnQueueEvent", "retries"}
	for _, list := range []map[string]bool{retryOptions, failureNames} {
		for w := range list {
			look = append(look, w)
		}
	}
	_, python := pythonQueues[library]
	for _, src := range s.RunningSources(look...) {
		switch {
		case triedOut(src.File) || (src.Lang == repo.Python) != python:
		case python:
			if span, how, ok := pythonFailures(src); ok {
				return src.At(span), how, true
			}
		default:
			if span, how, ok := scriptFailures(s, src); ok {
				return src.At(span), how, true
			}
		}
	}
	return finding.Location{}, "", false
}

func pythonFailures(src *repo.Source) (finding.Span, string, bool) {
	py := src.Py()
	for i := range py.Calls {
		c := &py.Calls[i]
		last := lastName(c.Callee)
		switch {
		case failureNames[last]:
			return c.Span, last, true
		case strings.HasSuffix(c.Callee, "self.retry"), c.Decorator && strings.HasSuffix(c.Callee, "task_failure.connect"):
			return c.Span, c.Callee, true
		case jobCalls[last]:
			for _, a := range c.Args {
				if retryOptions[a.Name] && a.Kind != pylex.ValueNull && a.Literal != "False" && a.Literal != "0" {
					return c.Span, a.Name, true
				}
			}
		}
	}
	for _, a := range py.Assigns {
		if failureNames[strings.Trim(lastName(a.Target), "_")] {
			return a.Span, lastName(a.Target), true
		}
	}
	for i := range py.Defs {
		if d := &py.Defs[i]; d.Name == "on_failure" && d.Parent >= 0 {
			return d.NameSpan, d.Name, true
		}
	}
	return finding.Span{}, "", false
}

func scriptFailures(s *repo.Snapshot, src *repo.Source) (finding.Span, string, bool) {
	uses := queueLibrary(s, src.File) != ""
	for i := range src.JS().Calls {
		c := &src.JS().Calls[i]
		last := lastName(c.Callee)
		switch {
		case (last == "on" || last == "once") && len(c.Args) > 1 && c.Args[0].Literal == "failed":
			return c.Span, "the event failed", true
		case c.Decorator && (last == "OnQueueFailed" || (last == "OnWorkerEvent" || last == "OnQueueEvent") && len(c.Args) > 0 && c.Args[0].Literal == "failed"):
			return c.Span, last, true
		}
		for _, a := range c.Args {
			if prop, ok := a.Prop("attempts"); ok {
				if _, backs := a.Prop("backoff"); backs {
					return prop.Span, "attempts", true
				}
			}
			for _, name := range []string{"defaultJobOptions", "attempts", "retries"} {
				prop, ok := a.Prop(name)
				if ok && (uses || last == "add" || last == "addBulk") && (name != "retries" || last == "createJob") {
					return prop.Span, name, true
				}
			}
		}
	}
	for _, a := range src.JS().Assigns { // options that are handed on
		_, backs := a.Value.Prop("backoff")
		if uses || backs {
			for _, path := range [][]string{{"attempts"}, {"defaultJobOptions"}, {"defaultJobOptions", "attempts"}} {
				if prop, ok := a.Value.Prop(path...); ok {
					return prop.Span, path[len(path)-1], true
				}
			}
		}
	}
	return finding.Span{}, "", false
}

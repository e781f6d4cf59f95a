package repo

import (
	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// jsRegistration is one call that registers something on a router.
type jsRegistration struct {
	on     *jsRouter
	src    jsParsed
	call   *jslex.Call
	method string
}

// registrations are the methods, besides use and register, that register
// something for all requests of an application, and what.
var registrations = map[string]string{
	"setErrorHandler": "error handler", "setNotFoundHandler": "not found handler", "onError": "error handler", "notFound": "not found handler",
	"addHook": "hook",
}

func (c *jsRoutes) register(src jsParsed, on *jsRouter, call *jslex.Call, method string) {
	c.uses = append(c.uses, jsRegistration{on, src, call, method})
}

var _ finding.Span

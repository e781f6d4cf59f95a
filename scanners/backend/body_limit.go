package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// bodyLimit is what stands in front of the program or holds for all of it.
type bodyLimit struct {
	at    *finding.Location
	name  string
	unset *finding.Location // a proxy that has only nginx's own limit
}

func newBodyLimit(s *repo.Snapshot) *bodyLimit {
	l := &bodyLimit{}
	for _, f := range s.Nginx() {
		if f.Role != repo.Production {
			continue
		}
		for _, d := range f.Spec.Find("client_max_body_size") {
			if d.Arg(0) != "0" {
				at := f.At(d.Span)
				l.at, l.name = &at, "client_max_body_size "+d.Arg(0)
			}
		}
		if l.at == nil && len(f.Spec.Find("proxy_pass")) > 0 && len(f.Spec.Find("client_max_body_size")) == 0 {
			at := f.At(f.Spec.Find("proxy_pass")[0].Span)
			l.unset = &at
		}
	}
	for _, src := range s.RunningSources("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "max_request_body_size", "LimitUploadSize", "ContentSizeLimitMiddleware") {
		if src.Py() == nil || l.at != nil {
			continue
		}
		for _, a := range src.Py().Assigns {
			if strings.Contains(a.Target, "MAX_CONTENT_LENGTH") {
				at := src.At(a.Span)
				l.at, l.name = &at, "MAX_CONTENT_LENGTH"
			}
		}
	}
	return l
}

// report says that something takes files of any size, as far as nothing in front
// of it limits them.
func (l *bodyLimit) report(p *check.Pass, at finding.Location, what string, kind bool) {
	if l.at != nil {
		p.Holds(*l.at, "%s limits what %s is sent", l.name, what)
		return
	}
	also := ""
	if !kind {
		also = ", and of any kind"
	}
	if l.unset != nil {
		p.Report(at, "%s takes files of any size%s; only the proxy's own default of 1 MB stands before it", what, also).Keyed("%s", what).As(finding.Medium).With(*l.unset)
		return
	}
	p.Report(at, "%s takes files of any size%s", what, also).Keyed("%s", what)
}

package backend

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CORSPermissive finds servers that let other origins do more than they need.
var CORSPermissive = check.PerProject(check.Doc{
	ID:         "backend/cors-permissive",
	Title:      "CORS allows more than the frontend needs",
	Severity:   finding.Medium,
	Worst:      finding.High,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Every page a user visits may call the API from the browser; where credentials are allowed it does so with the user's own session and reads the answers.",
	How:        "List the origins of your frontends, the methods your routes use and the headers your clients send.",
	Holds:      "CORS is limited to named origins",
	References: []string{
		"https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS",
		"https://fastapi.tiangolo.com/tutorial/cors/",
		"https://expressjs.com/en/resources/middleware/cors.html",
		"https://docs.nestjs.com/security/cors",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range corsPolicies(s) {
		at := c.file.At(c.span)
		switch {
		case c.anyOrigin == yes && c.unless != "":
			p.Report(at, "CORS allows every origin%s unless %s", c.withCredentials(), c.unless).Keyed("origins")
		case c.anyOrigin == yes && c.credentials:
			p.Report(at, "CORS allows every origin with credentials").As(finding.High).Keyed("origins")
		case c.anyOrigin == yes:
			p.Report(at, "CORS allows every origin%s", c.wide(" and ")).Keyed("origins")
		case c.wide("") != "":
			found := p.Report(at, "CORS allows%s%s", c.wide(" "), c.toWhom()).Keyed("methods")
			if set, ok := corsPatch(s, &c); ok {
				found.WithPatch("List the methods and headers that are used", finding.Review, set)
			}
		case len(c.origins) > 0:
			p.Holds(at, "only %s may call from a browser", strings.Join(c.origins, ", "))
		}
	}
})

// corsPolicy is one place where a running application is given its CORS rules.
type corsPolicy struct {
	file        *repo.File
	span        finding.Span
	anyOrigin   answer
	origins     []string // as they are listed
	unless      string   // what makes the origins others than these; "" when nothing does
	credentials bool
	anyMethod   bool
	anyHeader   bool
	methods     finding.Span // the value that allows every method, to be replaced
	headers     finding.Span
}

// answer is what files say about a question.
type answer int

const (
	unknown answer = iota
	yes
	no
)

// wide says which wildcards the policy has, after the given word.
func (c *corsPolicy) wide(before string) string {
	switch {
	case c.anyMethod && c.anyHeader:
		return before + "every method and every header"
	case c.anyMethod:
		return before + "every method"
	case c.anyHeader:
		return before + "every header"
	}
	return ""
}

func (c *corsPolicy) withCredentials() string {
	if c.credentials {
		return " with credentials"
	}
	return ""
}

func (c *corsPolicy) toWhom() string {
	if len(c.origins) > 0 {
		return fmt.Sprintf(" to %s", strings.Join(c.origins, ", "))
	}
	return " to the origins it is set to"
}

// setOrigins takes the origins from a list of literals.
func (c *corsPolicy) setOrigins(list []string) {
	c.anyOrigin, c.origins = no, list
	for _, o := range list {
		if o == "*" || o == ".*" || o == "null" && len(list) == 1 {
			c.anyOrigin = yes
		}
	}
}

func hasStar(list []string) bool { return contains(list, "*") }

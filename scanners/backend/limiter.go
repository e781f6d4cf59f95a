package backend

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/nginx"
)

// limits knows what in the project limits how often something may be called.
type limits struct {
	s       *repo.Snapshot
	general string // the limit slowapi applies to every route, as it is written
	nginx   []*nginxLimit
	proxy   *repo.Nginx // limits everything alike
	known   map[repo.Symbol]bool
	counts  func() string // a file that counts failed sign-ins
}

// nginxLimit is a location that limits requests and names sign-in in its path.
type nginxLimit struct {
	file     *repo.Nginx
	location *nginx.Directive
}

func newLimits(s *repo.Snapshot) *limits {
	l := &limits{s: s, known: map[repo.Symbol]bool{}}
	for _, src := range s.RunningSources("default_limits") {
		if src.Py() == nil {
			continue
		}
		for i := range src.Py().Calls {
			c := &src.Py().Calls[i]
			if v, ok := c.Arg("default_limits"); ok && strings.HasSuffix(c.Callee, "Limiter") {
				if list, ok := v.Strings(); ok && len(list) > 0 {
					l.general = list[0]
				}
			}
		}
	}
	l.readNginx()
	l.counts = sync.OnceValue(func() string { return countsAttempts(s) })
	return l
}

func (l *limits) readNginx() {
	for _, f := range l.s.Nginx() {
		if f.Role != repo.Production {
			continue
		}
		for _, d := range f.Spec.Find("limit_req") {
			location := d.Within("location")
			switch {
			case location != nil && namesSignIn(location.String()):
				l.nginx = append(l.nginx, &nginxLimit{f, location})
			case location == nil || location.Arg(0) == "/" || strings.HasPrefix(location.Arg(0), "/api"):
				l.proxy = f
			}
		}
	}
}

func namesSignIn(text string) bool {
	low := strings.ToLower(text)
	for _, w := range []string{"auth", "login", "signin", "sign-in", "register", "signup", "sign-up", "password", "token", "session", "refresh"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// own is what limits the route beyond the application's general limit.
func (l *limits) own(r *repo.Route) (by string, ok bool) {
	for _, name := range r.Decorators {
		if l.limits(r.File, name) {
			return name, true
		}
	}
	global := map[string]int{}
	for _, name := range r.Global {
		global[name]++
	}
	for _, name := range r.Middlewares {
		if global[name] > 0 {
			global[name]--
			continue
		}
		if l.limits(r.File, name) {
			return name, true
		}
	}
	for _, name := range r.Dependencies {
		if l.limits(r.File, name) {
			return name, true
		}
	}
	if r.HandlerFile != nil {
		if name, ok := limiterCall(l.s, r.HandlerFile, r.HandlerSpan); ok {
			return name, true
		}
	}
	for _, n := range l.nginx {
		if n.covers(r.Path) {
			return fmt.Sprintf("nginx (%s:%d)", n.file.Path, n.location.Line), true
		}
	}
	return "", false
}

// soundsLimiting says whether a name is that of a rate limiter.
func soundsLimiting(name string) bool {
	low := strings.ToLower(strings.ReplaceAll(name, "_", ""))
	if strings.HasSuffix(low, ".exempt") || strings.Contains(low, "skipthrottle") {
		return false
	}
	for _, w := range []string{"ratelimit", "limiter", "throttl", "slowdown", "slowapi", "brute", "limitrequest", "limitlogin"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// limits says whether a middleware, decorator or dependency limits calls: by its
// name, by what makes it, or by what its function calls.
func (l *limits) limits(f *repo.File, name string) bool {
	if soundsLimiting(name) {
		return true
	}
	src := l.s.Source(f.Path)
	if src == nil {
		return false
	}
	at, ok := l.s.Origin(src, name)
	if !ok {
		return false
	}
	if known, ok := l.known[at]; ok {
		return known
	}
	l.known[at] = l.limiting(at)
	return l.known[at]
}

func (l *limits) limiting(at repo.Symbol) bool {
	src := l.s.Source(at.File.Path)
	switch {
	case src == nil:
		return false
	case src.Py() != nil:
		for _, a := range src.Py().Assigns {
			if a.Target == at.Name && soundsLimiting(a.Value.Callee) {
				return true
			}
		}
		for i := range src.Py().Defs {
			if d := &src.Py().Defs[i]; d.Name == at.Name {
				_, ok := limiterCall(l.s, at.File, d.Span)
				return ok
			}
		}
		return false
	}
	for _, a := range src.JS().Assigns {
		if (a.Target == at.Name || at.Name == "default" && a.Target == "module.exports") && soundsLimiting(a.Value.Callee) {
			return true
		}
	}
	for i := range src.JS().Funcs {
		if f := &src.JS().Funcs[i]; f.Name == at.Name {
			_, ok := limiterCall(l.s, at.File, f.Span)
			return ok
		}
	}
	return false
}

// limiterCall finds a call in a function that asks a limiter.
func limiterCall(s *repo.Snapshot, f *repo.File, span finding.Span) (name string, ok bool) {
	src := s.Source(f.Path)
	if src == nil {
		return "", false
	}
	inside := func(at finding.Span) bool { return span.Start <= at.Start && at.End <= span.End }
	if py := src.Py(); py != nil {
		for i := range py.Calls {
			if c := &py.Calls[i]; inside(c.Span) && !c.Decorator && soundsLimiting(c.Callee) {
				return c.Callee, true
			}
		}
		return "", false
	}
	for i := range src.JS().Calls {
		if c := &src.JS().Calls[i]; inside(c.Span) && soundsLimiting(c.Callee) {
			return c.Callee, true
		}
	}
	return "", false
}

// covers says whether the location answers for a route of the program behind
// it, whose path may have lost a prefix on the way.
func (n *nginxLimit) covers(path string) bool {
	args := n.location.Values()
	if len(args) == 0 {
		return false
	}
	pattern := args[len(args)-1]
	if len(args) > 1 && strings.HasPrefix(args[0], "~") {
		re, err := regexp.Compile("(?i)" + pattern)
		return err == nil && (re.MatchString(path) || re.MatchString("/api"+path))
	}
	if proxied := n.location.Get("proxy_pass"); proxied != nil {
		if _, rest, ok := strings.Cut(proxied.Arg(0), "://"); ok {
			if _, uri, ok := strings.Cut(rest, "/"); ok && uri != "" && strings.HasPrefix(path+"/", "/"+strings.Trim(uri, "/")+"/") {
				return true
			}
		}
	}
	for prefix := strings.TrimSuffix(pattern, "/"); prefix != "" && namesSignIn(prefix); {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return true
		}
		i := strings.IndexByte(prefix[1:], '/')
		if i < 0 {
			break
		}
		prefix = prefix[i+1:]
	}
	return false
}

// countsAttempts is a running file that counts failed sign-ins, "" when there is
// none.
func countsAttempts(s *repo.Snapshot) string {
	for _, src := range s.RunningSources() {
		if text := strings.ReplaceAll(string(src.Bytes()), ".", " "); !soundsCounting(text) {
			continue
		}
		if src.Py() != nil {
			for _, a := range src.Py().Assigns {
				if soundsCounting(a.Target) {
					return src.Path
				}
			}
			continue
		}
		for _, a := range src.JS().Assigns {
			if soundsCounting(a.Target) {
				return src.Path
			}
		}
	}
	return ""
}

func soundsCounting(name string) bool {
	low := strings.ToLower(strings.ReplaceAll(name[strings.LastIndexByte(name, '.')+1:], "_", ""))
	for _, w := range []string{"loginattempt", "failedlogin", "failedattempt", "lockoutuntil", "lockeduntil", "lockedat"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// lockout is the file that counts failed attempts, for a route that asks for a
// password.
func (l *limits) lockout(r *repo.Route) (string, bool) {
	low := strings.ToLower(r.Path)
	asks := strings.Contains(low, "login") || strings.Contains(low, "signin") || strings.Contains(low, "sign-in") || strings.HasSuffix(low, "token")
	if !asks || strings.Contains(low, "refresh") {
		return "", false
	}
	return l.counts(), l.counts() != ""
}

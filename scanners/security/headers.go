package security

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
)

// The headers that keep a browser from doing what a page does not want.
const (
	headerCSP      = "content-security-policy"
	headerFrame    = "x-frame-options"
	headerSniff    = "x-content-type-options"
	headerHSTS     = "strict-transport-security"
	headerReferrer = "referrer-policy"
)

// answerHeader is a header that something adds to answers.
type answerHeader struct {
	name  string // lower case
	value string // "" when it is not written in one piece
	at    finding.Location
	unit  string // whose answers carry it; "" for what stands in front of everything
}

// answerHeaders are those of the project's proxies, hosts and running code.
func answerHeaders(s *repo.Snapshot) []answerHeader {
	return repo.Shared(s, "security answer headers", func() []answerHeader { return readHeaders(s) })
}

func readHeaders(s *repo.Snapshot) []answerHeader {
	out := proxyHeaders(s)
	out = append(out, hostHeaders(s)...)
	out = append(out, libraryHeaders(s)...)
	out = append(out, codeHeaders(s)...)
	slices.SortStableFunc(out, func(a, b answerHeader) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.at.Path, b.at.Path), a.at.Line-b.at.Line)
	})
	return out
}

// proxyHeaders are what nginx, Caddy, Traefik and ingress controllers add.
func proxyHeaders(s *repo.Snapshot) (out []answerHeader) {
	for _, c := range s.NginxConfigs() {
		if c.File.Role != repo.Production {
			continue
		}
		unit := ""
		if !handsOn(c) {
			unit = s.UnitDir(c.File)
		}
		for _, n := range c.Find("add_header") {
			out = append(out, answerHeader{strings.ToLower(n.Arg(0)), n.Arg(1), c.At(s, n), unit})
		}
		for _, n := range c.Find("more_set_headers") {
			for _, text := range n.Values() {
				name, value, _ := strings.Cut(text, ":")
				out = append(out, answerHeader{strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value), c.At(s, n), unit})
			}
		}
	}
	for _, f := range s.Caddyfiles() {
		if f.Role != repo.Production {
			continue
		}
		for _, site := range slices.Concat(f.Spec.Sites, f.Spec.Snippets) {
			for name, text := range site.Headers() {
				out = append(out, answerHeader{strings.ToLower(name), text.Value, f.At(text.Span), ""})
			}
		}
	}
	for _, t := range s.Traefik() {
		if t.Role != repo.Production {
			continue
		}
		for _, v := range t.Settings {
			name := strings.ToLower(v.Name)
			for word, header := range map[string]string{
				"contentsecuritypolicy": headerCSP, "framedeny": headerFrame, "customframeoptionsvalue": headerFrame, "contenttypenosniff": headerSniff,
				"stsseconds": headerHSTS, "referrerpolicy": headerReferrer,
			} {
				if strings.HasSuffix(name, ".headers."+word) {
					out = append(out, answerHeader{header, v.Value, t.Where(v), ""})
				}
			}
			for _, header := range []string{headerCSP, headerFrame, headerSniff, headerHSTS, headerReferrer} {
				if strings.HasSuffix(name, "customresponseheaders."+header) {
					out = append(out, answerHeader{header, v.Value, t.Where(v), ""})
				}
			}
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role == repo.Production && (o.Kind == "Ingress" || o.Kind == "ConfigMap" || o.Kind == "EnvoyFilter" || o.Kind == "HTTPRoute" || o.Kind == "VirtualService" || o.Kind == "Middleware") {
			out = append(out, written(o.File, "")...)
		}
	}
	return out
}

// hostFiles tell a host of static pages what to send.
var hostFiles = map[string]bool{"vercel.json": true, "netlify.toml": true, "_headers": true, "firebase.json": true, "staticwebapp.config.json": true, "now.json": true, "static.json": true, "web.config": true, ".htaccess": true, "amplify.yml": true, "customHttp.yml": true}

func hostHeaders(s *repo.Snapshot) (out []answerHeader) {
	for _, f := range s.Production() {
		switch {
		case hostFiles[f.Name()]:
			out = append(out, written(f, "")...)
		case path.Ext(f.Path) == ".html" && f.Mentions("http-equiv") && f.Mentions("Content-Security-Policy"):
			for _, h := range written(f, s.UnitDir(f)) {
				if h.name == headerCSP {
					out = append(out, h)
				}
			}
		}
	}
	for _, m := range s.TerraformModules() {
		if m.Role != repo.Production {
			continue
		}
		for _, policy := range m.ResourcesOf("aws_cloudfront_response_headers_policy") {
			for _, h := range cloudFrontHeaders {
				if b := policy.Block.Block("security_headers_config", h.block); b != nil {
					out = append(out, answerHeader{h.name, "", policy.File.At(b.TypeSpan), ""})
				}
			}
		}
	}
	return out
}

// cloudFrontHeaders are the blocks of CloudFront's policy, with the headers they set.
var cloudFrontHeaders = []struct{ block, name string }{
	{"content_security_policy", headerCSP}, {"frame_options", headerFrame}, {"content_type_options", headerSniff},
	{"strict_transport_security", headerHSTS}, {"referrer_policy", headerReferrer},
}

// spellings are the words of each header, by which files without it are passed over.
var spellings = map[string][]string{
	headerCSP:      {"Content-Security-Policy", "content-security-policy", "Content-Security-Policy-Report-Only"},
	headerFrame:    {"X-Frame-Options", "x-frame-options", "X-FRAME-OPTIONS"},
	headerSniff:    {"X-Content-Type-Options", "x-content-type-options"},
	headerHSTS:     {"Strict-Transport-Security", "strict-transport-security"},
	headerReferrer: {"Referrer-Policy", "referrer-policy"},
}

// written are the headers that a file names outside comments.
func written(f *repo.File, unit string) (out []answerHeader) {
	for name, words := range spellings {
		if !f.Mentions(words...) {
			continue
		}
		data := f.Bytes()
	look:
		for _, word := range words {
			for at := 0; ; {
				i := bytes.Index(data[at:], []byte(word))
				if i < 0 {
					break
				}
				at += i
				if quoted := at > 0 && bytes.IndexByte([]byte("\"'`"), data[at-1]) >= 0; (quoted || !f.Lang.Code()) && !inComment(data, at) {
					out = append(out, answerHeader{name, "", f.At(finding.Span{Start: at, End: at + len(word)}), unit})
					break look
				}
				at += len(word)
			}
		}
	}
	return out
}

// codeHeaders are those that the running code of a unit names in a text.
func codeHeaders(s *repo.Snapshot) (out []answerHeader) {
	for _, f := range s.Production() {
		if !f.Lang.Code() || f.Size > 1<<20 || !f.Mentions("Policy", "policy", "Options", "options", "OPTIONS", "Security", "security") {
			continue
		}
		if src := s.Source(f.Path); src != nil && !s.Runs(f) && !strings.Contains(f.Name(), ".config.") {
			continue
		}
		out = append(out, written(f, s.UnitDir(f))...)
	}
	return out
}

package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/golex"
)

// UploadUnbounded finds routes that take files of any size.
var UploadUnbounded = check.PerProject(check.Doc{
	ID:         "backend/upload-unbounded",
	Title:      "Upload without a limit",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "One request can fill the memory or the disk of the server, and a file of any kind may be stored and served to others.",
	How:        "Refuse a body that is larger than the route needs, in the proxy (client_max_body_size) and in the handler while it reads; compare the file's type with a list.",
	Holds:      "Uploads have a limit",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/File_Upload_Cheat_Sheet.html",
		"https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size",
		"https://flask.palletsprojects.com/en/stable/patterns/fileuploads/",
		"https://github.com/expressjs/multer#limits",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	r := newReach(s)
	front := newBodyLimit(s)
	told := map[string]bool{}
	for _, route := range s.Routes() {
		if !route.Mounted || !route.Changes() || route.HandlerFile == nil || !s.Runs(route.File) {
			continue
		}
		at, ok := takesFile(s, &route)
		if !ok {
			continue
		}
		bodies := r.from(&route)
		switch {
		case anyNames(bodies, sizeName) || comparesSize(bodies):
			p.Holds(route.At(), "%s looks at the size of what it is sent", route.Name())
			continue
		case limitedAround(&route):
			p.Holds(route.At(), "%s stands behind a limit for bodies", route.Name())
			continue
		}
		front.report(p, at, route.Name(), kindChecked(bodies))
	}
	for _, m := range uploadMiddlewares(s) {
		key := m.at.Path + m.name
		switch {
		case told[key]:
		case m.limited:
			p.Holds(m.at, "%s has limits", m.name)
		default:
			front.report(p, m.at, m.name, m.filter)
		}
		told[key] = true
	}
})

// sizeName says whether a name is that of a limit for sizes.
var sizeName = soundsLike("maxsize", "maxfilesize", "maxupload", "maxbytes", "maxcontentlength", "sizelimit", "filesizelimit", "uploadlimit", "maxlength", "maxbodysize", "contentlength", "validatefilesize", "filetoolarge", "toolarge", "maxfile", "requestentitytoolarge", "maxmb", "maximagesize", "parsefilepipe")

// comparesSize says whether the code compares a size or a length.
func comparesSize(bodies []body) bool {
	for _, b := range bodies {
		tokens := b.tokens()
		for i, t := range tokens {
			if t.str || t.text != ">" && t.text != ">=" && t.text != "<" && t.text != "<=" {
				continue
			}
			for k := max(0, i-5); k < min(len(tokens), i+5); k++ {
				if low := strings.ToLower(tokens[k].text); !tokens[k].str && (low == "size" || strings.HasSuffix(low, "_size") || strings.HasSuffix(low, "filesize") || low == "len" || low == "tell" || low == "bytelength") {
					return true
				}
			}
		}
	}
	return false
}

func kindChecked(bodies []body) bool {
	return anyNames(bodies, soundsLike("contenttype", "mimetype", "allowedextension", "allowedtypes", "filetype", "extension", "magic"))
}

// limitedAround says whether something around the route limits bodies.
func limitedAround(r *repo.Route) bool {
	for _, list := range [][]string{r.Middlewares, r.Decorators, r.Dependencies} {
		for _, name := range list {
			if soundsLike("maxbody", "bodysize", "bodylimit", "contentsize", "uploadsize", "limitupload", "requestsize", "maxcontent", "sizelimit", "filesize")(lastName(name)) {
				return true
			}
		}
	}
	return false
}

// takesFile is where a handler takes a file.
func takesFile(s *repo.Snapshot, r *repo.Route) (finding.Location, bool) {
	src := s.Source(r.HandlerFile.Path)
	if src == nil || src.Py() == nil {
		return finding.Location{}, false
	}
	py := src.Py()
	if def := defOf(src, r.HandlerSpan); r.Framework == "fastapi" && def != nil {
		for _, param := range def.Params {
			if strings.Contains(param.Annotation, "UploadFile") || lastName(param.Default.Callee) == "File" && strings.HasPrefix(py.Qualify(param.Default.Callee), "fastapi") {
				return src.At(param.Span), true
			}
		}
		return finding.Location{}, false
	}
	tokens := (body{src, r.HandlerSpan}).tokens()
	for i, t := range tokens {
		if i > 1 && !t.str && (t.text == "files" || t.text == "FILES") && tokens[i-1].text == "." && tokens[i-2].text == "request" {
			at := finding.Span{Start: r.HandlerSpan.Start + t.span.Start, End: r.HandlerSpan.Start + t.span.End}
			return src.At(at), true
		}
	}
	return finding.Location{}, false
}

// uploader is a middleware that takes files.
type uploader struct {
	at      finding.Location
	name    string
	limited bool
	filter  bool
}

func uploadMiddlewares(s *repo.Snapshot) []uploader {
	var out []uploader
	for _, src := range s.RunningSources("multer", "FileInterceptor", "FilesInterceptor", "express-fileupload", "fileUpload", "MulterModule") {
		if src.Lang == repo.Python || src.JS() == nil {
			continue
		}
		general := false // one for the whole program
		for _, other := range s.RunningSources("MulterModule") {
			for i := range other.JS().Calls {
				c := &other.JS().Calls[i]
				general = general || strings.HasPrefix(c.Callee, "MulterModule.register") && strings.Contains(other.File.Text(c.Span), "limits") && s.UnitDir(other.File) == s.UnitDir(src.File)
			}
		}
		pipe := src.Mentions("MaxFileSizeValidator", "addMaxSizeValidator")
		for i := range src.JS().Calls {
			c := &src.JS().Calls[i]
			options := -1
			switch c.Callee {
			case "multer":
				options = 0
				if !importsModule(src, "multer") {
					continue
				}
			case "FileInterceptor":
				options = 1
			case "FilesInterceptor":
				options = 2
			case "fileUpload":
				options = 0
				if !importsModule(src, "express-fileupload") {
					continue
				}
			default:
				continue
			}
			u := uploader{at: src.At(c.Span), name: c.Callee, limited: general || pipe}
			if options < len(c.Args) {
				o := c.Args[options]
				if o.Ident != "" {
					if v, ok := src.JS().Variable(o.Ident); ok {
						o = v
					} else {
						continue // made elsewhere
					}
				}
				_, u.filter = o.Prop("fileFilter")
				_, has := o.Prop("limits")
				u.limited = u.limited || has || o.HasSpread() || o.Callee != ""
			}
			out = append(out, u)
		}
	}
	return append(out, goUploads(s)...)
}

// goUploads are the handlers in Go that read forms with files.
func goUploads(s *repo.Snapshot) []uploader {
	var out []uploader
	bounded := map[string]bool{}
	for _, src := range s.GoSourcesMentioning("MaxBytesReader", "MaxBytesHandler", "BodyLimit", "LimitReader") {
		bounded[s.ProgramDir(src.File)] = true
	}
	for _, src := range s.GoSourcesMentioning("FormFile", "ParseMultipartForm", "MultipartForm") {
		if src.Role != repo.Production || !s.Runs(src.File) {
			continue
		}
		g := src.Go()
		for i := range g.Calls {
			c := &g.Calls[i]
			if last := lastName(c.Callee); last == "FormFile" && len(c.Args) == 1 && c.At(0).Kind == golex.ValueString {
				sized := false
				if c.Func >= 0 {
					text := g.Text(g.Funcs[g.Outer(c.Func)].BodySpan)
					sized = strings.Contains(text, ".Size >") || strings.Contains(text, ".Size>")
				}
				out = append(out, uploader{at: src.At(c.Span), name: c.Callee, limited: sized || bounded[s.ProgramDir(src.File)]})
			}
		}
	}
	return out
}

package backend

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// minted is one place that signs a token.
type minted struct {
	src     *repo.Source
	span    finding.Span
	callee  string
	expires bool   // it ends some time
	open    bool   // what goes in is made elsewhere
	none    bool   // nothing signs it
	within  string // the function around
	typed   bool   // it says what kind of token it is
	key     string // what it is signed with, as written
	lasts   string // how long, as a text that the call writes: "7d"
}

func (m *minted) at() finding.Location { return m.src.At(m.span) }

// mints lists where running code signs tokens.
func mints(s *repo.Snapshot) []minted {
	var out []minted
	for _, src := range s.RunningSources("encode", "sign", "SignJWT", "signAsync", "create_access_token", "JwtModule") {
		if triedOut(src.File) {
			continue
		}
		if src.Lang == repo.Python {
			if src.Mentions("encode") && src.Mentions("jwt") {
				out = append(out, pythonMints(src)...)
			}
		} else if src.Mentions("SignJWT") || importsModule(src, "jsonwebtoken") || importsModule(src, "@nestjs/jwt") {
			out = append(out, scriptMints(s, src)...)
		}
	}
	return out
}

func pythonMints(src *repo.Source) []minted {
	py := src.Py()
	var out []minted
	for i := range py.Calls {
		c := &py.Calls[i]
		full := py.Qualify(c.Callee)
		if full != "jwt.encode" && full != "jose.jwt.encode" && full != "authlib.jose.jwt.encode" {
			continue
		}
		m := minted{src: src, span: c.Span, callee: "jwt.encode"}
		if c.Func >= 0 {
			m.within = py.Defs[c.Func].Name
		}
		payload, ok := c.At(0)
		if full == "authlib.jose.jwt.encode" {
			payload, ok = c.At(1)
		}
		if !ok {
			payload, ok = c.Arg("payload")
		}
		if !ok {
			if payload, ok = c.Arg("claims"); !ok {
				continue
			}
		}
		if alg, has := c.Arg("algorithm"); has && strings.EqualFold(alg.Literal, "none") {
			m.none = true
		}
		if key, has := c.At(1); has {
			m.key = key.Text()
		} else if key, has := c.Arg("key"); has {
			m.key = key.Text()
		}
		m.expires, m.typed, m.open = pythonClaims(py, payload, c.Func, 0)
		out = append(out, m)
	}
	return out
}

// pythonClaims says of a payload whether it has an end and a kind, and whether it
// is made where it cannot be seen.
func pythonClaims(py *pylex.File, payload pylex.Arg, fn, depth int) (expires, typed, open bool) {
	if depth > 3 {
		return false, false, true
	}
	if pairs := payload.Pairs(); pairs != nil || payload.Kind == pylex.ValueDict {
		for _, p := range pairs {
			switch p.Key.Literal {
			case "exp", "expires", "expires_at", "expiry":
				expires = true
			case "timestamp", "created_at", "issued_at", "iat":
				open = true // whoever reads it may look at its age
			case "type", "typ", "token_type", "kind", "scope", "purpose", "token_use":
				typed = true
			}
			if p.Key.Kind == pylex.ValueNone { // **more
				e, t, o := pythonClaims(py, p.Value, fn, depth+1)
				expires, typed, open = expires || e, typed || t, open || o
			}
		}
		return expires, typed, open
	}
	root, _, _ := strings.Cut(payload.Ident, ".")
	if root == "" {
		if root, _, _ = strings.Cut(payload.Callee, "."); root == "" || strings.Contains(root, "(") {
			return false, false, true
		}
	}
	found := false
	for _, a := range py.Assigns {
		if a.Func != fn {
			continue
		}
		switch {
		case a.Target == root:
			found = true
			e, t, o := pythonClaims(py, a.Value, fn, depth+1)
			expires, typed, open = expires || e, typed || t, open || o
		case strings.HasPrefix(a.Target, root+"["):
			expires = expires || strings.Contains(a.Target, "exp")
			typed = typed || strings.Contains(a.Target, "typ")
		}
	}
	for i := range py.Calls {
		c := &py.Calls[i]
		if c.Func == fn && (c.Callee == root+".update" || c.Callee == root+".setdefault") {
			text := py.Text(c.Span)
			expires = expires || strings.Contains(text, "exp")
			typed = typed || strings.Contains(text, "typ")
		}
	}
	if !found && !expires {
		return false, typed, true
	}
	return expires, typed, open && !expires
}

func scriptMints(s *repo.Snapshot, src *repo.Source) []minted {
	file := src.JS()
	var out []minted
	jsonwebtoken := importsModule(src, "jsonwebtoken") || importsModule(src, "@nestjs/jwt")
	for i := range file.Calls {
		c := &file.Calls[i]
		last := lastName(c.Callee)
		low := strings.ToLower(c.Callee)
		switch {
		case jsonwebtoken && (last == "sign" || last == "signAsync") && (strings.Contains(low, "jwt") || c.Callee == "sign") && len(c.Args) > 0:
			m := minted{src: src, span: c.Span, callee: c.Callee, within: c.Func}
			payload := c.Args[0]
			for _, k := range []string{"exp", "expiresAt", "expires", "expiry"} {
				if _, ok := payload.Prop(k); ok {
					m.expires = true
				}
			}
			for _, k := range []string{"createdAt", "timestamp", "issuedAt", "iat"} {
				if _, ok := payload.Prop(k); ok {
					m.open = true // whoever reads it may look at its age
				}
			}
			for _, k := range []string{"type", "typ", "tokenType", "kind", "purpose", "scope"} {
				if _, ok := payload.Prop(k); ok {
					m.typed = true
				}
			}
			if payload.Kind != jslex.ValueObject || payload.HasSpread() {
				if v, ok := file.Variable(payload.Ident); ok && v.Kind == jslex.ValueObject && !v.HasSpread() && !payload.Parameter() {
					_, m.expires = v.Prop("exp")
				} else {
					m.open = m.open || payload.Kind != jslex.ValueObject && len(c.Args) < 3 || payload.HasSpread() && len(c.Args) < 3
				}
			}
			options := c.Args[1:]
			if len(c.Args) > 1 && c.Args[1].Kind != jslex.ValueObject {
				m.key = c.Args[1].Text()
			} else if len(c.Args) > 1 {
				if p, ok := c.Args[1].Prop("secret"); ok {
					m.key = p.Value.Text()
				}
			}
			for _, o := range options {
				if o.Ident != "" {
					if v, ok := file.Variable(o.Ident); ok {
						o = v
					}
				}
				if o.Kind == jslex.ValueObject {
					end, has := o.Prop("expiresIn")
					m.lasts = end.Value.Literal
					m.expires = m.expires || has || o.HasSpread()
					if alg, ok := o.Prop("algorithm"); ok && alg.Value.Literal == "none" {
						m.none = true
					}
				}
			}
			if len(options) > 1 && options[len(options)-1].Kind != jslex.ValueObject && !m.expires {
				if v, ok := file.Variable(options[len(options)-1].Ident); !ok || v.Kind != jslex.ValueObject {
					m.open = true
				}
			}
			if importsModule(src, "@nestjs/jwt") && !m.expires && moduleExpires(s, src) {
				m.expires = true
			}
			out = append(out, m)
		case c.New && last == "SignJWT":
			end := min(len(src.Bytes()), c.Span.End+600)
			rest := src.File.Text(finding.Span{Start: c.Span.End, End: end})
			if k := strings.Index(rest, ".sign("); k >= 0 {
				rest = rest[:k]
			}
			has := false
			if len(c.Args) > 0 {
				_, has = c.Args[0].Prop("exp")
			}
			out = append(out, minted{src: src, span: c.Span, callee: "SignJWT", expires: has || strings.Contains(rest, "setExpirationTime"), open: !strings.Contains(rest, "setProtectedHeader"), within: c.Func})
		}
	}
	return out
}

// moduleExpires says whether the module that signs for a program of NestJS sets an
// end for all tokens.
func moduleExpires(s *repo.Snapshot, of *repo.Source) bool {
	for _, src := range s.RunningSources("JwtModule") {
		if src.Lang == repo.Python || s.UnitDir(src.File) != s.UnitDir(of.File) {
			continue
		}
		for i := range src.JS().Calls {
			if c := &src.JS().Calls[i]; strings.HasPrefix(c.Callee, "JwtModule.register") && (strings.Contains(src.File.Text(c.Span), "expiresIn") || strings.Contains(src.File.Text(c.Span), "useClass")) {
				return true
			}
		}
	}
	return false
}

package repo

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// APIDescription is a document that describes an interface for programs: OpenAPI,
// Swagger or AsyncAPI.
type APIDescription struct {
	*File
	Kind    string       // openapi, swagger, asyncapi
	Version string       // of the format, such as 3.1.0
	Key     finding.Span // where the document says so
}

// maxAPIDescription is the size in bytes above which a document is not looked at.
const maxAPIDescription = 8 << 20

// APIDescriptions lists the descriptions of interfaces by path, those that a
// program writes among them; other people's are left out.
func (s *Snapshot) APIDescriptions() []*APIDescription {
	return view(s, "API descriptions", func() []*APIDescription {
		s.survey()
		var out []*APIDescription
		for _, f := range s.files {
			if f.Role == Vendored || f.Lang != YAML && f.Lang != JSON || f.Size > maxAPIDescription || !f.Mentions("openapi", "swagger", "asyncapi") {
				continue
			}
			data := f.Bytes()
			key, version := topKey(data, f.Lang == JSON)
			if key.Len() > 0 {
				out = append(out, &APIDescription{f, string(data[key.Start:key.End]), version, key})
			}
		}
		return out
	})
}

var apiKeys = [][]byte{[]byte("openapi"), []byte("swagger"), []byte("asyncapi")}

// topKey finds the key at the top of a document that names a format, and its
// value, a version.
func topKey(data []byte, json bool) (key finding.Span, version string) {
	if json || bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return topKeyJSON(data)
	}
	at := 0
	for line := range bytes.Lines(data) {
		for _, k := range apiKeys {
			if rest, ok := bytes.CutPrefix(line, k); ok && len(rest) > 0 && rest[0] == ':' {
				return asVersion(finding.Span{Start: at, End: at + len(k)}, rest[1:])
			}
		}
		at += len(line)
	}
	return finding.Span{}, ""
}

// asVersion is the key with its value when that is a version.
func asVersion(key finding.Span, value []byte) (finding.Span, string) {
	text, _, _ := strings.Cut(string(bytes.TrimSpace(value[:min(len(value), 80)])), "#")
	text = strings.Trim(strings.TrimSpace(text), `"'`)
	if text == "" || len(text) > 12 || text[0] < '1' || text[0] > '9' || strings.Trim(text, "0123456789.") != "" {
		return finding.Span{}, ""
	}
	return key, text
}

// topKeyJSON looks through a JSON document for the key, at depth one alone.
func topKeyJSON(data []byte) (finding.Span, string) {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := closing(data, i)
			if depth == 1 && end-i > 2 && end-i < 12 {
				for _, k := range apiKeys {
					rest := bytes.TrimLeft(data[end:min(len(data), end+80)], " \t\r\n")
					if bytes.Equal(data[i+1:end-1], k) && len(rest) > 0 && rest[0] == ':' {
						value := rest[1:]
						if n := bytes.IndexAny(value, ",}"); n >= 0 {
							value = value[:n]
						}
						return asVersion(finding.Span{Start: i + 1, End: end - 1}, value)
					}
				}
			}
			i = end - 1
		}
	}
	return finding.Span{}, ""
}

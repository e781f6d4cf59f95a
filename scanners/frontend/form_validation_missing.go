package frontend

import (
	"bytes"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// FormValidationMissing finds forms that send whatever was typed.
var FormValidationMissing = check.PerProject(check.Doc{
	ID:         "frontend/form-validation-missing",
	Title:      "Forms without validation",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Visitors learn of a missing or mistyped field from a failed request, or not at all, and wrong data reaches the API.",
	How:        "Describe each form by a schema (zod with react-hook-form) and show its messages beside the fields; the least is required, type, minLength and pattern on the inputs. The API checks again.",
	Holds:      "Forms are validated",
	References: []string{
		"https://developer.mozilla.org/en-US/docs/Learn_web_development/Extensions/Forms/Form_validation",
		"https://react-hook-form.com/get-started",
		"https://zod.dev/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range webApps(s) {
		if !app.react {
			continue
		}
		library := app.pkg.DependsOn(validators...)
		var bare []finding.Location
		var good finding.Location
		total := 0
		for _, src := range app.mentioning("form") {
			if !bytes.Contains(src.Bytes(), []byte("<form")) {
				continue
			}
			js := src.JS()
			if js.Err != nil {
				continue
			}
			tag, ok := entryForm(js)
			if !ok {
				continue
			}
			total++
			if validated(s, src, js, tag, library) {
				good = src.At(tag.Span)
			} else {
				bare = append(bare, src.At(tag.Span))
			}
		}
		switch {
		case total == 0:
		case len(bare) == 0:
			p.Holds(good, "%s of %s validated", count(total, "form"), app.label())
		default:
			severity := finding.High
			if library || 2*len(bare) < total {
				severity = finding.Medium
			}
			p.Report(bare[0], "%d of %d forms of %s send whatever was typed: no schema, no required, no pattern", len(bare), total, app.label()).
				As(severity).With(bare[1:min(len(bare), 10)]...).Keyed("%s", app.pkg.Dir())
		}
	}
})

// validators are packages that check what was typed.
var validators = []string{"zod", "yup", "joi", "valibot", "superstruct", "react-hook-form", "formik", "@tanstack/react-form", "react-final-form", "vee-validate", "ajv", "@mantine/form", "antd", "@rjsf/core", "final-form", "@conform-to/react", "informed", "rc-field-form", "@formkit/core", "arktype"}

// entryForm is the form of a file that takes typed text; one for searching or with
// nothing but buttons is none.
func entryForm(js *jslex.File) (tag jslex.JSXTag, ok bool) {
	typed := 0
	for _, t := range js.JSXTags {
		switch t.Name {
		case "form":
			_, submits := t.Attr("onSubmit")
			_, acts := t.Attr("action")
			if role, found := t.Attr("role"); !ok && (submits || acts) && (!found || role.Value.Literal != "search") {
				tag, ok = t, true
			}
		case "input", "textarea", "Input", "Textarea", "TextField", "TextInput", "TextArea":
			kind, found := t.Attr("type")
			switch {
			case found && (kind.Value.Literal == "hidden" || kind.Value.Literal == "checkbox" || kind.Value.Literal == "submit" || kind.Value.Literal == "search" || kind.Value.Literal == "radio" || kind.Value.Literal == "file" || kind.Value.Literal == "range" || kind.Value.Literal == "color"):
			case asksAWord(t):
			default:
				typed++
			}
		}
	}
	return tag, ok && typed > 0
}

// asksAWord says whether an input is for searching or for a message: anything may be
// typed.
func asksAWord(t jslex.JSXTag) bool {
	for _, name := range []string{"placeholder", "name", "id", "aria-label"} {
		if a, ok := t.Attr(name); ok {
			low := strings.ToLower(a.Value.Literal)
			if strings.Contains(low, "search") || strings.Contains(low, "filter") || strings.Contains(low, "query") || strings.Contains(low, "message") || strings.Contains(low, "ask ") || strings.Contains(low, "prompt") || strings.Contains(low, "comment") {
				return true
			}
		}
	}
	return false
}

// constraints are attributes that make the browser check an input.
var constraints = []string{"required", "minLength", "maxLength", "pattern", "min", "max", "isRequired", "error", "errors", "rules", "validate", "aria-invalid", "helperText", "errorMessage"}

// validated says whether something checks what was typed into a form, as far as its
// file shows.
func validated(s *repo.Snapshot, src *repo.Source, js *jslex.File, form jslex.JSXTag, library bool) bool {
	for _, e := range s.Graph().External(src.File) {
		for _, name := range validators {
			if e.Package == name || strings.HasPrefix(e.Package, "@hookform/") {
				return true
			}
		}
	}
	if a, ok := form.Attr("action"); ok && library && !a.Value.IsLiteral {
		return true // an action on the server may check
	}
	for _, t := range js.JSXTags {
		for _, a := range t.Attrs {
			for _, name := range constraints {
				if a.Name == name && t.Name != "form" {
					return true
				}
			}
			if a.Name == "" && strings.Contains(a.Value.Text(), "register") {
				return true
			}
		}
		if kind, ok := t.Attr("type"); ok && (kind.Value.Literal == "email" || kind.Value.Literal == "url" || kind.Value.Literal == "number" || kind.Value.Literal == "date") {
			return true
		}
	}
	for i := range js.Calls {
		name := strings.ToLower(last(js.Calls[i].Callee))
		if strings.Contains(name, "valid") || name == "safeparse" || name == "handlesubmit" || strings.HasPrefix(name, "seterror") || name == "useform" || name == "trim" || name == "test" || strings.Contains(name, "schema") {
			return true
		}
	}
	for _, t := range js.JSXTags { // a button that waits until something was typed
		if a, ok := t.Attr("disabled"); ok && strings.Contains(a.Value.Text(), "!") {
			return true
		}
	}
	return false
}

package manifest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"drydock/internal/finding"
)

// element is an XML element with where its text stands.
type element struct {
	name       string
	attributes map[string]string
	text       string
	span       finding.Span // of the element, tags included
	inner      finding.Span // of what is between the tags
	children   []*element
}

// parseXML reads a document without entities of its own, as build tools write it.
func parseXML(src []byte) (*element, error) {
	if err := tooLarge(src); err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(src))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root := &element{}
	open := []*element{root}
	for {
		start := int(d.InputOffset())
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errorAt(src, start, "%s", xmlMessage(err))
		}
		top := open[len(open)-1]
		switch t := t.(type) {
		case xml.StartElement:
			if len(open) > MaxDepth {
				return nil, errorAt(src, start, "nested deeper than %d", MaxDepth)
			}
			e := &element{name: t.Name.Local, span: finding.Span{Start: start}, inner: finding.Span{Start: int(d.InputOffset())}}
			for _, a := range t.Attr {
				if e.attributes == nil {
					e.attributes = map[string]string{}
				}
				e.attributes[a.Name.Local] = a.Value
			}
			top.children = append(top.children, e)
			open = append(open, e)
		case xml.EndElement:
			top.inner.End, top.span.End = max(start, top.inner.Start), int(d.InputOffset())
			open = open[:len(open)-1]
		case xml.CharData:
			if len(top.children) == 0 {
				top.text += string(t)
			}
		}
	}
	if len(root.children) == 0 {
		return nil, errorAt(src, 0, "no XML document")
	}
	return root.children[0], nil
}

func xmlMessage(err error) string {
	var s *xml.SyntaxError
	if errors.As(err, &s) {
		return s.Msg
	}
	return err.Error()
}

// get is the first element below e on a path of names, nil when there is none.
func (e *element) get(names ...string) *element {
	for _, name := range names {
		if e = e.child(name); e == nil {
			return nil
		}
	}
	return e
}

func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (e *element) all(name string) []*element {
	var out []*element
	if e != nil {
		for _, c := range e.children {
			if c.name == name {
				out = append(out, c)
			}
		}
	}
	return out
}

// asText is the element's text without the white space around it.
func (e *element) asText() Text {
	if e == nil {
		return Text{}
	}
	return Text{strings.TrimSpace(e.text), e.inner}
}

// ParsePOM reads a pom.xml. Properties that it defines itself are put in place of
// their names. It fails with an *Error.
func ParsePOM(src []byte) (*Project, error) {
	root, err := parseXML(src)
	if err != nil {
		return nil, err
	}
	properties := map[string]string{}
	if list := root.get("properties"); list != nil {
		for _, p := range list.children {
			properties[p.name] = p.asText().Value
		}
	}
	resolved := func(t Text) Text {
		if name, ok := strings.CutPrefix(t.Value, "${"); ok && strings.HasSuffix(name, "}") {
			if v, known := properties[strings.TrimSuffix(name, "}")]; known {
				t.Value = v
			}
		}
		return t
	}
	p := &Project{Ecosystem: Maven, Name: root.get("artifactId").asText(), Version: resolved(root.get("version").asText())}
	for _, name := range []string{"maven.compiler.release", "java.version", "maven.compiler.target"} {
		if e := root.get("properties", name); e != nil {
			p.Runtime = resolved(e.asText())
			break
		}
	}
	if parent := root.get("parent"); parent != nil {
		p.Dependencies = append(p.Dependencies, pomDependency(parent, resolved))
	}
	for _, list := range []*element{root.get("dependencies"), root.get("dependencyManagement", "dependencies")} {
		for _, d := range list.all("dependency") {
			p.Dependencies = append(p.Dependencies, pomDependency(d, resolved))
		}
	}
	for _, m := range root.get("modules").all("module") {
		p.Members = append(p.Members, m.asText())
	}
	for _, plugin := range root.get("build", "plugins").all("plugin") {
		switch plugin.get("artifactId").asText().Value {
		case "spring-boot-maven-plugin", "quarkus-maven-plugin", "maven-war-plugin", "jib-maven-plugin":
			p.Application = true
		}
	}
	p.Application = p.Application || root.get("packaging").asText().Value == "war"
	return p, nil
}

func pomDependency(e *element, resolved func(Text) Text) Dependency {
	version := resolved(e.get("version").asText())
	d := Dependency{
		Name: e.get("groupId").asText().Value + ":" + e.get("artifactId").asText().Value, Spec: version.Value,
		NameSpan: e.get("artifactId").asText().Span, SpecSpan: version.Span, Span: e.span,
	}
	if scope := e.get("scope").asText().Value; scope == "test" || scope == "provided" {
		d.Group = Dev
	}
	return d
}

// ParseDotNet reads a project of .NET, or the file that holds the versions of
// several. It fails with an *Error.
func ParseDotNet(src []byte) (*Project, error) {
	root, err := parseXML(src)
	if err != nil {
		return nil, err
	}
	p := &Project{Ecosystem: NuGet, Application: root.attributes["Sdk"] == "Microsoft.NET.Sdk.Web" || root.attributes["Sdk"] == "Microsoft.NET.Sdk.Worker"}
	for _, group := range root.all("PropertyGroup") {
		for _, name := range []string{"TargetFramework", "TargetFrameworks"} {
			if e := group.get(name); e != nil {
				p.Runtime = e.asText()
			}
		}
		if e := group.get("AssemblyName"); e != nil {
			p.Name = e.asText()
		}
		if e := group.get("Version"); e != nil {
			p.Version = e.asText()
		}
		p.Application = p.Application || strings.EqualFold(group.get("OutputType").asText().Value, "Exe")
	}
	for _, group := range root.all("ItemGroup") {
		for _, kind := range []string{"PackageReference", "PackageVersion", "FrameworkReference"} {
			for _, e := range group.all(kind) {
				d := Dependency{Name: e.attributes["Include"], Spec: e.attributes["Version"], NameSpan: e.span, SpecSpan: e.span, Span: e.span}
				if v := e.get("Version"); v != nil {
					d.Spec, d.SpecSpan = v.asText().Value, v.inner
				}
				if e.get("PrivateAssets") != nil || strings.EqualFold(e.attributes["PrivateAssets"], "all") {
					d.Group = Dev
				}
				if d.Name != "" {
					p.Dependencies = append(p.Dependencies, d)
				}
			}
		}
		for _, e := range group.all("ProjectReference") {
			p.Members = append(p.Members, Text{strings.ReplaceAll(e.attributes["Include"], `\`, "/"), e.span})
		}
	}
	return p, nil
}

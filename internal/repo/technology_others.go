package repo

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/manifest"
)

// others reads the manifests of the JVM, .NET, Ruby, PHP and Rust.
func (c *techCollector) others() {
	for _, p := range c.s.Projects() {
		if p.Role != Production {
			continue
		}
		if p.Runtime.Exists() {
			c.sign("runtime:"+string(p.Ecosystem), strings.TrimPrefix(p.Runtime.Value, "net"), p.File, p.Runtime.Span)
		}
		if p.Ecosystem == manifest.NuGet && p.Application {
			if at := strings.Index(string(p.Bytes()), "Microsoft.NET.Sdk.Web"); at >= 0 {
				c.sign("sdk:web", strings.TrimPrefix(p.Runtime.Value, "net"), p.File, finding.Span{Start: at, End: at + len("Microsoft.NET.Sdk.Web")})
			}
		}
		for _, d := range p.Dependencies {
			key := string(p.Ecosystem) + ":" + d.Name
			if group := familyOf(p.Ecosystem, d.Name); !techKnown(key) && group != "" {
				key = string(p.Ecosystem) + ":" + group
			}
			if techKnown(key) {
				c.sign(key, d.Spec, p.File, d.Span)
			}
		}
		c.sign("build:"+p.File.Name(), "", p.File, finding.Span{})
	}
}

// familyOf is the family that a package belongs to by its name, as the table
// writes it: a group of Maven, the first two parts of a name of NuGet or Composer.
func familyOf(e manifest.Ecosystem, name string) string {
	switch e {
	case manifest.Maven:
		group, _, _ := strings.Cut(name, ":")
		return group + ":*"
	case manifest.NuGet:
		parts := strings.SplitN(name, ".", 3)
		if len(parts) == 3 {
			return parts[0] + "." + parts[1] + ".*"
		}
	case manifest.PHP:
		vendor, _, _ := strings.Cut(name, "/")
		return vendor + "/*"
	}
	return ""
}

package repo

// Document is one parsed file that a per-file check can ask for.
type Document interface {
	// Src is the file the document was parsed from.
	Src() *File
}

// Src lets *File itself be a Document, and every view that embeds it.
func (f *File) Src() *File { return f }

// production keeps the documents that count against a release.
func production[V Document](all []V) []V {
	out := make([]V, 0, len(all))
	for _, d := range all {
		if d.Src().Role == Production {
			out = append(out, d)
		}
	}
	return out
}

// Views lists the project's documents of type V, those of tests, examples,
// documentation and other people's code left out, by path; of *Doc the
// documentation is what is asked for. It panics for a type
// that is no view: a mistake in a check's declaration.
func Views[V Document](s *Snapshot) []V {
	var list any
	switch any((*V)(nil)).(type) {
	case **File:
		list = s.Production()
	case **Source:
		list = production(s.Sources())
	case **Dockerfile:
		list = production(s.Dockerfiles())
	case **Pipeline:
		list = production(s.Pipelines())
	case **Package:
		list = production(s.Packages())
	case **EnvFile:
		list = production(s.EnvFiles())
	case **Nginx:
		list = production(s.Nginx())
	case **ToolConfig:
		list = production(s.ToolConfigs())
	case **Makefile:
		list = production(s.Makefiles())
	case **Procfile:
		list = production(s.Procfiles())
	case **Caddyfile:
		list = production(s.Caddyfiles())
	case **Terraform:
		list = production(s.TerraformFiles())
	case **PrismaSchema:
		list = production(s.PrismaSchemas())
	case **SQLFile:
		list = production(s.SQLFiles())
	case **Model:
		list = production(s.Models())
	case **AlembicConfig:
		list = production(s.AlembicConfigs())
	case **TSConfig:
		list = production(s.TSConfigs())
	case **PyProject:
		list = production(s.PyProjects())
	case **Requirements:
		list = production(s.Requirements())
	case **Lockfile:
		list = production(s.Lockfiles())
	case **GoSource:
		list = production(s.GoSources())
	case **GoMod:
		list = production(s.GoMods())
	case **GoWork:
		list = production(s.GoWorks())
	case **Workflow:
		list = production(s.Workflows())
	case **ActionFile:
		list = production(s.ActionFiles())
	case **ComposeFile:
		list = production(s.ComposeFiles())
	case **Doc:
		list = published(s.Docs())
	case **APIDescription:
		list = production(s.APIDescriptions())
	case **KubeObject:
		list = production(s.KubeObjects())
	case **KubeTemplate:
		list = production(s.KubeTemplates())
	case **Kustomization:
		list = production(s.Kustomizations())
	case **HelmChart:
		list = production(s.HelmCharts())
	default:
		panic("repo: no such view")
	}
	return list.([]V)
}

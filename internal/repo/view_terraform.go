package repo

import (
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/terraform"
)

// Terraform is one file of Terraform or OpenTofu: configuration, variables or the
// lock file; see Kind.
type Terraform struct {
	*File
	Spec *terraform.File
	Kind terraform.FileKind
}

// TerraformFiles lists the files of Terraform, by path; those of tests and examples
// keep their role.
func (s *Snapshot) TerraformFiles() []*Terraform {
	return view(s, "terraform files", func() []*Terraform {
		var out []*Terraform
		for _, f := range s.files {
			kind := terraform.Sniff(f.Path)
			if kind == terraform.None || f.Size == 0 || strings.Contains("/"+f.Path, "/.terraform/") || !f.written() {
				continue
			}
			spec, err := terraform.Parse(f.Path, f.Bytes())
			if err != nil {
				line := 0
				var e *terraform.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			out = append(out, &Terraform{f, spec, kind})
		}
		return out
	})
}

// TerraformBlock is one block with the file it stands in.
type TerraformBlock struct {
	*File
	*terraform.Block
}

// Address is how configuration refers to a block: aws_s3_bucket.logs,
// data.aws_ami.ubuntu, var.region, module.vpc; "" for a block without labels.
func (b *TerraformBlock) Address() string {
	switch b.Type {
	case "resource":
		return b.Label(0) + "." + b.Label(1)
	case "data", "ephemeral":
		return b.Type + "." + b.Label(0) + "." + b.Label(1)
	case "variable":
		return "var." + b.Label(0)
	case "module", "output", "provider":
		return b.Type + "." + b.Label(0)
	}
	return b.Label(0)
}

// TerraformModule is the configuration of one directory.
type TerraformModule struct {
	Dir    string
	Role   Role
	Files  []*Terraform // configuration, by path
	Inputs []*Terraform // files that set variables
	Lock   *Terraform   // nil without one

	Resources []TerraformBlock
	Data      []TerraformBlock
	Variables []TerraformBlock
	Outputs   []TerraformBlock
	Providers []TerraformBlock // provider blocks: their settings
	Calls     []*TerraformCall // of other modules
	Callers   []*TerraformCall // calls of this module by others of the project, but for examples and tests of a module that is none
	Settings  []TerraformBlock // terraform blocks

	byAddress map[string]TerraformBlock
	locals    map[string]terraformLocal
}

type terraformLocal struct {
	file  *File
	value *terraform.Value
}

// TerraformCall is one module block.
type TerraformCall struct {
	TerraformBlock
	From    *TerraformModule
	Source  string           // as written, "" when it is not literal
	Version string           // constraint of a registry's module, as written
	Local   *TerraformModule // the module of this project that it calls, nil for any other
}

// TerraformProvider is what a module asks of one provider.
type TerraformProvider struct {
	Name    string
	Source  string           // such as hashicorp/aws; "" when not written
	Version *terraform.Value // the constraint, nil when not written
	File    *File
	At      *terraform.Attribute
}

// TerraformLocked is one provider of a lock file.
type TerraformLocked struct {
	TerraformBlock
	Source  string // such as hashicorp/aws, without the registry
	Version string
}

// TerraformModules lists the directories that hold configuration, by path; those of
// tests and examples keep their role.
func (s *Snapshot) TerraformModules() []*TerraformModule {
	return view(s, "terraform modules", func() []*TerraformModule {
		byDir := map[string]*TerraformModule{}
		var out []*TerraformModule
		for _, f := range s.TerraformFiles() {
			if f.Kind != terraform.Config {
				continue
			}
			m := byDir[f.Dir()]
			if m == nil {
				m = &TerraformModule{Dir: f.Dir(), Role: f.Role, byAddress: map[string]TerraformBlock{}, locals: map[string]terraformLocal{}}
				byDir[m.Dir] = m
				out = append(out, m)
			}
			m.add(f)
		}
		for _, f := range s.TerraformFiles() {
			m := byDir[f.Dir()]
			switch {
			case m == nil:
			case f.Kind == terraform.Lock:
				m.Lock = f
			case f.Kind == terraform.Variables:
				m.Inputs = append(m.Inputs, f)
			}
		}
		for _, m := range out {
			for _, c := range m.Calls {
				if strings.HasPrefix(c.Source, "./") || strings.HasPrefix(c.Source, "../") {
					c.Local = byDir[path.Join(m.Dir, c.Source)]
					if c.Local != nil && (m.Role == Production || c.Local.Role != Production) { // an example shows one use of many
						c.Local.Callers = append(c.Local.Callers, c)
					}
				}
			}
		}
		slices.SortFunc(out, func(a, b *TerraformModule) int { return strings.Compare(a.Dir, b.Dir) })
		return out
	})
}

func (m *TerraformModule) add(f *Terraform) {
	m.Files = append(m.Files, f)
	for _, spec := range f.Spec.Blocks {
		b := TerraformBlock{f.File, spec}
		switch spec.Type {
		case "resource":
			m.Resources = append(m.Resources, b)
		case "data", "ephemeral":
			m.Data = append(m.Data, b)
		case "variable":
			m.Variables = append(m.Variables, b)
		case "output":
			m.Outputs = append(m.Outputs, b)
		case "provider":
			m.Providers = append(m.Providers, b)
			continue // several may share a name
		case "terraform":
			m.Settings = append(m.Settings, b)
			continue
		case "module":
			m.Calls = append(m.Calls, &TerraformCall{
				TerraformBlock: b, From: m, Source: spec.Value("source").Str(), Version: spec.Value("version").Str(),
			})
		case "locals":
			for _, a := range spec.Attributes {
				m.locals[a.Name] = terraformLocal{f.File, a.Value}
			}
			continue
		}
		m.byAddress[b.Address()] = b
	}
}

// Root says whether the module is one that people apply: none of the project calls
// it.
func (m *TerraformModule) Root() bool { return len(m.Callers) == 0 }

// Block is the block with an address such as aws_s3_bucket.logs or var.region; ok
// is false when the module has none.
func (m *TerraformModule) Block(address string) (b TerraformBlock, ok bool) {
	b, ok = m.byAddress[address]
	return b, ok
}

// ResourcesOf are the resources of the given types, in order.
func (m *TerraformModule) ResourcesOf(types ...string) []TerraformBlock {
	var out []TerraformBlock
	for _, r := range m.Resources {
		if slices.Contains(types, r.Label(0)) {
			out = append(out, r)
		}
	}
	return out
}

// RequiredVersion is the version of Terraform itself that the module asks for; at
// is nil when it does not say.
func (m *TerraformModule) RequiredVersion() (at *terraform.Attribute, file *File) {
	for _, b := range m.Settings {
		if a := b.Attribute("required_version"); a != nil {
			return a, b.File
		}
	}
	return nil, nil
}

// Backend is where the module keeps its state: the backend or cloud block; ok is
// false when it keeps it in a local file.
func (m *TerraformModule) Backend() (b TerraformBlock, ok bool) {
	for _, settings := range m.Settings {
		for _, kind := range []string{"backend", "cloud"} {
			if found := settings.Block.Block(kind); found != nil {
				return TerraformBlock{settings.File, found}, true
			}
		}
	}
	return TerraformBlock{}, false
}

// RequiredProviders are the providers that the module declares, in order.
func (m *TerraformModule) RequiredProviders() []TerraformProvider {
	var out []TerraformProvider
	for _, b := range m.Settings {
		for _, required := range b.All("required_providers") {
			for _, a := range required.Attributes {
				p := TerraformProvider{Name: a.Name, File: b.File, At: a}
				if a.Value.Kind == terraform.Map {
					p.Source, p.Version = a.Value.Get("source").Str(), a.Value.Get("version")
				} else if a.Value.Kind == terraform.String {
					p.Version = a.Value
				}
				out = append(out, p)
			}
		}
	}
	return out
}

// UsedProviders are the names of the providers that the module's resources and data
// sources belong to, sorted: the part of their type before the first underscore,
// unless they say otherwise.
func (m *TerraformModule) UsedProviders() []string {
	var out []string
	for _, b := range slices.Concat(m.Resources, m.Data) {
		name, _, _ := strings.Cut(b.Label(0), "_")
		if p := b.Value("provider"); p != nil && p.Kind == terraform.Reference {
			name, _, _ = strings.Cut(p.Text, ".")
		}
		if name != "terraform" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Locked are the providers of the module's lock file, in order.
func (m *TerraformModule) Locked() []TerraformLocked {
	if m.Lock == nil {
		return nil
	}
	var out []TerraformLocked
	for _, b := range m.Lock.Spec.All("provider") {
		parts := strings.Split(b.Label(0), "/")
		source := strings.Join(parts[max(0, len(parts)-2):], "/")
		out = append(out, TerraformLocked{TerraformBlock{m.Lock.File, b}, source, b.Value("version").Str()})
	}
	return out
}

// Sensitive says whether a variable or output is declared sensitive.
func (b TerraformBlock) Sensitive() bool {
	on, _ := b.Value("sensitive").Bool()
	return on
}

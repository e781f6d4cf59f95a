package compose

import (
	"fmt"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Parse reads a compose file. The error is a *yamldoc.Error when the text is not
// YAML or its root is not a mapping; what could be read is returned with it.
// An empty file is a File without services.
func Parse(path string, src []byte) (*File, error) {
	docs, err := yamldoc.Parse(src)
	f := &File{Path: path, byName: map[string]*Service{}}
	if len(docs) == 0 || docs[0].Root == nil {
		return f, err
	}
	f.Doc = docs[0]
	root := f.Doc.Root
	if !root.IsMapping() {
		if err == nil {
			err = &yamldoc.Error{Line: root.Line, Msg: fmt.Sprintf("a compose file is a mapping with %q, this is not a mapping", "services:")}
		}
		return f, err
	}
	r := reader{f}
	f.Name = r.text(root.Get("name"))
	f.Version = r.text(root.Get("version"))
	for _, e := range root.Get("services").Entries() {
		if len(f.Services) == MaxServices {
			return f, &yamldoc.Error{Line: e.Key.Line, Msg: fmt.Sprintf("more than %d services", MaxServices)}
		}
		svc := r.service(e)
		f.Services = append(f.Services, svc)
		if f.byName[svc.Name] == nil {
			f.byName[svc.Name] = svc
		}
	}
	f.Volumes = r.resources(root.Get("volumes"))
	f.Networks = r.resources(root.Get("networks"))
	f.Secrets = r.resources(root.Get("secrets"))
	f.Configs = r.resources(root.Get("configs"))
	for _, item := range root.Get("include").Items() {
		in := Include{Place: r.at(item.Resolve().Span), Paths: r.texts(item.Get("path")), EnvFiles: r.texts(item.Get("env_file")), ProjectDir: r.text(item.Get("project_directory"))}
		if item.IsScalar() {
			in.Paths = r.texts(item)
		}
		if len(in.Paths) > 0 {
			f.Includes = append(f.Includes, in)
			f.Include = append(f.Include, in.Paths...)
		}
	}
	return f, err
}

// resetTag marks a key that a file takes back from the files below it.
const resetTag = "!reset"

// reader turns nodes of one file into typed values.
type reader struct{ file *File }

func (r reader) at(s finding.Span) Place { return Place{Path: r.file.Path, Span: s} }

// text is a scalar that has a value, the zero Text otherwise.
func (r reader) text(n *yamldoc.Node) Text {
	if !n.IsScalar() || n.IsNull() || n.Tag == resetTag {
		return Text{}
	}
	return Text{r.at(n.Resolve().Span), n.Str()}
}

// texts are the scalars of a list, the keys of a mapping, or a single scalar.
func (r reader) texts(n *yamldoc.Node) []Text {
	var out []Text
	switch {
	case n.IsSequence():
		for _, item := range n.Items() {
			if t := r.text(item); t.Set() {
				out = append(out, t)
			} else if source := r.text(item.Get("source")); source.Set() {
				out = append(out, source)
			}
		}
	case n.IsMapping():
		for _, e := range n.Entries() {
			out = append(out, Text{r.at(e.KeySpan()), e.Name()})
		}
	default:
		if t := r.text(n); t.Set() {
			out = append(out, t)
		}
	}
	return out
}

func (r reader) flag(n *yamldoc.Node) Flag {
	if !n.IsScalar() || n.IsNull() {
		return Flag{}
	}
	v, _ := n.Bool()
	return Flag{r.at(n.Resolve().Span), v}
}

func (r reader) resources(n *yamldoc.Node) []*Resource {
	var out []*Resource
	for _, e := range n.Entries() {
		res := &Resource{Place: r.at(e.Block()), Name: e.Name(), Key: r.at(e.KeySpan()), Node: e.Value}
		external := e.Value.Get("external")
		res.External = r.flag(external).Value || external.IsMapping()
		res.File = r.text(e.Value.Get("file"))
		res.Env = r.text(e.Value.Get("environment"))
		res.Driver = r.text(e.Value.Get("driver"))
		res.Internal = r.flag(e.Value.Get("internal"))
		res.Content = r.text(e.Value.Get("content"))
		res.RealName = r.text(e.Value.Get("name"))
		out = append(out, res)
	}
	return out
}

func (r reader) service(e yamldoc.Entry) *Service {
	n := e.Value
	s := &Service{Place: r.at(e.Block()), Name: e.Name(), Key: r.at(e.KeySpan()), Node: n, Parent: r.file}
	if t := r.text(n.Get("image")); t.Set() {
		s.Image = Image{t.Place, parseRef(t.Value)}
	}
	s.Build = r.build(n)
	s.Command = r.command(n.Get("command"))
	s.Entrypoint = r.command(n.Get("entrypoint"))
	s.Environment = r.variables(n.Get("environment"))
	s.EnvFiles = r.envFiles(n.Get("env_file"))
	s.Ports = r.ports(n.Get("ports"))
	s.Expose = r.texts(n.Get("expose"))
	s.Volumes = append(r.mounts(n.Get("volumes")), r.tmpfs(n.Get("tmpfs"))...)
	s.Secrets = r.texts(n.Get("secrets"))
	s.Configs = r.texts(n.Get("configs"))
	s.SecretFiles = r.fileRefs(n.Get("secrets"))
	s.ConfigFiles = r.fileRefs(n.Get("configs"))
	s.Healthcheck = r.healthcheck(n)
	s.Restart = r.text(n.Get("restart"))
	s.Profiles = r.texts(n.Get("profiles"))
	s.DependsOn = r.dependencies(n.Get("depends_on"))
	s.Networks = r.texts(n.Get("networks"))
	s.Attachments = r.attachments(n.Get("networks"))
	s.Links = r.texts(n.Get("links"))
	s.Extends = r.extends(n)
	s.Deploy = r.deploy(n)
	s.Limits = r.limits(n)
	s.Logging = r.logging(n)
	s.Labels = r.pairs(n.Get("labels"))
	s.SecurityOpt = r.texts(n.Get("security_opt"))
	s.CapAdd = r.texts(n.Get("cap_add"))
	s.CapDrop = r.texts(n.Get("cap_drop"))
	s.Privileged = r.flag(n.Get("privileged"))
	s.ReadOnly = r.flag(n.Get("read_only"))
	s.Init = r.flag(n.Get("init"))
	s.NetworkMode = r.text(n.Get("network_mode"))
	s.PID = r.text(n.Get("pid"))
	s.IPC = r.text(n.Get("ipc"))
	s.UsernsMode = r.text(n.Get("userns_mode"))
	s.User = r.text(n.Get("user"))
	s.WorkingDir = r.text(n.Get("working_dir"))
	s.ContainerName = r.text(n.Get("container_name"))
	s.StopGrace = r.text(n.Get("stop_grace_period"))
	s.Runtime = r.runtime(n)
	return s
}

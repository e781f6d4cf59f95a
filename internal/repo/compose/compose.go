// Package compose reads Docker Compose files: what each service declares, where
// it is written, and which files make up one project.
//
// Anchors, aliases and merge keys are looked through. Variables are not
// substituted: a value says what the file says, and Interpolations finds the
// variables in it.
package compose

import (
	"drydock/internal/finding"
	"drydock/internal/repo/imageref"
	"drydock/internal/repo/yamldoc"
)

// MaxServices bounds the services of a file; Parse reads no more.
const MaxServices = 1000

// Place is where something is written.
type Place struct {
	Path string // the file, relative to the project's root
	Span finding.Span
}

// Set says whether the thing is written at all.
func (p Place) Set() bool { return p.Path != "" }

// Text is a scalar with its place; the zero Text is one that is not written.
type Text struct {
	Place
	Value string
}

// Flag is a boolean with its place. Value is false when it is not written or is
// a variable.
type Flag struct {
	Place
	Value bool
}

// File is one compose file.
type File struct {
	Path     string
	Name     Text // the top-level name
	Version  Text // the obsolete top-level version
	Services []*Service
	Volumes  []*Resource
	Networks []*Resource
	Secrets  []*Resource
	Configs  []*Resource
	Include  []Text // the paths of Includes
	Includes []Include
	Doc      *yamldoc.Doc // nil when the file is empty

	byName map[string]*Service
}

// Include is one entry of include: files that are read as a project of their own
// and then become part of this one.
type Include struct {
	Place
	Paths      []Text // the first and those on top of it
	EnvFiles   []Text
	ProjectDir Text // what relative paths in them start from; the folder of the first when not written
}

// Empty says whether the file declares no service and includes no file.
func (f *File) Empty() bool { return len(f.Services) == 0 && len(f.Include) == 0 }

// Service is the service with the given name; nil when there is none.
func (f *File) Service(name string) *Service { return f.byName[name] }

// Resource is a top-level volume, network, secret or config.
type Resource struct {
	Place           // the whole entry
	Name     string // its key
	Key      Place  // the key
	External bool   // it exists outside the project
	File     Text   // the file behind a secret or config
	Env      Text   // the variable behind a secret
	Driver   Text   // of a volume or network
	Internal Flag   // a network without a way out
	Content  Text   // what a config holds
	RealName Text   // its name outside the project
	Node     *yamldoc.Node
}

// Service is one service. Fields that the file does not write are zero.
type Service struct {
	Place  // the whole entry, from the start of the key's line
	Name   string
	Key    Place         // the service's name
	Node   *yamldoc.Node // the mapping, for keys that have no field here and for edits
	Parent *File

	Image      Image
	Build      Build
	Command    Command
	Entrypoint Command

	Environment []EnvVar
	EnvFiles    []EnvFile
	Ports       []Port
	Expose      []Text
	Volumes     []Mount
	Secrets     []Text // the names of those that it uses
	Configs     []Text
	SecretFiles []FileRef // how Secrets and Configs come into the container
	ConfigFiles []FileRef

	Healthcheck Healthcheck
	Restart     Text
	Profiles    []Text
	DependsOn   []Dependency
	Networks    []Text       // their names
	Attachments []Attachment // how it is part of Networks
	Links       []Text
	Extends     Extends
	Deploy      Deploy
	Limits      Limits
	Logging     Logging
	Labels      []Pair

	SecurityOpt []Text
	CapAdd      []Text
	CapDrop     []Text
	Privileged  Flag
	ReadOnly    Flag
	Init        Flag
	NetworkMode Text
	PID         Text
	IPC         Text
	UsernsMode  Text
	User        Text
	WorkingDir  Text

	ContainerName Text
	StopGrace     Text

	Runtime
}

// Image is what stands after image:.
type Image struct {
	Place
	imageref.Ref
}

// Build is how a service's image is built. Context is "." when only other keys
// are written.
type Build struct {
	Place
	Context    Text
	Dockerfile Text
	Target     Text
	Args       []EnvVar
	BuildDetails
}

// Command is a command or entrypoint.
type Command struct {
	Place
	IsList bool     // written as a list, so that no shell splits it
	Words  []string // a string split the way compose does
	Text   string   // the string, or the list joined with blanks
}

// EnvVar is one variable of an environment or of build arguments.
type EnvVar struct {
	Place    // the value; the empty place behind the name when there is none
	Name     string
	Value    string
	HasValue bool  // false when the value comes from the shell: "- NAME", "NAME:"
	Key      Place // the name
	Entry    Place // the whole entry: list item without its dash, or key and value
	InList   bool  // written as an item NAME=value of a list
}

// EnvFile is one entry of env_file.
type EnvFile struct {
	Place
	File     string
	Required bool // true unless the entry says otherwise
}

// Port is a port of a container, published on the host or not. Numbers stay
// text: they may be ranges or variables.
type Port struct {
	Place
	HostIP    string
	Host      string // "" when the host's port is left open
	Container string
	Protocol  string // "" when not written
	Mode      string // of a long entry: "host" or "ingress"
}

// The types of a Mount.
const (
	Bind   = "bind"
	Volume = "volume"
	Tmpfs  = "tmpfs"
)

// Mount is one entry of volumes or tmpfs.
type Mount struct {
	Place
	Type     string // Bind, Volume, Tmpfs or what a long entry says
	Source   string // path or volume; "" for an anonymous volume
	Target   string
	ReadOnly bool
	Options  []string      // of a short entry, behind the second colon: "ro", "z", "cached"
	NoCreate bool          // bind.create_host_path is false: a missing source is an error
	Size     Text          // of a tmpfs
	Node     *yamldoc.Node // a long entry; nil for a short one
}

// Healthcheck is a service's healthcheck. It runs when it is Present, not
// Disabled, and its image or Test says what to run.
type Healthcheck struct {
	Place
	Present  bool
	Disabled bool
	Test     []string // as written: "CMD", "CMD-SHELL", … first; one word for a string
	TestText string   // the command alone, joined with blanks
	IsList   bool     // the test is written as a list
	TestAt   Place
	Interval Text
	Timeout  Text
	Retries  Text
	Start    Text // start_period

	StartInterval Text
}

// Dependency is one entry of depends_on.
type Dependency struct {
	Place
	Service   string
	Condition string // "" when not written
	Optional  bool   // required is false: it need not be there
	Restart   bool   // it is restarted with the other
}

// Extends names the service that a service starts from.
type Extends struct {
	Place
	File    string // "" for the same file
	Service string
}

// Deploy is what a service says about how it is run in a swarm, part of which
// compose itself honours.
type Deploy struct {
	Place
	Mode          Text
	Replicas      Text // also the service's own scale
	RestartPolicy Text // its condition; "any" when the policy names none
	MaxAttempts   Text // of the restart policy
	UpdateOrder   Text // update_config
	OnFailure     Text // the failure_action of update_config
	Reserved      Limits
	Constraints   []Text // of placement
	Labels        []Pair
}

// Limits are upper bounds on what a container may use, from deploy or from the
// service's own keys.
type Limits struct {
	Memory Text
	CPUs   Text
	PIDs   Text
}

// Logging is a service's logging.
type Logging struct {
	Place
	Driver  Text
	Options []Pair
}

// Pair is a key with a text, such as a label.
type Pair struct {
	Place // the whole entry
	Name  string
	Value string
}

package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"drydock/internal/repo"
)

// FileName is the project's configuration file, at its root.
const FileName = "drydock.yaml"

// Request says where settings come from.
type Request struct {
	Project *repo.Dir              // nil when there is none: its file is not read
	Path    string                 // of the project as the person gave it, for messages
	File    string                 // instead of the project's file; must exist
	Flags   map[string]*pflag.Flag // by flag name; those left out do not count
	Known   Known
	Today   time.Time // decides which rules have expired; now by default
}

// Load puts the layers together: flag, environment, project file, user file,
// default. An error names the flag, the variable or file:line, and the way out.
func Load(r Request) (Settings, error) {
	if r.Today.IsZero() {
		r.Today = time.Now()
	}
	set := Default()
	user, err := r.userFile()
	if err != nil {
		return set, err
	}
	project, err := r.projectFile()
	if err != nil {
		return set, err
	}
	v := viper.New()
	for _, l := range []*layer{user, project} {
		for name, value := range l.values {
			if err := v.MergeConfigMap(nested(name, value)); err != nil {
				return set, fmt.Errorf("configuration: %w", err)
			}
		}
	}
	for _, k := range keys() {
		if err := r.bind(v, k); err != nil {
			return set, err
		}
		if v.IsSet(k.name) {
			k.apply(&set, v.Get(k.name))
		}
	}
	if flag := r.Flags["no-color"]; os.Getenv("NO_COLOR") != "" && (flag == nil || !flag.Changed) {
		set.NoColor = true
	}
	own, _ := project.values["baseline"].(string)
	flag := r.Flags["baseline"]
	set.BaselineOwn = r.File == "" && own != "" && os.Getenv("DRYDOCK_BASELINE") == "" && (flag == nil || !flag.Changed)
	set.merge(user, project)
	return set, nil
}

// bind checks what flag and variable say of the key and ties them to it.
func (r *Request) bind(v *viper.Viper, k *key) error {
	if value := os.Getenv(k.env()); value != "" {
		values := []string{value}
		if k.kind == list {
			values = splitList(value)
		}
		for _, one := range values {
			if err := k.check(one, r.Known); err != nil {
				return fmt.Errorf("%s: %w", k.env(), err)
			}
		}
		if err := v.BindEnv(k.name, k.env()); err != nil {
			return err
		}
	}
	flag := r.Flags[k.flag]
	if k.flag == "" || flag == nil || !flag.Changed {
		return nil
	}
	values := []string{flag.Value.String()}
	if s, ok := flag.Value.(pflag.SliceValue); ok {
		values = s.GetSlice()
	}
	for _, one := range values {
		if err := k.check(one, r.Known); err != nil {
			return fmt.Errorf("--%s: %w", k.flag, err)
		}
	}
	if k.kind == list {
		v.Set(k.name, values) // viper takes no list of a flag that may hold commas
		return nil
	}
	return v.BindPFlag(k.name, flag)
}

// nested is a.b: value as viper merges it.
func nested(name string, value any) map[string]any {
	if outer, inner, ok := strings.Cut(name, "."); ok {
		return map[string]any{outer: map[string]any{inner: value}}
	}
	return map[string]any{name: value}
}

// merge takes over what is no single value. The project's word on a check or a
// weight replaces the user's; what is muted adds up.
func (s *Settings) merge(layers ...*layer) {
	off := map[string]bool{}
	for _, l := range layers {
		for id, v := range l.weights {
			if s.Weights == nil {
				s.Weights = l.weights
			}
			s.Weights[id] = v
		}
		for id, isOff := range l.off {
			off[id] = isOff
		}
		for id, v := range l.severities {
			if s.Severities == nil {
				s.Severities = l.severities
			}
			s.Severities[id] = v
		}
		for id, v := range l.keymap {
			if s.Keymap == nil {
				s.Keymap = l.keymap
			}
			s.Keymap[id] = v
		}
		s.Ignore = append(s.Ignore, l.ignore...)
		s.Expired = append(s.Expired, l.expired...)
		s.Attest = append(s.Attest, l.attest...)
		s.Lapsed = append(s.Lapsed, l.lapsed...)
	}
	for _, id := range slices.Sorted(maps.Keys(off)) {
		if off[id] {
			s.Off = append(s.Off, id)
			delete(s.Severities, id)
		}
	}
}

// userFile reads the user's own configuration, where there is one.
func (r *Request) userFile() (*layer, error) {
	base := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(base) {
		home := os.Getenv("HOME")
		if home == "" {
			return &layer{}, nil
		}
		base = filepath.Join(home, ".config")
	}
	path := filepath.Join(base, "drydock", "config.yaml")
	data, err := readRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &layer{}, nil
	}
	return r.read(path, false, data, err)
}

// projectFile reads the file that the person named, else the project's own.
func (r *Request) projectFile() (*layer, error) {
	if r.File != "" {
		data, err := readRegular(r.File)
		return r.read(r.File, false, data, err)
	}
	if r.Project == nil {
		return &layer{}, nil
	}
	data, err := r.Project.ReadFile(FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return &layer{}, nil
	}
	return r.read(filepath.Join(r.Path, FileName), true, data, err)
}

func (r *Request) read(name string, project bool, data []byte, err error) (*layer, error) {
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err
		}
		return nil, fmt.Errorf("%s: cannot be read: %w", name, err)
	}
	f := file{name: name, project: project, known: r.Known, today: r.Today}
	if err := f.parse(data); err != nil {
		return nil, err
	}
	return &f.layer, nil
}

// readRegular reads a file, never a pipe or device that would not end.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
	}
	return os.ReadFile(path)
}

package config

import (
	"bytes"
	_ "embed"
)

//go:embed template.yaml
var template []byte

// Template is a commented drydock.yaml that changes nothing.
func Template() []byte { return bytes.Clone(template) }

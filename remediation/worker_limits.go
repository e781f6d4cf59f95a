package remediation

import (
	"drydock/internal/patch"
	"drydock/internal/repo/compose"
)

// writeHardening gives the worker the limits and restrictions that its sibling has
// in production, so that it is no weaker than what it stands beside.
func writeHardening(line func(depth int, format string, args ...any), model *compose.Service) {
	if model == nil {
		return
	}
	if model.User.Set() {
		line(1, "user: %s", doubleQuoted(model.User.Value))
	}
	if model.Init.Value {
		line(1, "init: true")
	}
	writeTexts(line, "security_opt", model.SecurityOpt)
	writeTexts(line, "cap_drop", model.CapDrop)
	memory, cpus := model.Limits.Memory, model.Limits.CPUs
	if !memory.Set() && !cpus.Set() {
		return
	}
	if !model.Node.Get("deploy", "resources", "limits").Exists() {
		if memory.Set() {
			line(1, "mem_limit: %s", patch.QuoteYAML(memory.Value))
		}
		if cpus.Set() {
			line(1, "cpus: %s", doubleQuoted(cpus.Value))
		}
		return
	}
	line(1, "deploy:")
	line(2, "resources:")
	line(3, "limits:")
	if memory.Set() {
		line(4, "memory: %s", patch.QuoteYAML(memory.Value))
	}
	if cpus.Set() {
		line(4, "cpus: %s", doubleQuoted(cpus.Value))
	}
}

func writeTexts(line func(depth int, format string, args ...any), key string, list []compose.Text) {
	if len(list) == 0 {
		return
	}
	line(1, "%s:", key)
	for _, t := range list {
		line(2, "- %s", patch.QuoteYAML(t.Value))
	}
}

// doubleQuoted keeps a number a text.
func doubleQuoted(value string) string {
	return patch.JSONString(value)
}

package repo

import (
	"errors"

	"drydock/internal/repo/jsconfig"
	"drydock/internal/repo/updates"
	"drydock/internal/repo/yamldoc"
)

// UpdateBot is the configuration of a program that keeps dependencies up to date:
// either of Dependabot or of Renovate.
type UpdateBot struct {
	*File
	Dependabot *updates.Dependabot
	Renovate   *updates.Renovate
}

// renovateFiles are where Renovate looks for its configuration, in its order.
var renovateFiles = []string{
	"renovate.json", "renovate.jsonc", "renovate.json5", ".github/renovate.json", ".github/renovate.json5", ".gitlab/renovate.json", ".gitlab/renovate.json5",
	".renovaterc", ".renovaterc.json", ".renovaterc.json5",
}

// UpdateBots lists the configurations that take effect: Dependabot's, then the first
// of Renovate's.
func (s *Snapshot) UpdateBots() []*UpdateBot {
	return view(s, "update bots", func() []*UpdateBot {
		var out []*UpdateBot
		for _, name := range []string{".github/dependabot.yml", ".github/dependabot.yaml"} {
			if f := s.File(name); f != nil && f.written() && !f.Blank() {
				docs, err := yamldoc.Parse(f.Bytes())
				if err != nil {
					s.parseFailed(f, yamlLine(err), err)
				}
				if len(docs) > 0 {
					out = append(out, &UpdateBot{File: f, Dependabot: updates.ReadDependabot(docs[0].Root)})
					break
				}
			}
		}
		for _, name := range renovateFiles {
			f := s.File(name)
			if f == nil || !f.written() || f.Blank() {
				continue
			}
			root, err := jsconfig.JSON(f.Bytes())
			if err != nil {
				line := 0
				var e *jsconfig.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if r := updates.ReadRenovate(root); r != nil {
				return append(out, &UpdateBot{File: f, Renovate: r})
			}
		}
		for _, p := range s.Packages() {
			if p.File.Path == "package.json" {
				if r := updates.ReadRenovate(jsconfig.FromJSON(p.Root.Get("renovate"))); r != nil {
					out = append(out, &UpdateBot{File: p.File, Renovate: r})
				}
			}
		}
		return out
	})
}

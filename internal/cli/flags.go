package cli

import (
	"cmp"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/internal/config"
	"drydock/internal/repo"
)

// commonFlags are those of every command that looks at a project.
func commonFlags(f *pflag.FlagSet) {
	f.String("config", "", "read `FILE` instead of the project's drydock.yaml")
	f.String("theme", "", "colours of the terminal UI, by `NAME`")
	f.Bool("no-color", false, "no colours; so does a NO_COLOR that is not empty")
	f.Bool("plain", false, "linear text: no boxes, bars or animation")
	f.Bool("no-cache", false, "keep nothing in the user's cache, and use nothing of it")
	f.IntP("jobs", "j", 0, "run at most `N` checks at once; 0 is one a core")
	f.BoolP("quiet", "q", false, "the result alone")
	f.BoolP("verbose", "v", false, "say on standard error what is done and how long it takes")
	f.String("baseline", "", "mute what an earlier JSON report in `FILE` knows")
	f.StringSlice("exclude", nil, "leave out paths that match `GLOB`")
}

// auditFlags choose what is audited, what is asked of it and what is written.
func auditFlags(f *pflag.FlagSet) {
	f.StringSlice("category", nil, "audit this category alone, by `ID`; -ID leaves it out; repeatable")
	f.StringSlice("check", nil, "run this check alone, by `ID`; -ID leaves it out; repeatable")
	f.String("min-severity", "info", "list findings of this `SEVERITY` or worse")
	f.Float64("target-score", config.Default().TargetScore, "plan the way to a score of `N`")
	f.Float64("fail-under", 0, "exit with 1 when the score is under `N`")
	f.String("fail-on", "", "exit with 1 when a problem of this `SEVERITY` or worse is open")
}

func reportFlags(f *pflag.FlagSet) {
	f.String("format", "text", "print the report as `FORMAT`: text, json, markdown, or json-schema for its schema")
	f.StringP("output", "o", "", "write the report to `FILE` instead of standard output")
	f.StringArray("report", nil, "write one more report, as `FORMAT=FILE`; repeatable")
}

// settings puts together what the command's flags, the environment and the
// configuration files say. A nil dir has no project file.
func settings(cmd *cobra.Command, dir *repo.Dir, path string) (config.Settings, error) {
	req := config.Request{Project: dir, Path: path, Known: known(), Flags: map[string]*pflag.Flag{}}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if _, own := f.Annotations[ownFlag]; !own {
			req.Flags[f.Name] = f
		}
	})
	req.File = os.Getenv("DRYDOCK_CONFIG")
	if f := cmd.Flags().Lookup("config"); f != nil {
		req.File = cmp.Or(f.Value.String(), req.File)
	}
	return config.Load(req)
}

// ownFlag marks a flag that means something else in its command than the setting
// of the same name.
const ownFlag = "own"

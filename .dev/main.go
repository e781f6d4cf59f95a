package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"drydock/internal/audit"
	"drydock/internal/repo"
	"drydock/internal/report"
	"drydock/remediation"
	"drydock/scanners"
	"drydock/tui"
)

func main() {
	d, err := repo.OpenDir(os.Args[1])
	if err != nil {
		panic(err)
	}
	checks := scanners.All()
	o := tui.Options{Tree: d, Name: filepath.Base(d.Path()), Checks: checks, Engine: remediation.NewEngine(d.Path(), os.Getenv("STATE"), checks, audit.Options{}), Theme: os.Getenv("THEME"), ASCII: os.Getenv("ASCII") != "",
		Target: 90, HoursPerWeek: 40, Version: "dev", Editor: os.Getenv("EDITOR"), Formats: report.Formats(),
		Export: func(format string, res *audit.Result) ([]byte, error) {
			var b bytes.Buffer
			m := report.Build(res, report.Meta{Root: d.Path(), Version: "dev", Generated: time.Now(), TargetScore: 90, HoursPerWeek: 40})
			err := report.Write(&b, format, m, report.Options{})
			return b.Bytes(), err
		},
		Write: func(p string, b []byte) error { return os.WriteFile(p, b, 0o644) },
	}
	if err := tui.Run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"drydock/remediation"
)

// fixRequest is what the flags of "drydock fix" ask for.
type fixRequest struct {
	list, dryRun, apply bool
	allSafe             bool
	checks              []string // ids
	findings            []string // fingerprints
	fixes               []string // ids
	set                 []string // key=value
}

func (r *fixRequest) chooses() bool {
	return r.allSafe || len(r.checks)+len(r.findings)+len(r.fixes) > 0
}

// valid says what does not go together.
func (r *fixRequest) valid() error {
	modes := 0
	for _, m := range []bool{r.list, r.dryRun, r.apply} {
		if m {
			modes++
		}
	}
	switch {
	case modes > 1:
		return usage("--list, --dry-run and --apply exclude each other: give one")
	case r.list && r.chooses():
		return usage("--list prints every fix: leave out what chooses one")
	case modes == 1 && !r.list && !r.chooses():
		return usage("choose what to fix: --fix ID, --check ID, --finding FINGERPRINT or --all-safe; 'drydock fix --list' shows what there is")
	case len(r.set) > 0 && !r.chooses():
		return usage("--set answers the questions of a fix: choose one with --fix ID or --check ID")
	}
	return nil
}

func fixCommand(sh *shell) *cobra.Command {
	r := &fixRequest{}
	cmd := &cobra.Command{
		Use: "fix [PATH]", Short: "List, show or apply fixes", Args: cobra.MaximumNArgs(1),
		Long: `Repair the project at PATH (the current directory by default).

Without a choice it lists the fixes at hand. With one it shows the diff and the
proof, and writes nothing unless --apply is given. A fix is proven on an overlay
before it is written: its findings are gone, nothing is new, every file parses,
no score falls. It is written all or nothing and 'drydock undo' takes it back.

Exit codes: 0 done, or nothing to do, 2 the request is wrong, 4 the fix was not
applied and the tree is as it was.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.valid(); err != nil {
				return err
			}
			return runFix(cmd.Context(), sh, cmd, pathOf(args), r)
		},
	}
	f := cmd.Flags()
	commonFlags(f)
	f.BoolVar(&r.list, "list", false, "print every fix at hand")
	f.BoolVar(&r.dryRun, "dry-run", false, "print the diff and the proof, and write nothing")
	f.BoolVar(&r.apply, "apply", false, "prove the fix and write it")
	f.BoolVar(&r.allSafe, "all-safe", false, "choose every fix that is safe and asks nothing")
	f.StringSliceVar(&r.checks, "check", nil, "choose the findings of this check, by `ID`; repeatable")
	f.StringSliceVar(&r.findings, "finding", nil, "choose one finding, by `FINGERPRINT`; repeatable")
	f.StringSliceVar(&r.fixes, "fix", nil, "choose a fix, by `ID`; repeatable")
	f.StringArrayVar(&r.set, "set", nil, "answer a question of the fix, as `KEY=VALUE`; repeatable")
	f.Lookup("check").Annotations = map[string][]string{ownFlag: nil}
	return cmd
}

func runFix(ctx context.Context, sh *shell, cmd *cobra.Command, path string, r *fixRequest) error {
	s, err := openSession(sh, cmd, path)
	if err != nil {
		return err
	}
	defer s.close()
	s.everyCheck()
	engine := remediation.NewEngine(s.dir.Path(), "", s.checks, s.opts)
	if r.apply {
		if err := s.settle(engine); err != nil {
			return err
		}
	}
	res, err := s.audit(ctx)
	if err != nil {
		return err
	}
	if r.list || !r.chooses() {
		return s.listFixes(res)
	}
	jobs, err := s.chooseFixes(res, r)
	if err != nil {
		return err
	}
	if len(jobs) == 0 {
		_, err := fmt.Fprintln(sh.out, "nothing to fix: no open finding among those chosen has a fix")
		return err
	}
	plan, err := s.planFixes(ctx, engine, res, jobs, r.set)
	if err != nil {
		return err
	}
	proof, err := engine.Prove(ctx, res, plan)
	if err != nil {
		return s.refused(ctx, err)
	}
	if !r.apply {
		if err := s.showPlan(res, plan, proof); err != nil {
			return err
		}
	}
	if err := proof.Err(); err != nil {
		return exit(exitFix, fmt.Errorf("%s is not applied: %w", plan.Fix.ID, err))
	}
	if !r.apply {
		return nil
	}
	done, err := engine.Apply(ctx, plan, proof)
	if err != nil {
		return s.refused(ctx, err)
	}
	return s.showApplied(path, plan, proof, done)
}

// settle says before anything is asked or computed whether fixes can be written
// at all. What an earlier run left half done is put back first.
func (s *session) settle(engine *remediation.Engine) error {
	said, err := engine.Recover()
	if err == nil {
		err = engine.Writable()
	}
	if err != nil {
		return exit(exitFix, err)
	}
	if said != "" {
		s.sh.note("%s", said)
	}
	return nil
}

// refused is a fix that could not be planned, proven or written; an interrupt
// stays one.
func (s *session) refused(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return err
	}
	return exit(exitFix, err)
}

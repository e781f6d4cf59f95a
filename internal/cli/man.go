package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func manCommand(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use: "man", Short: "Print the manual page", Args: cobra.NoArgs,
		Long: `Print the manual page in the format of man(7). Read it with

    drydock man | man -l -`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(sh.out, manual(cmd.Root()))
			return err
		},
	}
}

// roffText is text as man shows it: nothing in it is a request or an escape.
func roffText(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}

// manual is one page for the program and all its commands.
func manual(root *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH DRYDOCK 1 \"\" \"drydock %s\" \"User commands\"\n", Version)
	fmt.Fprintf(&b, ".SH NAME\ndrydock \\- %s\n", roffText(strings.ToLower(root.Short[:1])+root.Short[1:]))
	b.WriteString(".SH SYNOPSIS\n.B drydock\n[\\fIPATH\\fR]\n")
	for _, c := range shown(root) {
		fmt.Fprintf(&b, ".br\n.B drydock %s\n", roffText(c.Use))
	}
	b.WriteString(".SH DESCRIPTION\n")
	paragraphs(&b, root.Long)
	b.WriteString(".SH OPTIONS\n")
	options(&b, root.Flags())
	b.WriteString(".SH COMMANDS\n")
	for _, c := range shown(root) {
		fmt.Fprintf(&b, ".SS drydock %s\n", roffText(c.Use))
		if c.Long != "" {
			paragraphs(&b, c.Long)
		} else {
			paragraphs(&b, c.Short+".")
		}
		own := pflag.NewFlagSet("", pflag.ContinueOnError)
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if same := root.Flags().Lookup(f.Name); same == nil || same.Usage != f.Usage {
				own.AddFlag(f)
			}
		})
		options(&b, own)
	}
	b.WriteString(manTail)
	return b.String()
}

func shown(root *cobra.Command) (out []*cobra.Command) {
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" && c.Name() != "completion" {
			out = append(out, c)
		}
	}
	return out
}

func paragraphs(b *strings.Builder, text string) {
	for p := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(p, "    ") {
			fmt.Fprintf(b, ".PP\n.nf\n%s\n.fi\n", roffText(p))
			continue
		}
		fmt.Fprintf(b, ".PP\n%s\n", roffText(p))
	}
}

func options(b *strings.Builder, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR", roffText(name))
		if value != "" {
			fmt.Fprintf(b, " \\fI%s\\fR", roffText(value))
		}
		fmt.Fprintf(b, "\n%s\n", roffText(usage))
	})
}

const manTail = `.SH EXIT STATUS
.TP
0
The audit ran; no gate was asked for, or every gate passed.
.TP
1
A gate (\-\-fail\-under, \-\-fail\-on) failed.
.TP
2
The request is wrong; nothing was written.
.TP
3
The audit is incomplete; the report says why.
.TP
4
A fix could not be applied or undone; the tree is as it was before.
.TP
130
Interrupted.
.SH ENVIRONMENT
Every option has a variable: \-\-fail\-under is DRYDOCK_FAIL_UNDER. NO_COLOR, when it is not empty, turns colours off.
VISUAL and EDITOR name the editor.
.SH FILES
.TP
.I drydock.yaml
The project's configuration; \fBdrydock init\fR writes one.
.TP
.I $XDG_CONFIG_HOME/drydock/config.yaml
Your own configuration.
.TP
.I $XDG_STATE_HOME/drydock
The journal and the history of fixes.
`

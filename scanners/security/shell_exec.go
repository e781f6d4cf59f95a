package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// ShellExec finds command lines that are put together and handed to a shell.
var ShellExec = check.PerProject(check.Doc{
	ID:         "security/shell-exec",
	Title:      "Command line built from variables and run by a shell",
	Severity:   finding.High,
	Worst:      finding.Critical,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "A value with a semicolon or a backtick in it is a command of its own, with the rights of the server.",
	How:        "Hand the program and its arguments over as a list, without a shell; put -- before arguments that may begin with a dash.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/OS_Command_Injection_Defense_Cheat_Sheet.html",
		"https://docs.python.org/3/library/subprocess.html#security-considerations",
		"https://nodejs.org/api/child_process.html#child_processexeccommand-options-callback",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("subprocess", "system", "popen", "create_subprocess_shell", "child_process") {
		if forPeople(src.Path) || builds(src) || src.Lang != repo.Python && !src.Mentions("exec", "execSync") {
			continue
		}
		report := func(at finding.Span, what, text string) {
			in := inputsOf(s, src)
			if in.in(text, at.Start) {
				p.Report(src.At(at), "%s runs a line in a shell with data of the request", what).As(finding.Critical).Keyed("%s %s", what, text)
				return
			}
			p.Report(src.At(at), "%s runs a line that is put together in a shell", what).As(finding.Medium).Keyed("%s %s", what, text)
		}
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				if a, ok := pythonShell(py, c); ok && builtPython(s, src, a, c.Func) {
					report(c.Span, c.Callee, a.Text())
				}
			}
			continue
		}
		js := src.JS()
		names := shellNames(js)
		for i := range js.Calls {
			c := &js.Calls[i]
			if len(c.Args) > 0 && runsShell(names, c) && builtScript(js, c.Args[0]) {
				report(c.Span, c.Callee, c.Args[0].Text())
			}
		}
	}
})

// forPeople says whether a file is a tool that its own user runs.
func forPeople(name string) bool {
	for dir := range strings.SplitSeq(strings.ToLower(name), "/") {
		switch dir {
		case "scripts", "script", "bin", "tools", "tool", "cli", "dev", "ci", "hack", "build", "gulpfile.js", "setup.py", "manage.py", "noxfile.py", "tasks.py", "fabfile.py", "commands", "migrations", "tooling", "playground", "benchmark", "benchmarks":
			return true
		}
	}
	return strings.Contains(name, ".config.")
}

// builds says whether a file is a part of a bundler's configuration.
func builds(src *repo.Source) bool {
	for _, m := range src.Modules() {
		switch m {
		case "vite", "webpack", "rollup", "esbuild", "gulp", "@rspack/core", "tsup":
			return true
		}
	}
	return false
}

// pythonShell is the line that a call hands to a shell.
func pythonShell(py *pylex.File, c *pylex.Call) (line pylex.Arg, ok bool) {
	switch name := py.Qualify(c.Callee); name {
	case "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell":
		return c.At(0)
	case "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen":
		shell, has := c.Arg("shell")
		if on, known := shell.Bool(); !has || !known || !on {
			return line, false
		}
		if a, ok := c.Arg("args"); ok {
			return a, true
		}
		return c.At(0)
	}
	return line, false
}

// builtPython says whether a line is put together of parts that are no literals.
func builtPython(s *repo.Snapshot, src *repo.Source, a pylex.Arg, in int) bool {
	switch a.Kind {
	case pylex.ValueFString:
		return !strings.Contains(a.Text(), "shlex.quote(") && !strings.Contains(a.Text(), "quote(")
	case pylex.ValueIdent:
		for _, v := range src.Py().Assigns {
			if v.Target == a.Ident && v.Func == in && v.Func >= 0 && v.Span.Start < a.Span.Start && (v.Value.Kind == pylex.ValueFString || len(v.Value.Terms("+", 20)) > 0 || strings.HasSuffix(v.Value.Callee, ".format")) {
				return !strings.Contains(v.Value.Text(), "quote(")
			}
		}
		return inputsOf(s, src).in(a.Text(), a.Span.Start)
	}
	if strings.HasSuffix(a.Callee, ".format") {
		return !strings.Contains(a.Text(), "quote(")
	}
	if terms := a.Terms("+", 20); len(terms) > 0 {
		for _, t := range terms {
			if !t.IsLiteral && !strings.Contains(t.Text(), "quote(") {
				return true
			}
		}
	}
	if terms := a.Terms("%", 20); len(terms) > 1 {
		return !strings.Contains(a.Text(), "quote(")
	}
	return false
}

// shellNames are what a file calls the functions that run a line in a shell.
func shellNames(js *jslex.File) map[string]bool {
	names := map[string]bool{}
	for _, i := range js.Imports {
		if i.Module != "child_process" && i.Module != "node:child_process" {
			continue
		}
		for _, n := range i.Names {
			if n.Name == "exec" || n.Name == "execSync" {
				name := n.Alias
				if name == "" {
					name = n.Name
				}
				names[name] = true
			}
		}
		for _, module := range []string{i.Default, i.Namespace} {
			if module != "" {
				names[module+".exec"], names[module+".execSync"] = true, true
			}
		}
	}
	for _, a := range js.Assigns { // const run = promisify(exec)
		if strings.HasSuffix(a.Value.Callee, "promisify") {
			if c, ok := a.Value.Call(); ok && len(c.Args) == 1 && names[c.Args[0].Ident] {
				names[a.Target] = true
			}
		}
	}
	return names
}

func runsShell(names map[string]bool, c *jslex.Call) bool { return names[c.Callee] }

// builtScript says whether a line is put together of parts that are no literals.
func builtScript(js *jslex.File, a jslex.Arg) bool {
	if a.Kind == jslex.ValueIdent && a.Ident != "" {
		if v, ok := js.Variable(a.Ident); ok && !a.Parameter() {
			a = v
		}
	}
	text := a.Text()
	if strings.Contains(text, "quote(") || strings.Contains(text, "escape(") {
		return false
	}
	switch a.Kind {
	case jslex.ValueTemplate:
		return true
	case jslex.ValueOther:
		return strings.Contains(text, "+") && strings.ContainsAny(text, "\"'`")
	}
	return false
}

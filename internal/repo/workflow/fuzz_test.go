package workflow

import (
	"testing"

	"drydock/internal/finding"
)

func FuzzSpansStayInside(f *testing.F) {
	names := []string{".github/workflows/a.yml", "action.yml", ".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", ".travis.yml", ".drone.yml", ".woodpecker.yml", "Jenkinsfile",
		".buildkite/pipeline.yml", "appveyor.yml", ".tekton/a.yml", ".teamcity/settings.kts", "cloudbuild.yaml", "buildspec.yml"}
	for _, src := range []string{
		github, flows, "a: &a\n  script: [*a, &b x, *b]\n<<: *a\n", "sh '''a\\\n", "pipelines: {default: [{step: {script: [a]}}, {parallel: [{step: {}}]}]}", "\xff\x00",
		"a: {extends: [b], script: !reference [b, script], rules: [{if: $A == \"x\", when: manual}], only: [main]}\nb: {script: [x], needs: [a]}\n",
		"commands: {c: {parameters: {p: {default: x}}, steps: [{run: '<< parameters.p >>'}]}}\njobs: {j: {steps: [{c: {p: y}}]}}\nworkflows: {w: {jobs: [{j: {requires: [h], filters: {tags: {only: /v/}}}}, {h: {type: approval}}]}}\n",
		"stage('a') { when { not { branch 'b' } }\n input { message 'm' }\n dir('d') { sh(script: \"x ${y}\" + 'z', returnStatus: true) } } // c",
		"apiVersion: tekton.dev/v1\nspec: {tasks: [{name: a, taskSpec: {steps: [{command: [sh, -c], args: [x]}]}}]}\n",
		"steps: [{label: l, command: [a], if: build.branch == 'x'}, {block: b}, {group: g, steps: [{command: c}]}, {name: d, entrypoint: bash, args: [-c, e]}]\n",
		"BuildType({ name = \"n\"; script { scriptContent = \"\"\"a\nb\"\"\" } })",
		"stages: [{stage: s, condition: \"eq(variables['Build.Reason'], 'x')\", jobs: [{job: j, steps: [{template: t, parameters: {steps: [{bash: b}]}}, {task: Bash@3, inputs: {script: s}}]}]}]\n",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, name := range names {
			p, _ := Parse(name, src)
			outline(t, string(src), p)
			runs(t, string(src), p)
			spans(t, string(src), p)
			JoinGitLab([]Part{{"a", p}, {"b", p}})
		}
	})
}

// spans sees to it that all that a pipeline says of places is inside the file.
func spans(t *testing.T, src string, p *Pipeline) {
	for _, in := range p.Included {
		cut(t, src, in.Span)
	}
	for _, o := range p.Orbs {
		cut(t, src, o.Span)
	}
	for i := range p.Jobs {
		j := &p.Jobs[i]
		for _, s := range []finding.Span{j.IfSpan, j.EnvironmentSpan, j.UsesSpan, j.Image.Span, j.Defaults.Dir.Span, j.Defaults.Shell.Span} {
			cut(t, src, s)
		}
		for _, list := range [][]Var{j.Env, j.With, j.Secrets, j.Outputs, j.ImageLogin} {
			for _, v := range list {
				cut(t, src, v.Span)
				cut(t, src, v.NameSpan)
				cut(t, src, v.SpanOf(0, len(v.Value)))
			}
		}
		for _, list := range [][]Ref{j.Needs, j.RunsOn} {
			for _, r := range list {
				cut(t, src, r.Span)
			}
		}
		for _, r := range j.Rules {
			cut(t, src, r.Span)
		}
		if j.Gate != nil {
			cut(t, src, j.Gate.Span)
		}
		for k := range j.Steps {
			s := &j.Steps[k]
			for _, at := range []finding.Span{s.RunSpan, s.IfSpan, s.UsesSpan, s.SpanOf(0, len(s.Run))} {
				cut(t, src, at)
			}
		}
	}
	found, passes := p.Flows()
	for _, f := range found {
		cut(t, src, f.Span)
	}
	for _, f := range passes {
		cut(t, src, f.Span)
	}
}

package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// ImageAptHygiene finds package managers that are used in a build as on a desk.
var ImageAptHygiene = check.PerProject(check.Doc{
	ID:         "containers/image-apt-hygiene",
	Title:      "Package manager leaves waste in the image",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.2,
	Why:        "Lists and caches that nobody reads again make every pull larger. A list that was fetched in a layer of its own stays as old as that layer, and the next install fails on packages that the mirror no longer has.",
	How:        "Do it all in one RUN: apt-get update && apt-get install -y --no-install-recommends … && rm -rf /var/lib/apt/lists/*; apk add --no-cache; dnf install -y … && dnf clean all; pip install --no-cache-dir.",
	Holds:      "Package managers leave nothing behind",
	References: []string{"https://docs.docker.com/build/building/best-practices/#apt-get", "https://docs.docker.com/build/building/best-practices/#run", "https://pip.pypa.io/en/stable/topics/caching/"},
	Attaches:   finding.Review,
	Peers: []finding.Peer{
		check.Broader("hadolint", "DL3009"), check.Broader("hadolint", "DL3015"), check.Broader("hadolint", "DL3014"), check.Broader("hadolint", "DL3019"),
		check.Broader("hadolint", "DL3032"), check.Broader("hadolint", "DL3040"), check.Broader("hadolint", "DL3042"), check.Broader("hadolint", "DL3036"),
		check.Broader("hadolint", "DL3030"), check.Broader("hadolint", "DL3034"), check.Broader("hadolint", "DL3038"), check.Broader("hadolint", "DL3060"),
		check.Broader("trivy", "update_instruction_alone"), check.Broader("trivy", "apt_get_missing_no_install_recommends"), check.Broader("trivy", "apt_get_missing_yes_flag_to_avoid_manual_input"),
		check.Broader("trivy", "missing_apk_no_cache"), check.Broader("trivy", "missing_dnf_clean_all"), check.Broader("trivy", "missing_microdnf_clean_all"),
		check.Broader("trivy", "missing_zypper_clean"), check.Broader("trivy", "yum_clean_all_missing"),
		check.Broader("kics", "update_instruction_alone"), check.Broader("kics", "apt_get_install_lists_were_not_deleted"), check.Broader("kics", "apt_get_not_avoiding_additional_packages"),
		check.Broader("kics", "apt_get_missing_flags_to_avoid_manual_input"), check.Broader("kics", "yum_install_allows_manual_input"), check.Broader("kics", "missing_flag_from_dnf_install"),
		check.Broader("kics", "missing_zypper_non_interactive_switch"), check.Broader("kics", "yum_clean_all_missing"), check.Broader("kics", "missing_dnf_clean_all"),
		check.Broader("kics", "missing_zypper_clean"), check.Broader("kics", "pip_install_keeping_cached_packages"), check.Broader("checkov", "UpdateNotAlone"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		for _, stage := range d.stages {
			judgeHygiene(p, d.Dockerfile, stage, d.kept[stage])
		}
	}
})

// judgeHygiene looks at each RUN of a stage. kept says whether its layers are in an
// image: what a build stage leaves behind goes with it.
func judgeHygiene(p *check.Pass, d *repo.Dockerfile, stage *dockerfile.Stage, kept bool) {
	settings := map[string]string{}
	for _, v := range stage.Effective() {
		settings[v.Name] = v.Resolved
	}
	for _, run := range stage.Runs() {
		all := stepsOf(run)
		found := waste{d: d, run: run, all: all}
		used := false
		for k, c := range all {
			m := managerOf(c)
			if m == nil {
				if kept {
					found.add(pipCache(c, run, settings), c, "--no-cache-dir")
				}
				continue
			}
			used = used || m.does(c, m.install)
			found.add(alone(m, c, all), c, "")
			if m.does(c, m.install) || m.does(c, m.upgrade) {
				if !m.answers(c) && !assumesYes(settings, all) {
					found.add(c.tool+" asks for confirmation, which nobody gives (no -y)", c, "-y")
				}
				if kept {
					found.add(recommends(c, m, run), c, "--no-install-recommends")
					found.add(leftBehind(m, c, all[k+1:], run), c, cleanWord(m))
				}
			}
		}
		switch {
		case len(found.faults) > 0:
			found.report(p)
		case used && kept:
			p.Holds(d.At(run.Span), "the packages are installed without leaving lists or caches behind")
		}
	}
}

// alone says whether lists are fetched, or the system upgraded, in a RUN that
// installs nothing.
func alone(m *manager, c step, all []step) string {
	upgrade := m.does(c, m.upgrade) && managerOf(c) != managers["apt-get"] && c.tool != "apk" && c.tool != "zypper"
	if !m.does(c, m.refresh) && !upgrade || c.option("--no-cache") {
		return ""
	}
	for _, o := range all {
		if mo := managerOf(o); mo == nil {
			if o.tool == "install" || path.Ext(o.tool) == ".sh" || o.tool == "sh" || o.tool == "bash" {
				return "" // a script may install
			}
		} else if mo.does(o, mo.install) || o.Span != c.Span && (mo.does(o, mo.upgrade) || o.has("build-dep")) {
			return ""
		} else if m.cleans(o) {
			return ""
		}
	}
	for _, o := range all {
		if m.cleans(o) {
			return ""
		}
	}
	return c.tool + " " + strings.Join(c.args[:min(1, len(c.args))], "") + " stands in a layer of its own, which the cache keeps for ever"
}

// recommends says whether apt installs what packages merely recommend.
func recommends(c step, m *manager, run dockerfile.Command) string {
	if m != managers["apt-get"] || !m.does(c, []string{"install"}) || c.has("--no-install-recommends") || strings.Contains(run.Text, "Install-Recommends") {
		return ""
	}
	return c.tool + " installs recommended packages too (no --no-install-recommends)"
}

// leftBehind says what an install leaves in the layer.
func leftBehind(m *manager, c step, rest []step, run dockerfile.Command) string {
	if hasCacheMount(run.Inst) || !m.does(c, m.install) || len(c.operands()) == 0 && c.tool == "zypper" {
		return ""
	}
	if c.tool == "apk" && (c.option("--no-cache") || c.option("--cache-dir")) {
		return ""
	}
	if slices.ContainsFunc(rest, m.cleans) || strings.Contains(run.Text, "/var/lib/apt/lists") && m == managers["apt-get"] || strings.Contains(run.Text, "tmpfs") {
		return ""
	}
	switch {
	case m == managers["apt-get"]:
		return c.tool + " leaves its lists in the layer"
	case c.tool == "apk":
		return "apk leaves its index in the layer (no --no-cache)"
	}
	return c.tool + " leaves its cache in the layer (no " + c.tool + " clean all)"
}

// pipCache says whether pip keeps what it downloaded.
func pipCache(c step, run dockerfile.Command, settings map[string]string) string {
	if (c.tool != "pip" && c.tool != "pip3") || c.verb() != "install" || c.option("--no-cache-dir", "--no-cache") || hasCacheMount(run.Inst) {
		return ""
	}
	if v := settings["PIP_NO_CACHE_DIR"]; v != "" {
		return ""
	}
	if slices.ContainsFunc(c.Env, func(e string) bool { return strings.HasPrefix(e, "PIP_NO_CACHE_DIR=") }) || strings.Contains(run.Text, ".cache/pip") || strings.Contains(run.Text, "pip cache purge") || strings.Contains(run.Text, "rm -rf /root/.cache") || strings.Contains(run.Text, "rm -rf ~/.cache") {
		return ""
	}
	return "pip keeps its downloads in the layer (no --no-cache-dir)"
}

// assumesYes says whether a setting answers for the manager.
func assumesYes(settings map[string]string, all []step) bool {
	if settings["APT_GET_ASSUME_YES"] != "" {
		return true
	}
	return slices.ContainsFunc(all, func(c step) bool {
		return c.tool == "yes" || strings.Contains(strings.Join(c.args, " "), "Assume-Yes") || strings.Contains(strings.Join(c.args, " "), "assumeyes")
	})
}

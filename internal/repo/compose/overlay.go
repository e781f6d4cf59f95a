package compose

// runtime merges what most services do not say.
func (m layer) runtime(out *Runtime, base Runtime) {
	for _, t := range []struct {
		key   string
		into  *Text
		below Text
	}{
		{"platform", &out.Platform, base.Platform}, {"pull_policy", &out.PullPolicy, base.PullPolicy}, {"hostname", &out.Hostname, base.Hostname},
		{"stop_signal", &out.StopSignal, base.StopSignal}, {"runtime", &out.OCIRuntime, base.OCIRuntime}, {"cgroup", &out.Cgroup, base.Cgroup},
		{"uts", &out.UTS, base.UTS}, {"shm_size", &out.ShmSize, base.ShmSize}, {"memswap_limit", &out.MemSwap, base.MemSwap},
		{"mem_reservation", &out.Reserved, base.Reserved}, {"provider", &out.Provider, base.Provider},
	} {
		m.text(t.key, t.into, t.below)
	}
	for _, f := range []struct {
		key   string
		into  *Flag
		below Flag
	}{
		{"oom_kill_disable", &out.OOMKillOff, base.OOMKillOff}, {"tty", &out.TTY, base.TTY}, {"stdin_open", &out.StdinOpen, base.StdinOpen},
		{"use_api_socket", &out.APISocket, base.APISocket},
	} {
		if !f.into.Set() && m.keeps(f.key) {
			*f.into = f.below
		}
	}
	for _, l := range []struct {
		key   string
		into  *[]Text
		below []Text
	}{
		{"devices", &out.Devices, base.Devices}, {"device_cgroup_rules", &out.DeviceRules, base.DeviceRules}, {"group_add", &out.GroupAdd, base.GroupAdd},
		{"volumes_from", &out.VolumesFrom, base.VolumesFrom}, {"extra_hosts", &out.ExtraHosts, base.ExtraHosts}, {"dns", &out.DNS, base.DNS},
		{"external_links", &out.ExternalLinks, base.ExternalLinks}, {"label_file", &out.LabelFiles, base.LabelFiles}, {"models", &out.Models, base.Models},
	} {
		*l.into = merge(m, l.key, l.below, *l.into, func(t Text) string { return t.Value })
	}
	if !out.GPUs.Set() && m.keeps("gpus") {
		out.GPUs = base.GPUs
	}
	out.Sysctls = merge(m, "sysctls", base.Sysctls, out.Sysctls, func(p Pair) string { return p.Name })
	out.Annotations = merge(m, "annotations", base.Annotations, out.Annotations, func(p Pair) string { return p.Name })
	out.Ulimits = merge(m, "ulimits", base.Ulimits, out.Ulimits, func(u Ulimit) string { return u.Name })
	out.Watch = merge(m, "develop", base.Watch, out.Watch, func(w Watch) string { return w.Path.Value + ":" + w.Target.Value })
	out.PostStart = merge(m, "post_start", base.PostStart, out.PostStart, func(h Hook) string { return h.Command.Text })
	out.PreStop = merge(m, "pre_stop", base.PreStop, out.PreStop, func(h Hook) string { return h.Command.Text })
}

func (m layer) deploy(out, base *Service) {
	if !m.keeps("deploy") {
		return
	}
	if !out.Deploy.Set() {
		out.Deploy.Place = base.Deploy.Place
	}
	m.text("deploy", &out.Deploy.Mode, base.Deploy.Mode)
	m.text("deploy", &out.Deploy.Replicas, base.Deploy.Replicas)
	m.text("deploy", &out.Deploy.RestartPolicy, base.Deploy.RestartPolicy)
	m.text("deploy", &out.Deploy.MaxAttempts, base.Deploy.MaxAttempts)
	m.text("deploy", &out.Deploy.UpdateOrder, base.Deploy.UpdateOrder)
	m.text("deploy", &out.Deploy.OnFailure, base.Deploy.OnFailure)
	m.text("deploy", &out.Deploy.Reserved.Memory, base.Deploy.Reserved.Memory)
	m.text("deploy", &out.Deploy.Reserved.CPUs, base.Deploy.Reserved.CPUs)
	out.Deploy.Constraints = append(base.Deploy.Constraints[:len(base.Deploy.Constraints):len(base.Deploy.Constraints)], out.Deploy.Constraints...)
	out.Deploy.Labels = merge(layer{}, "labels", base.Deploy.Labels, out.Deploy.Labels, func(p Pair) string { return p.Name })
}

// overlayLogging merges the options of one driver; another driver brings its own.
func overlayLogging(base, over Logging) Logging {
	if !over.Set() {
		return base
	}
	if over.Driver.Set() && over.Driver.Value != base.Driver.Value {
		return over
	}
	over.Driver = base.Driver
	over.Options = merge(layer{}, "options", base.Options, over.Options, func(p Pair) string { return p.Name })
	return over
}

func overlayBuild(base, over Build) Build {
	if !over.Set() {
		return base
	}
	if base.Set() && over.Context.Span == over.Span {
		over.Context = base.Context // over writes none of its own
	}
	if !over.Dockerfile.Set() {
		over.Dockerfile = base.Dockerfile
	}
	if !over.Target.Set() {
		over.Target = base.Target
	}
	over.Args = merge(layer{}, "args", base.Args, over.Args, func(v EnvVar) string { return v.Name })
	over.Contexts = merge(layer{}, "", base.Contexts, over.Contexts, func(v Pair) string { return v.Name })
	over.Labels = merge(layer{}, "", base.Labels, over.Labels, func(v Pair) string { return v.Name })
	for _, t := range []struct {
		into  *Text
		below Text
	}{{&over.Inline, base.Inline}, {&over.Network, base.Network}} {
		if !t.into.Set() {
			*t.into = t.below
		}
	}
	for _, l := range []struct {
		into  *[]Text
		below []Text
	}{
		{&over.CacheFrom, base.CacheFrom}, {&over.Platforms, base.Platforms}, {&over.Secrets, base.Secrets}, {&over.SSH, base.SSH}, {&over.Tags, base.Tags},
	} {
		*l.into = merge(layer{}, "", l.below, *l.into, func(t Text) string { return t.Value })
	}
	for _, f := range []struct {
		into  *Flag
		below Flag
	}{{&over.NoCache, base.NoCache}, {&over.Pull, base.Pull}, {&over.Elevated, base.Elevated}} {
		if !f.into.Set() {
			*f.into = f.below
		}
	}
	return over
}

func overlayHealthcheck(base, over Healthcheck) Healthcheck {
	if !over.Present {
		return base
	}
	if len(over.Test) == 0 && !over.Disabled {
		over.Test, over.TestText, over.IsList, over.TestAt, over.Disabled = base.Test, base.TestText, base.IsList, base.TestAt, base.Disabled
	}
	for _, pair := range []struct {
		into  *Text
		below Text
	}{
		{&over.Interval, base.Interval}, {&over.Timeout, base.Timeout}, {&over.Retries, base.Retries}, {&over.Start, base.Start}, {&over.StartInterval, base.StartInterval},
	} {
		if !pair.into.Set() {
			*pair.into = pair.below
		}
	}
	return over
}

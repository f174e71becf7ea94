package container

import "strings"

// charliecloud runs the task by `ch-run` in an unpacked image.
// Nextflow docs: container#charliecloud
func charliecloud(s Spec) Lines {
	c := s.Container
	w := words{`ch-run --unset-env="*" -c "$NXF_TASK_WORKDIR" --set-env`}
	switch {
	case c.WriteFake:
		w.add("--write-fake")
	case !c.ReadOnlyInputs:
		w.add("-w")
	}
	pass := func(name string) { w.add(`${` + name + `:+--set-env=` + name + `="$` + name + `"}`) }
	pass("NXF_TASK_WORKDIR")
	if s.Traced {
		w.add(`--set-env=NXF_DEBUG="${NXF_DEBUG:=0}"`)
	}
	for _, v := range c.EnvWhitelist {
		if key, value, ok := strings.Cut(v, "="); ok {
			w.add("--set-env=" + key + `="` + value + `"`)
		} else {
			pass(v)
		}
	}
	w.add(temporary(s, "-b ", ":/tmp"))
	for _, p := range mounts(s) {
		w.add("-b " + Quote(p))
	}
	if s.Scratch {
		w.add(`-b "$NXF_TASK_WORKDIR"`)
	}
	w.add(c.RunOptions, c.Options, Quote(c.Image), "--", innerShell(s))
	return Lines{Run: w.String() + s.Redirect}
}

// temporary is the option that mounts a directory as /tmp: a new one with
// `auto`, which is the scratch directory if there is one. Variables in the name
// are the host's.
func temporary(s Spec, option, end string) string {
	dir := s.Container.Temp
	switch {
	case dir == "":
		return ""
	case dir == "auto" && s.Scratch:
		return option + "$NXF_SCRATCH" + end
	case dir == "auto":
		return option + "$(nxf_mktemp)" + end
	case !strings.Contains(dir, "$"):
		return option + Quote(dir) + end
	case onlyPlain(strings.ReplaceAll(dir, "$", "")):
		return option + dir + end
	}
	return option + `"` + strings.ReplaceAll(InDouble(dir), `\$`, "$") + `"` + end
}

// innerShell is the command as further words of the line.
func innerShell(s Spec) string {
	if s.HasEnv {
		return `/bin/bash -c "` + inner(s) + `"`
	}
	return s.Command
}

package container

import "strings"

// singularity runs the task by `singularity exec`; the image is a file or a
// URI that the engine takes.
// Nextflow docs: container#singularity
func singularity(s Spec) Lines { return execLine(s, "singularity", "SINGULARITYENV_") }

// execLine is what singularity and apptainer share. The host's environment stays
// outside but for a few names, which travel with the engine's prefix.
func execLine(s Spec, name, prefix string) Lines {
	c := s.Container
	var w words
	w.add("set +u;")
	w.add(clearEnv(s.Secrets, prefix)...)
	w.add(`PATH="$PATH"`)
	pass := func(name string) { w.add("${" + name + ":+" + prefix + name + `="$` + name + `"}`) }
	pass("TMP")
	pass("TMPDIR")
	if c.OCI { // of its own, for the session's services that this mode asks
		for _, name := range []string{"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"} {
			w.add("${" + name + ":+" + name + `="$` + name + `"}`)
		}
	}
	pass("NXF_TASK_WORKDIR")
	if s.Traced {
		w.add(prefix + `NXF_DEBUG="${NXF_DEBUG:=0}"`)
	}
	for _, v := range c.EnvWhitelist {
		if key, value, ok := strings.Cut(v, "="); ok {
			w.add(prefix + key + `="` + value + `"`)
		} else {
			pass(v)
		}
	}
	w.add(program(c, name)...)
	w.add("exec --no-home")
	switch {
	case c.OCI:
		w.add("--oci")
	case !c.SamePids:
		w.add("--pid")
	}
	if !c.NoMounts {
		for _, p := range mounts(s) {
			w.add("-B " + Quote(p))
		}
		if s.Scratch {
			w.add(`-B "$NXF_TASK_WORKDIR"`)
		}
	}
	cd := "cd $NXF_TASK_WORKDIR; "
	if Quote(s.WorkDir) != s.WorkDir {
		cd = `cd \"\$NXF_TASK_WORKDIR\"; `
	}
	w.add(c.RunOptions, c.Options, Quote(c.Image), `/bin/bash -c "`+cd+inner(s)+`"`)
	return Lines{Run: w.String() + s.Redirect}
}

// clearEnv begins the command of a cleared environment. Secrets are set by the
// shell and left in it: on a command line others could read them.
func clearEnv(secrets []string, prefix string) (w words) {
	if len(secrets) == 0 {
		return words{"env -"}
	}
	for _, name := range secrets {
		w.add("export " + prefix + name + `="$` + name + `";`)
	}
	w.add("env $(compgen -e | sed '/^" + prefix + "/d; s/^/-u /')")
	return w
}

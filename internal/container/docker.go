package container

// docker runs the task by `docker run`.
// Nextflow docs: container#docker
func docker(s Spec) Lines {
	c := s.Container
	w := program(c, "docker")
	w.add("run -i")
	w.add(limits(s)...)
	if c.TTY {
		w.add("-t")
	}
	w.add(boxEnv(s)...)
	w.add(volumes(s)...)
	w.add(`-w "$NXF_TASK_WORKDIR"`, c.RunOptions, c.Options, "--name $NXF_BOXID", Quote(c.Image))
	return boxLines(s, "docker", w)
}

// boxEnv are the -e options that docker and podman share.
func boxEnv(s Spec) []string {
	w := []string{`-e "NXF_TASK_WORKDIR"`}
	if s.Traced {
		w = append(w, `-e "NXF_DEBUG=${NXF_DEBUG:=0}"`)
	}
	if s.Container.FixOwnership {
		w = append(w, `-e "NXF_OWNER=$(id -u):$(id -g)"`)
	}
	for _, name := range s.Secrets {
		w = append(w, `-e "`+name+`"`)
	}
	for _, name := range s.Container.EnvWhitelist {
		w = append(w, "-e "+`"`+InDouble(name)+`"`)
	}
	return w
}

// boxLines ends the command line and adds how to stop and remove the box.
func boxLines(s Spec, name string, w words) Lines {
	c := s.Container
	w.add(innerShell(s))
	l := Lines{Run: w.String() + s.Redirect, Named: true}
	cmd := name
	if c.Sudo {
		cmd = "sudo " + name
	}
	switch c.Kill {
	case "", "true":
		l.Kill = cmd + " stop $NXF_BOXID"
	case "false":
	default:
		l.Kill = cmd + " kill -s " + Quote(c.Kill) + " $NXF_BOXID"
	}
	if !c.Keep {
		l.Remove = cmd + " rm $NXF_BOXID &>/dev/null || true"
	}
	return l
}

package container

import "sluice/internal/task"

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
	w.add(`-w "$NXF_TASK_WORKDIR"`, entryPoint(c), c.RunOptions, c.Options, "--name $NXF_BOXID", Quote(c.Image))
	return boxLines(s, "docker", w)
}

// entryPoint is the option that puts a shell in the place of the image's own
// entry point, which else gets the command as its arguments.
func entryPoint(c *task.Container) string {
	if c.EntryPoint {
		return "--entrypoint /bin/bash"
	}
	return ""
}

// boxCommand is what follows the image.
func boxCommand(s Spec) string {
	if s.Container.EntryPoint {
		return `-c "` + inner(s) + `"`
	}
	return innerShell(s)
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

// End is the shell text that ends and removes a container whose wrapper is no
// longer there to do it; "" if the engine's containers end with their wrapper,
// or are to be left alone.
func End(c *task.Container, box string) string {
	if c == nil || c.Engine != "docker" && c.Engine != "podman" || c.Kill == "false" {
		return ""
	}
	cmd := c.Engine
	if c.Sudo {
		cmd = "sudo " + cmd
	}
	end := cmd + " kill " + box
	if !c.Keep {
		end += "; " + cmd + " rm -f " + box
	}
	return "{ " + end + "; } &>/dev/null || true"
}

// boxLines ends the command line and adds how to stop and remove the box.
func boxLines(s Spec, name string, w words) Lines {
	c := s.Container
	w.add(boxCommand(s))
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

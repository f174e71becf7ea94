package container

// sarus runs the task by `sarus run`, after a pull by the task itself.
// Nextflow docs: container#sarus
func sarus(s Spec) Lines {
	c := s.Container
	image := Quote(c.Image)
	w := words{"sarus run"}
	if c.TTY {
		w.add("-t")
	}
	w.add(boxEnv(s)...)
	mount := func(p string) { w.add("--mount=type=bind,source=" + p + ",destination=" + p) }
	for _, p := range mounts(s) {
		mount(Quote(p))
	}
	if s.Scratch {
		mount(`"$NXF_TASK_WORKDIR"`)
	}
	w.add(`-w "$NXF_TASK_WORKDIR"`, c.RunOptions, c.Options, image, innerShell(s))
	return Lines{Run: "sarus pull " + image + " 1>&2\n    " + w.String() + s.Redirect}
}

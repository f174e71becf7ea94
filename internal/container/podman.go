package container

// podman runs the task by `podman run`.
// Nextflow docs: container#podman
func podman(s Spec) Lines {
	c := s.Container
	w := program(c, "podman")
	w.add("run -i")
	w.add(boxEnv(s)...)
	w.add(volumes(s)...)
	w.add(`-w "$NXF_TASK_WORKDIR"`, entryPoint(c), c.RunOptions, c.Options)
	w.add(limits(s)...)
	w.add("--name $NXF_BOXID", Quote(c.Image))
	return boxLines(s, "podman", w)
}

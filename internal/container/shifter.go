package container

import "strings"

// shifter runs the task by `shifter`. The image is pulled by the task itself,
// which waits until the gateway has it.
// Nextflow docs: container#shifter
func shifter(s Spec) Lines {
	c := s.Container
	image := Quote(c.Image)
	run := words{"env"}
	pass := func(name string) { run.add(`${` + name + `:+"` + name + `=$` + name + `"}`) }
	pass("NXF_TASK_WORKDIR")
	if s.Traced {
		run.add(`NXF_DEBUG="${NXF_DEBUG:=0}"`)
	}
	for _, v := range c.EnvWhitelist {
		if key, value, ok := strings.Cut(v, "="); ok {
			run.add(key + "=" + Quote(value))
		} else {
			pass(v)
		}
	}
	run.add("shifter", c.RunOptions, c.Options, "--image", image, innerShell(s))
	return Lines{Run: strings.Join([]string{
		"shifterimg pull " + image + " 1>&2",
		"while ! shifterimg lookup " + image + " 1>&2; do",
		"    sleep 5",
		"    STATUS=$(shifterimg -v pull " + image + " | tail -n2 | head -n1 | awk '{print $6}')",
		`    [[ $STATUS == FAILURE || -z $STATUS ]] && printf '%s\n' "Shifter failed to pull image ` + InDouble(c.Image) + `" >&2 && exit 1`,
		"done",
		run.String() + s.Redirect,
	}, "\n    ")}
}

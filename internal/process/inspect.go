package process

import (
	"sluice/internal/container"
	"sluice/internal/lang/value"
)

// Container is the image that the process would run in, without a task: what
// its definition and the configuration say of it, inputs being null. It is ""
// if they name none.
func (p *Process) Container() (string, error) {
	d := p.def
	if err := d.compile(); err != nil {
		return "", err
	}
	n := &node{run: d.run, def: d, alias: p.Name, name: p.Name}
	var err error
	if n.settings, n.labels, err = n.merge(); err != nil {
		return "", err
	}
	in := n.newInstance(0)
	image, err := in.image()
	if err == nil {
		err = in.err
	}
	if err != nil || image == nil {
		return "", err
	}
	return d.run.reference(value.ToString(image)), nil
}

// reference is an image as the engine that is switched on knows it, wherever
// the file is kept that it becomes.
func (r *Run) reference(image string) string {
	box := r.Box
	switch {
	case box.Engine == "shifter":
		return container.Typed(image)
	case !container.Pulls(box.Engine):
		return container.Reference(image, box.Registry, box.RegistryOverride)
	case box.OciAutoPull || box.OciMode:
		if url, _ := container.Source(image, box.Registry, box.RegistryOverride, r.launchFile); url != "" {
			return url
		}
	}
	return image
}

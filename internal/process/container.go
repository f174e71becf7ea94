package process

import (
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/container"
	"sluice/internal/lang/value"
	"sluice/internal/task"
)

// container is how the engine that is switched on runs an image.
func (r *Run) container(image string) *task.Container {
	k := r.Box
	c := &task.Container{
		Engine: k.Engine, Image: image, RunOptions: k.RunOptions, EngineOptions: k.EngineOptions,
		EnvWhitelist: k.EnvWhitelist, Temp: k.Temp, MountFlags: k.MountFlags, Kill: k.Kill, Sudo: k.Sudo, TTY: k.TTY,
		WriteFake: k.WriteFake, FixOwnership: k.FixOwnership, Keep: !k.Remove, NoMounts: !k.AutoMounts, ReadOnlyInputs: !k.WritableInputs, OCI: k.OciMode, EntryPoint: k.EntryPoint, Legacy: k.Legacy, SamePids: !k.NewPids,
	}
	image = strings.TrimSpace(image)
	if !container.Pulls(k.Engine) {
		c.Image = container.Reference(image, k.Registry, k.RegistryOverride)
		if k.Engine == "shifter" {
			c.Image = container.Typed(image)
		}
		return c
	}
	here := r.launchFile
	if k.Engine == "charliecloud" { // its images are directories, of which any may have such a name
		here = func(string) (string, bool) { return "", false }
		image = strings.TrimPrefix(image, "docker://") // the registry is for these too
	}
	url, path := container.Source(image, k.Registry, k.RegistryOverride, here)
	switch {
	case path != "":
		c.Image = path
	case k.Engine == "charliecloud":
		name, dir := container.Unpacked(url)
		c.Image, c.Source = filepath.Join(k.CacheDir, dir), name
	case strings.HasPrefix(url, "docker://") && (k.OciAutoPull || k.OciMode):
		c.Image = url
	default:
		c.Image, c.Source = filepath.Join(k.CacheDir, container.File(url)), url
		if k.LibraryDir == "" {
			break
		}
		if kept := filepath.Join(k.LibraryDir, container.File(url)); exists(kept) {
			c.Image, c.Source = kept, ""
		}
	}
	return c
}

// launchFile finds a file by a name relative to the launch directory.
func (r *Run) launchFile(name string) (string, bool) {
	path := filepath.Join(r.LaunchDir, name)
	return path, exists(path)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Asking names a process that has a directive (container, conda, spack), "" if
// none does.
func (r *Run) Asking(directive string) string {
	for _, n := range r.all {
		v := n.settings.GetString(directive)
		if v != nil && v != value.Value(value.Bool(false)) && !n.def.native() && !n.def.madeStub() {
			return n.name
		}
	}
	return ""
}

package engine

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sluice/internal/config"
	"sluice/internal/container"
	"sluice/internal/lang/diag"
	"sluice/internal/software"
	"sluice/internal/task"
)

// host is this machine for the makers of images and environments.
func (r *run) host() *software.Host {
	path, _ := r.o.Getenv("PATH")
	return &software.Host{Ctx: r.ctx, Environ: r.o.Environ, Path: path, Notice: r.notice, Warn: r.warn}
}

// provide makes what a task needs before it starts.
func (r *run) provide(t *task.Task) error {
	if err := r.images.Prepare(t); err != nil {
		return err
	}
	for _, e := range []*software.Environments{r.conda, r.spack} {
		if e == nil {
			continue
		}
		if err := e.Prepare(t); err != nil {
			return err
		}
	}
	return nil
}

// boxes reads the container engine that is switched on, and where it keeps its
// images.
func (r *run) boxes() error {
	box, problems := r.config.EnabledContainer()
	if err := problems.Err(); err != nil {
		return err
	}
	if over, _ := r.o.Getenv("NXF_CONTAINER_ENTRYPOINT_OVERRIDE"); over == "true" {
		box.EntryPoint = true
	}
	r.box = box
	r.images = software.NewImages(r.host())
	r.images.Engine, r.images.NoHTTPS = box.Engine, box.NoHTTPS
	r.images.Timeout = time.Duration(box.PullTimeout) * time.Millisecond
	if !container.Pulls(box.Engine) {
		return nil
	}
	env := func(name string) string {
		v, _ := r.o.Getenv("NXF_" + strings.ToUpper(box.Engine) + "_" + name)
		return v
	}
	r.box.LibraryDir = r.abs(firstOf(box.LibraryDir, env("LIBRARYDIR")))
	r.box.CacheDir = r.abs(firstOf(box.CacheDir, env("CACHEDIR")))
	if r.box.CacheDir == "" {
		name := box.Engine
		if name == "apptainer" {
			name = "singularity" // they share their images
		}
		r.box.CacheDir = filepath.Join(r.localDir(), name)
		r.images.Advice = advice(box.Engine, r.box.CacheDir)
	}
	r.images.Cache = r.box.CacheDir
	return nil
}

// advice says that images go into the work directory for want of a better place.
func advice(engine, dir string) string {
	title := strings.ToUpper(engine[:1]) + engine[1:]
	variable := "NXF_" + strings.ToUpper(engine) + "_CACHEDIR"
	text := fmt.Sprintf("%s cache directory has not been defined -- Remote image will be stored in the path: %s -- Use the ", title, dir)
	if engine == "charliecloud" {
		return text + "charliecloud.cacheDir config option or set the " + variable + " variable to specify a different location"
	}
	return text + "environment variable " + variable + " to specify a different location"
}

// environments reads the scopes of conda and spack.
func (r *run) environments() error {
	conda, problems := r.config.Conda()
	spack, more := r.config.Spack()
	if err := append(problems, more...).Err(); err != nil {
		return err
	}
	r.conda, r.spack = r.environment(conda, "conda"), r.environment(spack, "spack")
	return nil
}

// environment is nil if the tool is not switched on.
func (r *run) environment(c config.Environments, scope string) *software.Environments {
	env := func(name string) string {
		v, _ := r.o.Getenv("NXF_" + strings.ToUpper(scope) + "_" + name)
		return v
	}
	if !c.Enabled && (r.config.Get(scope, "enabled") != nil || env("ENABLED") != "true") {
		return nil
	}
	e := software.NewEnvironments(r.host())
	e.Tool, e.LaunchDir, e.Timeout = c.Tool, r.o.LaunchDir, time.Duration(c.Timeout)*time.Millisecond
	e.Channels, e.CreateOptions, e.NoChecksum, e.Builds = c.Channels, c.CreateOptions, !c.Checksum, c.Builds
	e.CacheDir = r.abs(firstOf(c.CacheDir, env("CACHEDIR"), filepath.Join(r.localDir(), scope)))
	return e
}

// checkPrograms says early that containers or environments cannot be had, if a
// process needs one.
func (r *run) checkPrograms() error {
	var list diag.List
	if name := r.processes.Asking("container"); r.box.Engine != "" && !r.box.Sudo && name != "" {
		found := r.checkProgram(r.box.Engine, container.Program(r.box.Engine), name, "runs in a container", "run without containers")
		for _, d := range found {
			r.otherEngine(d)
		}
		list = append(list, found...)
	}
	for scope, e := range map[string]*software.Environments{"conda": r.conda, "spack": r.spack} {
		if e == nil {
			continue
		}
		if name := r.processes.Asking(scope); name != "" {
			list = append(list, r.checkProgram(scope, e.Tool, name, "asks for an environment", "run with the programs that are installed")...)
		}
	}
	return list.Err()
}

// otherEngine names a container engine that is there.
func (r *run) otherEngine(d *diag.Diagnostic) {
	path, _ := r.o.Getenv("PATH")
	for _, engine := range config.ContainerEngines {
		program := container.Program(engine)
		refused := slices.ContainsFunc(unavailable, func(u struct{ scope, what, way string }) bool { return u.scope == engine })
		if engine == r.box.Engine || refused {
			continue
		}
		if _, err := software.LookPath(program, path); err == nil {
			d.Notes = append(d.Notes, fmt.Sprintf("`%s` is on PATH: `%s.enabled = true` runs tasks with it", program, engine))
			return
		}
	}
}

// checkProgram is a problem if the program is not on PATH.
func (r *run) checkProgram(scope, program, process, need, without string) diag.List {
	path, _ := r.o.Getenv("PATH")
	if _, err := software.LookPath(program, path); err == nil {
		return nil
	}
	var list diag.List
	d := list.Add(r.config.Span(scope, "enabled"), fmt.Sprintf("the command `%s` is not on PATH, and process `%s` %s", program, process, need))
	if option := r.config.Given(scope, "enabled"); option != "" {
		d.Notes = append(d.Notes, "the option `"+option+"` asks for it")
	}
	d.Help = fmt.Sprintf("install %s, or %s: `%s.enabled = false`", program, without, scope)
	return list
}

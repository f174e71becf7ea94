package config

import (
	"strings"

	"sluice/internal/lang/diag"
)

const commonContainer = `
	enabled | boolean | false | Run tasks with this engine.
	engineOptions | string | | Options of the engine itself.
	envWhitelist | string/list | | Variables passed into the container.
	registry | string | | Registry put in front of image names without one.
	runOptions | string | | Options of the engine's run command.
`

// Nextflow docs: reference/config#docker
var docker = scope("docker", "Docker.", commonContainer+`
	cpuLimits | boolean | false | [26.10] Limit CPUs as well as ask for them. [lost: CPUs are asked for, and not limited]
	userEmulation | boolean | false | [deprecated] Run as the user; without effect. [lost: as in Nextflow]
	fixOwnership | boolean | false | Give files back to the user.
	legacy | boolean | false | Options of Docker 1.10 and older. [lost: options of today are used]
	kill | boolean/string | true | Signal that ends the container.
	mountFlags | string | | Flags put on mounts.
	registryOverride | boolean | false | [25.10] Replace the registry of images that name one.
	remove | boolean | true | Delete the container afterwards.
	sudo | boolean | false | Run the engine by sudo.
	temp | string | | Directory mounted as /tmp; auto makes one.
	tty | boolean | false | Give the container a terminal.
	writableInputMounts | boolean | true | Mount input directories writable.
`)

// Nextflow docs: reference/config#podman
var podman = scope("podman", "Podman.", commonContainer+`
	kill | boolean/string | true | Signal that ends the container.
	mountFlags | string | | Flags put on mounts.
	remove | boolean | true | Delete the container afterwards.
	temp | string | | Directory mounted as /tmp; auto makes one.
	writableInputMounts | boolean | true | Mount input directories writable.
`)

const commonSingularity = commonContainer + `
	autoMounts | boolean | true | Mount host paths by themselves.
	cacheDir | path | | Where images are kept.
	libraryDir | path | | Directory of images that is looked at first.
	newPidNamespace | boolean | true | Give tasks process numbers of their own.
	noHttps | boolean | false | Pull by HTTP.
	ociAutoPull | boolean | false | [24.04] Let the engine pull images.
	pullTimeout | duration | 20m | How long a pull may take.
	resourceLimits | boolean | false | [26.10] Limit resources of the container. [lost: resources are not limited by the container]
`

// Nextflow docs: reference/config#singularity
var singularity = scope("singularity", "Singularity.", commonSingularity+`
	ociMode | boolean | false | [24.04] Run OCI images as they are.
`)

// Nextflow docs: reference/config#apptainer
var apptainer = scope("apptainer", "Apptainer.", commonSingularity)

// Nextflow docs: reference/config#charliecloud
var charliecloud = scope("charliecloud", "Charliecloud.", commonContainer+`
	cacheDir | path | | Where images are kept.
	pullTimeout | duration | 20m | How long a pull may take.
	temp | string | | Directory mounted as /tmp; auto makes one.
	useSquash | boolean | false | Make squash images. [lost: images are directories]
	writableInputMounts | boolean | true | Mount input directories writable.
	writeFake | boolean | true | Let tasks write into the image for their time.
`)

// Nextflow docs: reference/config#shifter
var shifter = scope("shifter", "Shifter.", `
	enabled | boolean | false | Run tasks with this engine.
	envWhitelist | string/list | | Variables passed into the container.
`)

// Nextflow docs: reference/config#sarus
var sarus = scope("sarus", "Sarus.", `
	enabled | boolean | false | Run tasks with this engine.
	envWhitelist | string/list | | Variables passed into the container.
	runOptions | string | | Options of the engine's run command.
	tty | boolean | false | Give the container a terminal.
`)

var appleContainer = without("tasks do not run with Apple's container tool", scope("appleContainer", "Apple's container tool.", commonContainer+`
	kill | boolean/string | true | Signal that ends the container.
	remove | boolean | true | Delete the container afterwards.
	temp | string | | Directory mounted as /tmp; auto makes one.
	tty | boolean | false | Give the container a terminal.
	writableInputMounts | boolean | true | Mount input directories writable.
`))

var smolvm = without("tasks do not run with smolvm", scope("smolvm", "Smolvm.", commonContainer+`
	network | boolean/string | | Network of the machine.
	temp | string | | Directory mounted as /tmp; auto makes one.
	tty | boolean | false | Give the container a terminal.
	writableInputMounts | boolean | true | Mount input directories writable.
`))

// ContainerEngines are the engines in the order in which an enabled one is looked for.
var ContainerEngines = []string{"docker", "podman", "singularity", "apptainer", "charliecloud", "shifter", "sarus", "appleContainer", "smolvm"}

// A Container is the scope of a container engine.
type Container struct {
	Engine           string
	Enabled          bool
	Registry         string
	RegistryOverride bool
	RunOptions       string
	EngineOptions    string
	EnvWhitelist     []string
	MountFlags       string
	Temp             string
	CacheDir         string
	LibraryDir       string
	PullTimeout      int64 // milliseconds
	Kill             string
	Remove, Sudo     bool
	TTY, Legacy      bool
	FixOwnership     bool
	AutoMounts       bool
	OciAutoPull      bool
	OciMode          bool
	NoHTTPS          bool
	NewPids          bool
	CPULimits        bool
	WritableInputs   bool
	WriteFake        bool
	EntryPoint       bool // of the variable NXF_CONTAINER_ENTRYPOINT_OVERRIDE
}

// Container reads the scope of one engine.
func (c *Config) Container(engine string) (Container, diag.List) {
	r := c.reader(engine)
	k := Container{
		Engine: engine, Enabled: r.flag(false, "enabled"), Registry: strings.TrimSuffix(r.text("", "registry"), "/"),
		RegistryOverride: r.flag(false, "registryOverride"), RunOptions: r.text("", "runOptions"),
		EngineOptions: r.text("", "engineOptions"), MountFlags: r.text("", "mountFlags"), Temp: r.text("", "temp"),
		CacheDir: r.text("", "cacheDir"), LibraryDir: r.text("", "libraryDir"),
		PullTimeout: int64(r.duration(20*60*1000, "pullTimeout")), Kill: r.text("true", "kill"), Remove: r.flag(true, "remove"),
		Sudo: r.flag(false, "sudo"), TTY: r.flag(false, "tty"), Legacy: r.flag(false, "legacy"),
		FixOwnership: r.flag(false, "fixOwnership"), AutoMounts: r.flag(true, "autoMounts"),
		OciAutoPull: r.flag(false, "ociAutoPull"), OciMode: r.flag(false, "ociMode"), NoHTTPS: r.flag(false, "noHttps"), NewPids: r.flag(true, "newPidNamespace"),
		CPULimits: r.flag(false, "cpuLimits"), WritableInputs: r.flag(true, "writableInputMounts"), WriteFake: r.flag(true, "writeFake"),
	}
	if engine == "podman" { // Nextflow has neither for it
		k.Sudo, k.TTY = false, false
	}
	k.EnvWhitelist = commas(r.words("envWhitelist"))
	return k, r.problems
}

// commas takes words apart that are lists themselves.
func commas(words []string) []string {
	var out []string
	for _, w := range words {
		for _, name := range strings.Split(w, ",") {
			if name = strings.TrimSpace(name); name != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

// EnabledContainer is the engine that is switched on; Engine is "" if none
// is. Two engines at once are an error.
func (c *Config) EnabledContainer() (Container, diag.List) {
	var found Container
	var problems diag.List
	for _, name := range ContainerEngines {
		if c.Get(name) == nil {
			continue
		}
		k, p := c.Container(name)
		problems = append(problems, p...)
		if !k.Enabled {
			continue
		}
		if found.Engine != "" {
			d := problems.Add(c.Span(name, "enabled"), "both `"+found.Engine+"` and `"+name+"` are enabled: only one container engine can be")
			d.Help = "write `" + found.Engine + ".enabled = false`, or the other"
			continue
		}
		found = k
	}
	if found.Engine == "" { // images are named as for docker then, in `inspect` and the trace
		k, p := c.Container("docker")
		problems = append(problems, p...)
		found.Registry, found.RegistryOverride = k.Registry, k.RegistryOverride
	}
	return found, problems
}

// Nextflow docs: reference/config#conda
var conda = scope("conda", "Conda environments.", `
	cacheDir | path | | Where environments are kept.
	channels | string/list | | Channels, in order.
	createOptions | string | | Options of the create command.
	createTimeout | duration | 20m | How long making an environment may take.
	enabled | boolean | false | Use the directive conda.
	useMamba | boolean | false | Make environments by mamba.
	useMicromamba | boolean | false | Make environments by micromamba.
`)

// An Environments is the scope of conda or spack, and what its tool is called.
type Environments struct {
	Enabled       bool
	Tool          string
	CacheDir      string
	Channels      []string
	CreateOptions string
	Timeout       int64 // milliseconds
	Checksum      bool
	Builds        int
}

// Conda reads the scope of conda.
func (c *Config) Conda() (Environments, diag.List) {
	r := c.reader("conda")
	e := Environments{
		Enabled: r.flag(false, "enabled"), Tool: "conda", CacheDir: r.text("", "cacheDir"), Channels: commas(r.words("channels")),
		CreateOptions: r.text("", "createOptions"), Timeout: int64(r.duration(20*60*1000, "createTimeout")), Checksum: true,
	}
	switch {
	case r.flag(false, "useMicromamba"):
		e.Tool = "micromamba"
	case r.flag(false, "useMamba"):
		e.Tool = "mamba"
	}
	return e, r.problems
}

// Spack reads the scope of Spack.
func (c *Config) Spack() (Environments, diag.List) {
	r := c.reader("spack")
	return Environments{
		Enabled: r.flag(false, "enabled"), Tool: "spack", CacheDir: r.text("", "cacheDir"), Checksum: r.flag(true, "checksum"),
		Timeout: int64(r.duration(60*60*1000, "createTimeout")), Builds: r.number(0, "parallelBuilds"),
	}, r.problems
}

// Nextflow docs: reference/config#spack
var spack = scope("spack", "Spack environments.", `
	cacheDir | path | | Where environments are kept.
	checksum | boolean | true | Check what is downloaded.
	createTimeout | duration | 60m | How long making an environment may take.
	enabled | boolean | false | Use the directive spack.
	parallelBuilds | integer | | How many builds run at once.
`)

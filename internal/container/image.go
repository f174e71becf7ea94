package container

import (
	"path/filepath"
	"strings"
)

// Reference is an image's name with the registry of the configuration in front
// of it. Names that begin with a host, and URLs, stay as they are, unless
// override asks for the registry instead of the host.
// Nextflow docs: reference/config#docker
func Reference(image, registry string, override bool) string {
	if registry == "" || image == "" || strings.Contains(image, "://") {
		return image
	}
	registry = strings.TrimSuffix(registry, "/")
	host, rest, nested := strings.Cut(image, "/")
	if !nested || !strings.ContainsAny(host, ".:") {
		return registry + "/" + image
	}
	if override {
		return registry + "/" + rest
	}
	return image
}

// Pulls says whether an engine runs images from files or directories, which
// somebody has to pull before.
func Pulls(engine string) bool {
	return engine == "singularity" || engine == "apptainer" || engine == "charliecloud"
}

// Program is the command that an engine runs tasks by.
func Program(engine string) string {
	if engine == "charliecloud" {
		return "ch-run"
	}
	return engine
}

// Typed is a name as Shifter takes it, `kind:name:tag`, with what is missing.
func Typed(image string) string {
	switch strings.Count(image, ":") {
	case 0:
		return "docker:" + image + ":latest"
	case 1:
		return "docker:" + image
	}
	return image
}

// withTag adds the tag that is meant when none is named.
func withTag(image string) string {
	last := image[strings.LastIndexByte(image, '/')+1:]
	if strings.ContainsAny(last, ":@") {
		return image
	}
	return image + ":latest"
}

var inStorage = strings.NewReplacer("/", "%", ":", "+")

// Unpacked is the name of an image as Charliecloud pulls it, and its directory
// below the storage. Names of Docker's registries go without their scheme.
func Unpacked(url string) (name, dir string) {
	name = strings.TrimPrefix(url, "docker://")
	_, bare, ok := strings.Cut(name, "://")
	if !ok {
		name = withTag(name)
		bare = name
	}
	return name, filepath.Join("img", inStorage.Replace(bare))
}

// Source is where the image of an engine that runs files comes from: a URL to
// pull, or the path of a file that is there. exists tells whether a relative
// name is that of a file below the launch directory.
// Nextflow docs: container#singularity
func Source(image, registry string, override bool, exists func(name string) (string, bool)) (url, path string) {
	switch {
	case strings.HasPrefix(image, "/"):
		return "", image
	case strings.HasPrefix(image, "file://"):
		return "", strings.TrimPrefix(image, "file://")
	case strings.Contains(image, "://"):
		return image, ""
	}
	if path, ok := exists(image); ok {
		return "", path
	}
	return "docker://" + Reference(image, registry, override), ""
}

var flat = strings.NewReplacer("/", "-", ":", "-")

// File is the name an image that is pulled from url has in the cache.
func File(url string) string {
	_, name, ok := strings.Cut(url, "://")
	if !ok {
		name = url
	}
	extension := ".img"
	if before, tag, ok := strings.Cut(name, ".sif:"); ok {
		name, extension = before+":"+tag, ".sif"
	} else if filepath.Ext(name) == ".sif" {
		name, extension = strings.TrimSuffix(name, ".sif"), ".sif"
	}
	return flat.Replace(name) + extension
}

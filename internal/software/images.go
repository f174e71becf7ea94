package software

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sluice/internal/task"
)

// Images makes files and directories of images for the engines that run those.
// Nextflow docs: container#singularity, container#charliecloud
type Images struct {
	once
	Engine  string // singularity, apptainer, charliecloud
	NoHTTPS bool
	Timeout time.Duration
	// Advice is given once, before the first pull into a default directory.
	Advice string
	// Cache is the directory in which Charliecloud keeps images in its own order.
	Cache string

	advise sync.Once
}

// NewImages makes images on a host.
func NewImages(h *Host) *Images { return &Images{once: once{Host: h}} }

// Prepare pulls the image of a task, if it comes from afar.
func (p *Images) Prepare(t *task.Task) error {
	if t.Container == nil || t.Container.Source == "" || t.Exec != nil {
		return nil
	}
	url, target := t.Container.Source, t.Container.Image
	return p.do(target, func() error {
		p.advise.Do(func() {
			if p.Advice != "" {
				p.Warn(p.Advice)
			}
		})
		if p.Engine == "charliecloud" {
			return p.charliecloud(url, target)
		}
		return p.pull(url, target)
	})
}

func (p *Images) title() string { return strings.ToUpper(p.Engine[:1]) + p.Engine[1:] }

// pull lets the engine write a file beside the target, which then gets its name.
func (p *Images) pull(url, target string) error {
	p.Notice(fmt.Sprintf("Pulling %s image %s [cache %s]", p.title(), url, target))
	dir, name := filepath.Split(target)
	part := fmt.Sprintf("%s.pulling.%d", name, time.Now().UnixMilli())
	args := []string{p.Engine, "pull"}
	if p.NoHTTPS {
		args = append(args, "--nohttps")
	}
	err := p.order(dir, append(args, "--name", part, url))
	if err == nil {
		err = os.Rename(filepath.Join(dir, part), target)
	}
	if err != nil {
		return removed(filepath.Join(dir, part), err)
	}
	return nil
}

// charliecloud unpacks an image below the cache directory, in its own order.
func (p *Images) charliecloud(url, target string) error {
	p.Notice(fmt.Sprintf("Charliecloud pulling image %s [cache %s]", url, target))
	if err := p.order("", []string{"ch-image", "pull", "-s", p.Cache, url}); err != nil {
		return removed(target, err)
	}
	return nil
}

func (p *Images) order(dir string, args []string) error {
	return p.call(order{
		what: "pull " + p.Engine + " image", shown: strings.Join(args, " "), args: args, dir: dir,
		timeout: p.Timeout, option: p.Engine + ".pullTimeout",
	})
}

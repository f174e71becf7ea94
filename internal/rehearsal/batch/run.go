package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// launched is a command with all that it needs, taken under the lock and run
// without it.
type launched struct {
	spec       taskSpec
	command    Command
	root       string // the task's directory; "" if nothing is on disk
	wall       time.Duration
	registries []registrySpec
	refused    *failureInfo // by a fault
}

// launch collects what a task of any kind needs. dir is below the node's.
func (s *Service) launch(kind string, n *node, j *job, t *task, spec taskSpec, dir string, retry int) *launched {
	node := n.public()
	l := &launched{spec: spec, wall: forever, command: Command{
		Kind: kind, Node: node, Task: spec.ID, Line: spec.Line, Args: splitLine(spec.Line), Retry: retry,
	}}
	if j != nil {
		l.command.Job = j.spec.ID
	}
	if node.Dir != "" {
		l.root = filepath.Join(node.Dir, dir)
		l.command.Dir = filepath.Join(l.root, "wd")
	}
	if vm := n.pool.spec.VM; vm != nil && vm.Container != nil {
		l.registries = vm.Container.Registries
	}
	if c := spec.Container; c != nil {
		l.command.Image, l.command.Options = c.Image, c.Options
	}
	if c := spec.Constraints; c != nil && c.Wall != "" {
		l.wall, _ = parseDuration(c.Wall) // was checked
	}
	if kind == "release" {
		l.wall = 15 * time.Minute
		if d, err := parseDuration(spec.Wall); err == nil {
			l.wall = d
		}
	}
	l.command.Env = s.environment(kind, n, j, spec, l)
	l.refused = s.faultTask(kind, n, t, spec)
	return l
}

// environment is what Batch sets, what the node has, what the job and the
// task ask for; the later wins.
func (s *Service) environment(kind string, n *node, j *job, spec taskSpec, l *launched) []string {
	root := n.dir
	env := append([]string{
		"AZ_BATCH_ACCOUNT_NAME=" + s.state.Batch.Name,
		"AZ_BATCH_ACCOUNT_URL=https://" + s.Endpoint() + "/",
		"AZ_BATCH_POOL_ID=" + n.pool.spec.ID,
		"AZ_BATCH_NODE_ID=" + n.id,
		"AZ_BATCH_NODE_IS_DEDICATED=" + fmt.Sprint(n.dedicated),
		"AZ_BATCH_NODE_ROOT_DIR=" + root,
		"AZ_BATCH_NODE_SHARED_DIR=" + root + "/shared",
		"AZ_BATCH_NODE_STARTUP_DIR=" + root + "/startup",
		"AZ_BATCH_NODE_STARTUP_WORKING_DIR=" + root + "/startup/wd",
		"AZ_BATCH_NODE_MOUNTS_DIR=" + root + "/fsmounts",
		"AZ_BATCH_TASK_DIR=" + l.root,
		"AZ_BATCH_TASK_WORKING_DIR=" + l.command.Dir,
		"HOME=" + root + "/home",
	}, n.env...)
	if j != nil {
		jobDir := root + "/workitems/" + j.spec.ID + "/job-1"
		env = append(env, "AZ_BATCH_JOB_ID="+j.spec.ID, "AZ_BATCH_TASK_ID="+spec.ID)
		if p := j.spec.Prep; p != nil {
			name := p.ID
			if name == "" {
				name = "jobpreparation"
			}
			env = append(env, "AZ_BATCH_JOB_PREP_DIR="+jobDir+"/"+name, "AZ_BATCH_JOB_PREP_WORKING_DIR="+jobDir+"/"+name+"/wd")
		}
		if kind == "task" || kind == "prep" || kind == "release" {
			for _, e := range j.spec.Environment {
				env = append(env, e.Name+"="+e.Value)
			}
		}
	}
	for _, e := range spec.Environment {
		env = append(env, e.Name+"="+e.Value)
	}
	return env
}

// execute runs a task to its end. It holds no lock.
func (s *Service) execute(ctx context.Context, l *launched) outcome {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if l.root != "" {
		_ = os.RemoveAll(l.root) // of an earlier try; MkdirAll says what is wrong
		if err := os.MkdirAll(l.command.Dir, 0o755); err != nil {
			return outcome{failure: serverError("DiskFull", err.Error())}
		}
	}
	if l.refused != nil {
		return outcome{failure: l.refused}
	}
	for _, f := range l.spec.Resources {
		if bad := s.resource(ctx, l.command.Node, l.command.Dir, f); bad != nil {
			return outcome{failure: bad}
		}
	}
	if bad := s.pull(ctx, l); bad != nil {
		return outcome{failure: bad}
	}
	done, err := s.turn(ctx, l.command.Kind)
	if err != nil {
		return outcome{exit: ptr(exitKilled), failure: ended("The task was ended: " + err.Error())}
	}
	defer done()
	if l.wall != forever {
		stop := s.clock.AfterFunc(l.wall, func() { cancel(errWallTime) })
		defer stop()
	}
	out := s.command(ctx, l)
	if bad := s.outputs(ctx, l, out); bad != nil && out.failure == nil {
		out.failure = bad
	}
	return out
}

// turn waits until one more task may run on this machine, which is smaller
// than the pools it stands for. What is in front of tasks does not wait.
func (s *Service) turn(ctx context.Context, kind string) (done func(), err error) {
	if s.turns == nil || kind != "task" {
		return func() {}, nil
	}
	select {
	case s.turns <- struct{}{}:
		return func() { <-s.turns }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (s *Service) command(ctx context.Context, l *launched) outcome {
	if len(l.command.Args) == 0 {
		return outcome{failure: userError("CommandProgramNotFound", "The command line is empty")}
	}
	exit, err := s.opts.Runner.Run(ctx, l.command)
	switch cause := context.Cause(ctx); {
	case cause == errWallTime:
		return outcome{exit: ptr(exitKilled), failure: userError(codeWallTime, "The task was ended: its maximum wall-clock time is over",
			nameValue{"MaxWallClockTime", formatDuration(l.wall)})}
	case cause != nil:
		return outcome{exit: ptr(exitKilled), failure: ended("The task was ended: " + cause.Error())}
	case err != nil:
		code, message := "CommandLaunchFailed", "Failed to launch the specified command line"
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, errNoProgram) {
			code, message = "CommandProgramNotFound", "The specified command program is not found"
		}
		return outcome{failure: userError(code, message, nameValue{"Message", err.Error()})}
	case exit != 0:
		return outcome{exit: &exit, failure: exitFailure()}
	}
	return outcome{exit: &exit}
}

func serverError(code, message string) *failureInfo {
	return &failureInfo{Category: "servererror", Code: code, Message: message}
}

// pull asks the registry whether the node may have the image.
func (s *Service) pull(ctx context.Context, l *launched) *failureInfo {
	c := l.spec.Container
	if c == nil || s.opts.Registry == nil {
		return nil
	}
	err := s.opts.Registry(ctx, l.command.Node, c.Image, registryIdentity(c.Image, c.Registry, l.registries))
	if err == nil {
		return nil
	}
	code, message := codePullInvalid, "The container image could not be pulled"
	if pull := (*PullError)(nil); errors.As(err, &pull) && pull.Denied {
		code, message = codePullDenied, "The access to the container registry was denied"
	}
	return userError(code, message, nameValue{"ContainerImage", c.Image}, nameValue{"Message", err.Error()})
}

// registryIdentity is the identity with which an image is pulled: the task's
// own registry, or that of the pool whose server the image names.
func registryIdentity(image string, own *registrySpec, pool []registrySpec) string {
	if own != nil {
		return own.Identity.id()
	}
	server, _, _ := strings.Cut(image, "/")
	for _, r := range pool {
		if strings.EqualFold(strings.TrimPrefix(r.Server, "https://"), server) {
			return r.Identity.id()
		}
	}
	return ""
}

// resource fetches a resource file, or a container's, with the identity.
func (s *Service) resource(ctx context.Context, n Node, dir string, f resourceFile) *failureInfo {
	if s.opts.Fetch == nil {
		if dir == "" {
			return nil // nothing is on disk, and nobody to ask
		}
		return serverError("BlobDownloadMiscError", "the rehearsal has no storage to fetch "+withoutQuery(f.HTTP+f.Container)+" from")
	}
	if f.Container != "" {
		return s.resourceContainer(ctx, n, dir, f)
	}
	if bad := s.download(ctx, n, f.Identity.id(), f.HTTP, filepath.Join(dir, filepath.FromSlash(f.Path)), f.Mode); bad != nil {
		return blobFailure(bad, f.HTTP)
	}
	return nil
}

func (s *Service) resourceContainer(ctx context.Context, n Node, dir string, f resourceFile) *failureInfo {
	names, err := s.listContainer(ctx, n, f.Identity.id(), f.Container, f.Prefix)
	if err != nil {
		return containerFailure(err, f.Container)
	}
	for _, name := range names {
		to := filepath.Join(dir, filepath.FromSlash(f.Path), filepath.FromSlash(name))
		if err := s.download(ctx, n, f.Identity.id(), blobURL(f.Container, name), to, f.Mode); err != nil {
			return blobFailure(err, blobURL(f.Container, name))
		}
	}
	return nil
}

// blobURL is the address of a blob of a container that was given by URL.
func blobURL(container, name string) string {
	u, err := url.Parse(container)
	if err != nil {
		return container + "/" + name
	}
	return u.JoinPath(strings.Split(url.PathEscape(name), "%2F")...).String()
}

func (s *Service) download(ctx context.Context, n Node, identity, from, to, mode string) error {
	body, err := s.opts.Fetch(ctx, n, identity, from)
	if err != nil {
		return err
	}
	defer body.Close()
	if n.Dir == "" { // it may be had: that is all there is to know
		_, err := io.Copy(io.Discard, body)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return &diskError{err}
	}
	file, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode(mode))
	if err != nil {
		return &diskError{err}
	}
	if _, err := io.Copy(file, body); err != nil {
		_ = file.Close() // the copy's error is told
		return err
	}
	if err := file.Close(); err != nil {
		return &diskError{err}
	}
	if err := os.Chmod(to, fileMode(mode)); err != nil {
		return &diskError{err}
	}
	return nil
}

type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

// fileMode reads an octal mode; Batch's default is 0770.
func fileMode(text string) os.FileMode {
	var mode uint32
	if _, err := fmt.Sscanf(text, "%o", &mode); err != nil || mode == 0 {
		mode = 0o770
	}
	return os.FileMode(mode & 0o777)
}

// blobFailure is what Batch says when it could not fetch a blob.
func blobFailure(err error, from string) *failureInfo {
	return transferFailure(err, from, "Blob", "one of the specified Azure Blob(s)", "BlobDownloadMiscError")
}

// containerFailure is what Batch says when it could not list a container.
func containerFailure(err error, from string) *failureInfo {
	return transferFailure(err, from, "ResourceContainer", "the specified container", "ResourceContainerListMiscError")
}

func transferFailure(err error, from, prefix, what, misc string) *failureInfo {
	details := []nameValue{{"BlobSource", withoutQuery(from)}, {"Message", err.Error()}}
	if disk := (*diskError)(nil); errors.As(err, &disk) {
		return userError("ResourceFileWriteFailed", "Failed to write a resource file", details...)
	}
	var refused *FetchError
	if !errors.As(err, &refused) {
		return &failureInfo{"servererror", misc, "Miscellaneous error encountered while downloading " + what, details}
	}
	switch {
	case refused.NoIdentity:
		return userError(misc, "Failed to get a token for the specified identity while reading "+what, details...)
	case refused.Status == 401 || refused.Status == 403:
		return userError(prefix+"AccessDenied", "Access for "+what+" is denied", append(details, nameValue{"HttpStatusCode", fmt.Sprint(refused.Status)}, nameValue{"StorageErrorCode", refused.Code})...)
	case refused.Status == 404:
		return userError(prefix+"NotFound", "The resource was not found: "+what, details...)
	case refused.Status == 429 || refused.Status >= 500:
		return &failureInfo{"servererror", misc, "The storage service was busy while reading " + what, details}
	}
	return userError(misc, "Miscellaneous error encountered while reading "+what, details...)
}

// withoutQuery is a URL without what may be a signature.
func withoutQuery(u string) string {
	u, _, _ = strings.Cut(u, "?")
	return u
}

package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/node"
)

// A failedPrep is a node on which the job preparation task failed for good:
// no task of the job runs there.
type failedPrep struct {
	node    string
	exit    *int
	user    bool // the service blames what it was asked to do
	code    string
	message string
	root    string // directory of the preparation task on the node
}

// fault says what went wrong as nodes say it.
func (p *failedPrep) fault(blob string) *node.Fault {
	f := &node.Fault{Class: node.ClassInfra, Step: node.StepPrep, Op: "GET", URL: blob, Code: p.code, Message: p.message}
	if p.exit != nil {
		f.Op, f.URL = "run", ""
	}
	if f.Message == "" && p.exit != nil {
		f.Message = fmt.Sprintf("exit status %d", *p.exit)
	}
	switch {
	case configCodes[p.code]:
		f.Class = node.ClassConfig
		if strings.HasSuffix(p.code, "AccessDenied") {
			f.Status = 403
		}
	case p.user && strings.HasSuffix(p.code, "MiscError"): // no token for the identity that was named
		f.Class, f.Step = node.ClassConfig, node.StepIdentity
	case p.exit != nil && *p.exit == node.ExitConfig:
		f.Class = node.ClassConfig
	}
	return f
}

// failedPreps are the nodes that a job could not be prepared on.
func (s *services) failedPreps(ctx context.Context, job string) ([]failedPrep, error) {
	pager := s.batch.NewListJobPreparationAndReleaseTaskStatusPager(job, &azbatch.ListJobPreparationAndReleaseTaskStatusOptions{MaxResults: to.Ptr[int32](1000)})
	var out []failedPrep
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("ask how nodes were prepared for job %s: %w", job, err)
		}
		for _, n := range page.Value {
			i := n.JobPreparationTaskExecutionInfo
			if i == nil || val(i.State) != azbatch.JobPreparationTaskStateCompleted || val(i.Result) != azbatch.TaskExecutionResultFailure {
				continue
			}
			p := failedPrep{node: val(n.NodeID), root: val(i.TaskRootDirectory)}
			if i.ExitCode != nil {
				exit := int(*i.ExitCode)
				p.exit = &exit
			}
			if f := i.FailureInfo; f != nil {
				p.user, p.code, p.message = val(f.Category) == azbatch.ErrorCategoryUserError, val(f.Code), firstLine(val(f.Message))
				for _, d := range f.Details {
					if val(d.Name) == "Message" {
						p.message += ": " + firstLine(val(d.Value))
					}
				}
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// prepTrouble looks for nodes on which a job cannot be prepared: the service
// tries one after the other, and says nothing. A fault that would be the same
// on every node ends the tasks that wait; else the node is removed, if the pool
// is ours, until too many failed.
func (e *Executor) prepTrouble(ctx context.Context, l *lane, w *watch) error {
	e.mu.Lock()
	jobs := l.jobs()
	e.mu.Unlock()
	var errs []error
	var dead []string
	for _, j := range jobs {
		failed, err := e.s.failedPreps(ctx, j.id)
		if gone(err) {
			continue
		}
		errs = append(errs, err)
		for i := range failed {
			key := j.id + "/" + failed[i].node
			if w.dead[key] {
				continue
			}
			w.dead[key] = true
			w.failed["prep"]++
			dead = append(dead, failed[i].node)
			e.ownWords(ctx, l.pool.id, &failed[i])
			fault := failed[i].fault(e.blobURL(e.programBlob()))
			if fault.Class == node.ClassConfig || w.failed["prep"] >= sameFailures {
				e.failWaiting(l, e.prepFinding(l.pool, failed[i].node, fault))
				break
			}
			e.o.Warn(fmt.Sprintf("pool %s: node %s cannot be prepared for tasks: %s", l.pool.id, failed[i].node, fault.Error()))
		}
	}
	if len(dead) > 0 && l.pool.ours {
		_, err := e.s.batch.RemoveNodes(ctx, l.pool.id, azbatch.RemoveNodeContent{NodeList: dead, NodeDeallocationOption: to.Ptr(azbatch.NodeDeallocationOptionRequeue)}, nil)
		if err != nil && !isStatus(err, 409) { // it is resizing; the service leaves such nodes out by itself
			errs = append(errs, fmt.Errorf("remove nodes of pool %s: %w", l.pool.id, err))
		}
	}
	return errors.Join(errs...)
}

// ownWords puts what the preparation said itself in place of what the service
// says of an exit status.
func (e *Executor) ownWords(ctx context.Context, pool string, p *failedPrep) {
	if p.exit == nil || p.root == "" {
		return
	}
	text := e.nodeFile(ctx, pool, p.node, p.root+"/stderr.txt")
	if text == "" {
		return
	}
	p.message = strings.TrimPrefix(text[strings.LastIndexByte(text, '\n')+1:], "error: ")
	if p.code == "FailureExitCode" {
		p.code = ""
	}
}

func (e *Executor) programBlob() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tools.sluice.blob
}

// prepFinding is a node that cannot be prepared, with what mends it.
func (e *Executor) prepFinding(p *pool, on string, f *node.Fault) error {
	x := ending{Code: f.Code, Fault: f}
	found := e.findingFor(p.who, p.id, "", x)
	found.What = fmt.Sprintf("pool `%s`: node %s cannot be prepared for tasks: %s", p.id, on, x.why())
	if f.Class != node.ClassConfig {
		found.ID, found.Check = findingNodes, 5
	}
	return found
}

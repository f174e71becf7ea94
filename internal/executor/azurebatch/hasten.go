package azurebatch

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/task"
)

// Azure evaluates a formula when it is set, and then every five minutes at the
// soonest, against samples that are half a minute old. Without more, a pool
// that is at zero when tasks are added has its first node five minutes later,
// and one that has a node for its first task keeps to it as long. So a pool of
// ours that has fewer nodes than its tasks fill has its formula set again, with
// the number of nodes that the head knows to be needed now. The formula holds
// to it only until it is evaluated next: from then on samples alone count.

const (
	gather     = time.Second      // tasks come in bursts: the whole of one is counted
	enableTime = 31 * time.Second // the service takes a formula every 30 seconds
)

// hastenLoop looks whether a pool of ours has nodes enough when tasks were added.
func (l *lane) hastenLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.more:
		}
		l.e.mu.Lock()
		wait := max(gather, time.Until(l.scaled.Add(enableTime)))
		l.e.mu.Unlock()
		if rest(ctx, wait) != nil {
			return
		}
		if err := l.hasten(ctx); err != nil && ctx.Err() == nil {
			// The pool comes to its nodes without: later, but it does.
			l.e.o.Notice(fmt.Sprintf("pool %s: its formula cannot be set again, so more nodes come later: %s", l.pool.id, firstLine(err.Error())))
			return
		}
	}
}

// hasten asks for the nodes that the tasks of the lane fill, if the pool has
// not got so many as its target.
func (l *lane) hasten(ctx context.Context) error {
	need := l.nodes()
	if need == 0 {
		return nil
	}
	got, err := l.e.s.batch.GetPool(ctx, l.pool.id, nil)
	if err != nil {
		return fmt.Errorf("read pool %s: %w", l.pool.id, err)
	}
	text, most, ok := started(val(got.AutoScaleFormula), need, time.Now())
	target := int(val(got.TargetDedicatedNodes) + val(got.TargetLowPriorityNodes))
	if !ok || !val(got.EnableAutoScale) || min(need, most) <= target {
		return nil
	}
	l.e.mu.Lock()
	if share := l.e.meanShare(l); share > 0 && l.pool.share > 0 {
		text = shareLine().ReplaceAllString(text, fmt.Sprintf("share = %g;", share))
		l.pool.share = share
	}
	l.e.mu.Unlock()
	_, err = l.e.s.batch.EnablePoolAutoScale(once(ctx), l.pool.id, azbatch.EnablePoolAutoScaleContent{AutoScaleFormula: to.Ptr(text), AutoScaleEvaluationInterval: got.AutoScaleEvaluationInterval}, nil)
	l.e.mu.Lock()
	l.scaled = time.Now()
	l.e.mu.Unlock()
	switch {
	case err == nil:
	case isStatus(err, 409), passing(err): // another head was there first, or the next tasks try again
		select {
		case l.more <- struct{}{}:
		default:
		}
	default:
		return err
	}
	return nil
}

// mayScale says whether the service takes a formula again.
func (l *lane) mayScale(now time.Time) bool {
	l.e.mu.Lock()
	defer l.e.mu.Unlock()
	return now.Sub(l.scaled) >= enableTime
}

// nodes is how many nodes the live tasks of the lane fill.
func (l *lane) nodes() int {
	l.e.mu.Lock()
	defer l.e.mu.Unlock()
	slots := 0
	for _, j := range l.jobs() {
		for _, en := range j.live {
			if en.state > task.Running {
				continue
			}
			n, err := l.pool.require(en.t.Resources)
			if err != nil {
				n = l.pool.slots
			}
			slots += n
		}
	}
	return (slots + l.pool.slots - 1) / l.pool.slots
}

var (
	bornPart  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`time\("[^"]*"\) \+ TimeInterval_Minute \* 4`) })
	firstPart = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^first = \d+;$`) })
	mostPart  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^most = (\d+);$`) })
)

// started is a formula of ours that asks for n nodes from now until it is
// evaluated next, and the most nodes that it allows; not ok if it is none of ours.
func started(text string, n int, now time.Time) (out string, most int, ok bool) {
	found := mostPart().FindStringSubmatch(text)
	if found == nil || !bornPart().MatchString(text) || !firstPart().MatchString(text) {
		return "", 0, false
	}
	most, err := strconv.Atoi(found[1])
	if err != nil {
		return "", 0, false
	}
	text = bornPart().ReplaceAllLiteralString(text, youngUntil(now.UTC().Format(time.RFC3339)))
	return firstPart().ReplaceAllLiteralString(text, fmt.Sprintf("first = %d;", n)), most, true
}

// youngUntil ends before the second evaluation, which has samples.
func youngUntil(born string) string { return `time("` + born + `") + TimeInterval_Minute * 4` }

package azurebatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/task"
)

const (
	postsAtOnce = 16
	batchTasks  = 100       // the service takes no more in a call
	batchBytes  = 900 << 10 // and less than 1 MB
	linger      = 5 * time.Millisecond
)

// An item is a task on its way to the service.
type item struct {
	en   *entry
	body azbatch.CreateTaskContent
	size int
	done func(error) // called once
}

// add has the service take a new entry and returns when it has.
func (l *lane) add(ctx context.Context, en *entry) error {
	result := make(chan error, 1)
	if err := l.enqueue(ctx, en, func(err error) { result <- err }); err != nil {
		return err
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.e.ctx.Done():
		return context.Cause(l.e.ctx)
	}
}

// enqueue puts an entry among those to be added; done hears what came of it.
func (l *lane) enqueue(ctx context.Context, en *entry, done func(error)) error {
	body, err := l.e.taskContent(ctx, en, l.pool)
	if err != nil {
		return err
	}
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write task %s: %w", en.t.Name, err)
	}
	it := &item{en: en, body: body, size: len(text) + 1, done: done}
	l.e.mu.Lock()
	l.waiting = append(l.waiting, it)
	l.e.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return nil
}

// addLoop makes batches of what waits. It lingers a moment, so that what is
// submitted at the same time goes together.
func (l *lane) addLoop(ctx context.Context) {
	var posts sync.WaitGroup
	defer posts.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		if rest(ctx, linger) != nil {
			return
		}
		for {
			// Room first: what comes while all posts are busy makes them fuller.
			if l.e.limit.acquire(ctx) != nil {
				return
			}
			batch := l.take()
			if len(batch) == 0 {
				l.e.limit.release()
				break
			}
			posts.Go(func() {
				defer l.e.limit.release()
				l.post(ctx, batch)
			})
		}
	}
}

// take cuts a batch off what waits.
func (l *lane) take() []*item {
	l.e.mu.Lock()
	defer l.e.mu.Unlock()
	n, bytes := 0, 0
	for n < len(l.waiting) && n < batchTasks && (n == 0 || bytes+l.waiting[n].size <= batchBytes) {
		bytes += l.waiting[n].size
		n++
	}
	batch := append([]*item(nil), l.waiting[:n]...)
	clear(l.waiting[:n])
	if l.waiting = l.waiting[n:]; len(l.waiting) == 0 {
		l.waiting = nil
	}
	return batch
}

// post adds a batch, in pieces and again as the service demands, until each
// of its items has been told what came of it.
func (l *lane) post(ctx context.Context, batch []*item) {
	for n := 0; len(batch) > 0; {
		again, wait, err := l.postOnce(ctx, batch)
		switch {
		case err != nil:
			settle(batch, err)
			return
		case len(again) == len(batch) && n >= addAttempts:
			settle(batch, fmt.Errorf("add %d tasks: the service took none of them in %d calls", len(batch), n))
			return
		case len(again) == len(batch):
			n++
		default:
			n = 0
		}
		batch = again
		if wait > 0 {
			if err := rest(ctx, max(wait, backoff(n-1))); err != nil {
				settle(batch, err)
				return
			}
		}
	}
}

// addAttempts without any success are some 45 minutes.
const addAttempts = 90

func settle(batch []*item, err error) {
	for _, it := range batch {
		it.done(err)
	}
}

// postOnce makes one call. What is to be tried again comes back, with how
// long to wait before; the others have been told.
func (l *lane) postOnce(ctx context.Context, batch []*item) (again []*item, wait time.Duration, err error) {
	j, err := l.current(ctx)
	if err != nil {
		return nil, 0, err
	}
	l.book(j, batch)
	group := azbatch.TaskGroup{Value: make([]azbatch.CreateTaskContent, len(batch))}
	for i, it := range batch {
		group.Value[i] = it.body
	}
	res, err := l.e.s.batch.CreateTaskCollection(once(ctx), j.id, group, nil)
	switch {
	case err == nil:
		l.e.limit.good()
		select {
		case l.more <- struct{}{}:
		default:
		}
		again, wait = l.sort(j, batch, res.Value)
		return again, wait, l.armed(ctx, j, len(again) < len(batch))
	case jobEnded(err):
		l.retire(j)
		return batch, 0, nil
	case isStatus(err, http.StatusRequestEntityTooLarge):
		return l.halve(ctx, batch, err)
	case throttled(err):
		wait = l.e.limit.bad(retryAfter(err))
		return batch, wait, nil
	case passing(err):
		// It may have had its effect: then the items answer TaskExists.
		return batch, max(retryAfter(err), time.Millisecond), nil
	}
	return nil, 0, l.e.explain("add tasks to job "+j.id, err)
}

// armed lets the job end with its tasks once it has some. That it cannot be
// is no reason to fail tasks that the service took.
func (l *lane) armed(ctx context.Context, j *job, some bool) error {
	if !some {
		return nil
	}
	if err := l.arm(ctx, j); err != nil && ctx.Err() == nil {
		l.e.o.Warn(err.Error())
	}
	return nil
}

// halve posts both halves of a batch that is too large.
func (l *lane) halve(ctx context.Context, batch []*item, err error) ([]*item, time.Duration, error) {
	if len(batch) == 1 {
		return nil, 0, fmt.Errorf("add task %s: its description of %d bytes is more than the service takes: %w", batch[0].en.t.Name, batch[0].size, err)
	}
	half := len(batch) / 2
	l.post(ctx, batch[:half])
	return batch[half:], 0, nil
}

// book puts the items into the job before they are posted: a task may end
// before the answer is here.
func (l *lane) book(j *job, batch []*item) {
	l.e.mu.Lock()
	defer l.e.mu.Unlock()
	for _, it := range batch {
		if it.en.job != j {
			l.e.unlist(it.en)
			it.en.job = j
		}
		if it.en.state <= task.Running {
			j.live[it.en.id] = it.en
		}
	}
	j.news = time.Now()
	l.e.awake()
}

// sort reads the answer item by item.
func (l *lane) sort(j *job, batch []*item, results []azbatch.TaskAddResult) (again []*item, wait time.Duration) {
	byID := make(map[string]*azbatch.TaskAddResult, len(results))
	for i := range results {
		byID[val(results[i].TaskID)] = &results[i]
	}
	for _, it := range batch {
		r := byID[it.en.id]
		switch {
		case r == nil:
			again = append(again, it)
		case val(r.Status) == azbatch.TaskAddStatusSuccess, r.Error != nil && val(r.Error.Code) == "TaskExists":
			it.done(nil)
		case val(r.Status) == azbatch.TaskAddStatusServerError:
			again = append(again, it)
		default:
			it.done(l.refused(j, it, r.Error))
		}
	}
	if len(again) > 0 {
		wait = time.Millisecond
	}
	return again, wait
}

// refused is why the service did not take one task.
func (l *lane) refused(j *job, it *item, e *azbatch.Error) error {
	if e == nil {
		return fmt.Errorf("add task %s to job %s: the service refused it without a reason", it.en.t.Name, j.id)
	}
	text := val(e.Code)
	if e.Message != nil && val(e.Message.Value) != "" {
		text += ": " + firstLine(val(e.Message.Value))
	}
	for _, v := range e.Values {
		text += fmt.Sprintf(" (%s: %s)", val(v.Key), val(v.Value))
	}
	return fmt.Errorf("add task %s to job %s: %w", it.en.t.Name, j.id, errors.New(text))
}

// A limiter lets so many posts go at once: one more after each round that
// went well, half as many when the service asks for patience.
type limiter struct {
	mu     sync.Mutex
	cond   *sync.Cond
	most   float64
	window float64
	busy   int
	hold   time.Time // nothing goes before
}

func newLimiter(most int) *limiter {
	l := &limiter{most: float64(most), window: float64(most) / 2}
	l.cond = sync.NewCond(&l.mu)
	return l
}

func (l *limiter) acquire(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.cond.Broadcast()
	})
	defer stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for ctx.Err() == nil {
		wait := time.Until(l.hold)
		if wait <= 0 && l.busy < max(1, int(l.window)) {
			l.busy++
			return nil
		}
		if wait > 0 {
			t := time.AfterFunc(wait, l.cond.Broadcast)
			l.cond.Wait()
			t.Stop()
			continue
		}
		l.cond.Wait()
	}
	return context.Cause(ctx)
}

func (l *limiter) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy--
	l.cond.Broadcast()
}

// good is told of a call that went well.
func (l *limiter) good() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.window = min(l.most, l.window+1/l.window)
}

// bad is told that the service asks for patience, and says how long to wait.
func (l *limiter) bad(after time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.After(l.hold) { // one answer of a burst counts
		l.window = max(1, l.window/2)
	}
	wait := max(after, time.Second)
	if until := now.Add(wait); until.After(l.hold) {
		l.hold = until
	}
	return wait
}

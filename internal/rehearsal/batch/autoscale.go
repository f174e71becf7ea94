package batch

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	sampleInterval  = 30 * time.Second
	defaultInterval = 15 * time.Minute
	minInterval     = 5 * time.Minute
	maxInterval     = 168 * time.Hour
	maxFormula      = 8192
	maxSamples      = 2880 // a day of them
	enableApart     = 30 * time.Second
)

// scaleRun is an evaluation of a pool's formula.
type scaleRun struct {
	at      time.Time
	results string
	failed  *wrong
}

func (r *scaleRun) object(when, values string) object {
	m := object{when: stamp(r.at), "results": r.results}
	if r.failed != nil {
		e := object{"code": r.failed.Code, "message": r.failed.Message}
		if len(r.failed.Values) > 0 && values != "" {
			e[values] = r.failed.Values
		}
		m["error"] = e
	}
	return m
}

// sample is what formulas see of a pool at a time.
type sample struct {
	at     time.Time
	values map[string]float64
}

func checkFormula(formula, interval string) *failure {
	if strings.TrimSpace(formula) == "" {
		return badRequest("InvalidAutoScalingSettings", "A pool that scales by itself needs an autoScaleFormula.")
	}
	if len(formula) > maxFormula {
		return badRequest("AutoScalingFormulaTooLong", "The autoscale formula is longer than %d characters.", maxFormula)
	}
	if interval != "" {
		if d, err := parseDuration(interval); err != nil || d < minInterval || d > maxInterval {
			return badValue("autoScaleEvaluationInterval", interval, "a duration from five minutes to 168 hours")
		}
	}
	if _, err := parseFormula(formula); err != nil {
		return badRequest("AutoScalingFormulaSyntaxError", "The specified autoscale formula is not valid: %v.", err)
	}
	return nil
}

// startScale lets a pool scale by its formula: it is evaluated at once and
// then at the interval. Samples are taken every 30 seconds; when a formula is
// evaluated first there is none yet.
func (s *Service) startScale(p *pool) {
	s.stopScaling(p)
	p.interval = defaultInterval
	if d, err := parseDuration(p.spec.Interval); err == nil {
		p.interval = d
	}
	p.enabled = s.now()
	p.stopSample = s.after(sampleInterval, func() { s.takeSample(p) })
	s.rescale(p)
}

// often shortens an interval to the one that the state wishes, if it does: few
// want to wait as long for nodes as Azure makes them.
func (s *Service) often(interval time.Duration) time.Duration {
	if every := s.state.Batch.ScaleEvery; every > 0 {
		return min(interval, every)
	}
	return interval
}

func (s *Service) stopScaling(p *pool) {
	for _, stop := range []func(){p.stopScale, p.stopSample} {
		if stop != nil {
			stop()
		}
	}
	p.stopScale, p.stopSample = nil, nil
}

func (s *Service) takeSample(p *pool) {
	p.samples = append(p.samples, sample{s.now(), s.measure(p)})
	if len(p.samples) > maxSamples {
		p.samples = append([]sample(nil), p.samples[len(p.samples)-maxSamples/2:]...)
	}
	p.stopSample = s.after(s.often(sampleInterval), func() { s.takeSample(p) })
}

// measure is what the service-defined variables are now.
func (s *Service) measure(p *pool) map[string]float64 {
	v := map[string]float64{"$TaskSlotsPerNode": float64(p.slots), "$TargetDedicatedNodes": float64(p.dedicated), "$TargetLowPriorityNodes": float64(p.low)}
	for _, name := range []string{"$ActiveTasks", "$RunningTasks", "$PendingTasks", "$SucceededTasks", "$FailedTasks", "$PreemptedNodeCount", "$UsableNodeCount"} {
		v[name] = 0
	}
	for _, j := range p.jobs {
		v["$ActiveTasks"] += float64(j.counts.active)
		v["$RunningTasks"] += float64(j.counts.running)
		v["$SucceededTasks"] += float64(j.counts.succeeded)
		v["$FailedTasks"] += float64(j.counts.failed)
	}
	v["$PendingTasks"] = v["$ActiveTasks"] + v["$RunningTasks"]
	d, l := p.present()
	v["$CurrentDedicatedNodes"], v["$CurrentLowPriorityNodes"] = float64(d), float64(l)
	for _, n := range p.nodes {
		switch n.state {
		case "preempted":
			v["$PreemptedNodeCount"]++
		case "idle", "running":
			v["$UsableNodeCount"]++
		}
	}
	return v
}

// rescale evaluates the formula and follows it.
func (s *Service) rescale(p *pool) {
	if p.state != "active" || !p.spec.EnableAutoScale {
		return
	}
	p.stopScale = s.after(s.often(p.interval), func() { s.rescale(p) })
	run, got := s.evaluate(p, p.spec.Formula)
	p.scaleRun = run
	s.touch(p)
	if run.failed != nil {
		return
	}
	if got.low > 0 && s.allocationMode() != "UserSubscription" {
		f := s.noSpot(got.low)
		run.failed = &wrong{Code: "InvalidPropertyValue", Message: f.values[len(f.values)-1].Value}
		return
	}
	d, l := p.counts()
	if got.dedicated == p.dedicated && got.low == p.low && (p.allocation != "steady" || d == p.dedicated && l == p.low) {
		return
	}
	s.resize(p, got.dedicated, got.low, got.dealloc)
}

// evaluate runs a formula against the pool's samples.
func (s *Service) evaluate(p *pool, formula string) (*scaleRun, scaled) {
	now := s.now()
	run := &scaleRun{at: now}
	got := scaled{dedicated: p.dedicated, low: p.low, dealloc: "requeue"}
	if f := s.occasion("autoscale", p, func(*fault) bool { return true }); f != nil {
		run.failed = &wrong{Code: f.code("AutoScalingFormulaEvaluationError"), Message: f.message("The formula could not be evaluated")}
		return run, got
	}
	parsed, err := parseFormula(formula)
	if err == nil {
		run.results, err = parsed.run(&scope{now: now, current: s.measure(p), samples: p.samples}, &got)
	}
	if err != nil {
		code := "AutoScalingFormulaEvaluationError"
		if e, ok := err.(*formulaError); ok && e.code != "" {
			code = e.code
		}
		run.failed = &wrong{Code: code, Message: err.Error()}
	}
	return run, got
}

func (s *Service) enableAutoScale(c *call, args []string) *failure {
	var u struct {
		Formula  string `json:"autoScaleFormula"`
		Interval string `json:"autoScaleEvaluationInterval"`
	}
	if f := decode(c.body, &u); f != nil {
		return f
	}
	bad := s.onPool(c, args[0], func(p *pool) *failure {
		if f := p.refuse(); f != nil {
			return f
		}
		if p.spec.EnableAutoScale && s.now().Sub(p.enabled) < enableApart {
			return conflict("AutoScaleTooManyRequestsToEnable", "Requests to enable automatic scaling of a pool must be at least %d seconds apart.", int(enableApart.Seconds()))
		}
		next := p.spec
		if u.Formula != "" {
			next.Formula = u.Formula
		}
		if u.Interval != "" {
			next.Interval = u.Interval
		}
		if f := checkFormula(next.Formula, next.Interval); f != nil {
			return f
		}
		next.EnableAutoScale, next.TargetDedicated, next.TargetLowPriority = true, nil, nil
		p.spec = next
		s.startScale(p)
		return nil
	})
	if bad == nil {
		c.w.WriteHeader(http.StatusOK)
	}
	return bad
}

func (s *Service) disableAutoScale(c *call, args []string) *failure {
	bad := s.onPool(c, args[0], func(p *pool) *failure { return s.disableScale(p) })
	if bad == nil {
		c.w.WriteHeader(http.StatusOK)
	}
	return bad
}

func (s *Service) disableScale(p *pool) *failure {
	if f := p.refuse(); f != nil {
		return f
	}
	s.stopScaling(p)
	p.spec.EnableAutoScale, p.spec.Formula, p.spec.Interval, p.scaleRun = false, "", "", nil
	p.spec.TargetDedicated, p.spec.TargetLowPriority = ptr(p.dedicated), ptr(p.low)
	s.touch(p)
	return nil
}

func (s *Service) evaluateAutoScale(c *call, args []string) *failure {
	var u struct {
		Formula string `json:"autoScaleFormula"`
	}
	if f := decode(c.body, &u); f != nil {
		return f
	}
	var m object
	bad := s.onPool(c, args[0], func(p *pool) *failure {
		if !p.spec.EnableAutoScale {
			return conflict("InvalidAutoScalingSettings", "Automatic scaling must be enabled on the pool before a formula can be evaluated.")
		}
		if f := checkFormula(u.Formula, ""); f != nil {
			return f
		}
		run, _ := s.evaluate(p, u.Formula)
		m = run.object("timestamp", "values")
		return nil
	})
	if bad == nil {
		c.reply(http.StatusOK, m)
	}
	return bad
}

// scaled is what a formula asks for.
type scaled struct {
	dedicated, low int
	dealloc        string
}

// formulaError is an error of a formula while it runs.
type formulaError struct{ code, message string }

func (e *formulaError) Error() string { return e.message }

func formulaErr(format string, args ...any) error {
	return &formulaError{message: fmt.Sprintf(format, args...)}
}

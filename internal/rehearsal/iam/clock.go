package iam

import (
	"context"
	"time"
)

// NewClock is a clock that runs speed times as fast as time itself. With
// speed 1 it is package time, so that testing/synctest can fake it.
func NewClock(speed float64) Clock {
	if speed == 1 || speed <= 0 {
		return scaled{speed: 1}
	}
	return scaled{speed: speed, start: time.Now()}
}

type scaled struct {
	speed float64
	start time.Time
}

func (c scaled) Now() time.Time {
	if c.speed == 1 {
		return time.Now()
	}
	return c.start.Add(time.Duration(float64(time.Since(c.start)) * c.speed))
}

func (c scaled) shorten(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.speed)
}

func (c scaled) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	t := time.NewTimer(c.shorten(d))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c scaled) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(c.shorten(d), f).Stop
}

package engine

import (
	"sluice/internal/lang/value"
	"sluice/internal/observe"
)

// host is the world as scripts see it.
type host struct{ r *run }

func (h *host) Call(th *value.Thread, recv value.Value, name string, args []value.Value) (value.Value, error) {
	return h.r.interp.Invoke(th, recv, name, args)
}

func (h *host) Property(th *value.Thread, recv value.Value, name string) (value.Value, error) {
	return h.r.interp.Property(th, recv, name)
}

// Print passes through the bus, so that text and progress stay in step.
func (h *host) Print(text string) {
	h.r.post(observe.Message{Level: observe.Print, Text: text})
}

func (h *host) Log(level, message string) {
	levels := map[string]observe.Level{"error": observe.Error, "warn": observe.Warn, "info": observe.Info, "debug": observe.Debug, "trace": observe.Trace}
	h.r.post(observe.Message{Level: levels[level], Text: message, Source: "nextflow.Nextflow"})
}

func (h *host) Getenv(name string) (string, bool) { return h.r.o.Getenv(name) }
func (h *host) LaunchDir() string                 { return h.r.fileRoot() }

// Package dataflow moves values from who makes them to who wants them: queue
// channels, value channels, the readers attached to them, and the end of a run.
//
// A Graph is an event loop. Emitting appends to the buffer of each reader and
// queues the reader; the loop runs one reader at a time, so what a pipeline
// emits in one order arrives in one order. Sources are asked for more only
// when no reader has anything to do, which keeps buffers short. Work outside
// (tasks, timers) is counted with Hold and reports back with Post.
//
// When nothing is ready, no source has more and nothing is held outside, the
// run is over; a channel still open then can never be closed by anyone, and
// Stalled names it.
//
// It knows no operators and no processes. Start with Graph.Run.
package dataflow

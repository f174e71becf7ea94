package engine

import (
	"context"
	"os"
	"sync"
	"time"

	"sluice/internal/storage"
)

// Storages opens storages as a run in the launch directory would: the
// configuration is read when one is asked for that needs it. What it opens may
// be used as long as ctx lasts.
func Storages(ctx context.Context, o Options) func(scheme string) (storage.Storage, error) {
	var once sync.Once
	var r *run
	var err error
	return func(scheme string) (storage.Storage, error) {
		if scheme != "az" {
			return storageOf(scheme)
		}
		once.Do(func() {
			r = &run{o: o, start: time.Now(), projectDir: o.LaunchDir}
			if o.Getenv == nil {
				r.o.Getenv = os.LookupEnv
			}
			r.prepare(ctx)
			_, err = r.loadConfig()
		})
		if err != nil {
			return nil, err
		}
		return r.storages.of(scheme)
	}
}

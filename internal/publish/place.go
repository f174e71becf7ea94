package publish

import (
	"context"

	"sluice/internal/storage"
)

// Place puts one item into its place at once: what storeDir does with outputs.
// open gives the storages of remote names; it may be nil where there are none.
func Place(ctx context.Context, it Item, open func(scheme string) (storage.Storage, error)) error {
	var op string
	var err error
	if it.remote() {
		op, err = (&carrier{ctx, open}).transfer(it)
	} else {
		op, err = transfer(it)
	}
	if err != nil {
		return &Error{Item: it, Op: op, Err: err}
	}
	return nil
}

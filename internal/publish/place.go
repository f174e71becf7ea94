package publish

// Place puts one item into its place at once: what storeDir does with outputs.
func Place(it Item) error {
	op, err := transfer(it)
	if err != nil {
		return &Error{Item: it, Op: op, Err: err}
	}
	return nil
}

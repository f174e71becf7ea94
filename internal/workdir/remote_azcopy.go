package workdir

// azcopy writes the functions that move files with azcopy.
func (w *wrapper) azcopy() {}

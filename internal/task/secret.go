package task

// Secrets are variables of a task whose values are written nowhere.
type Secrets struct {
	Names   []string
	Store   string // file that holds the values, for the wrapper called by hand
	Program string // this program, which reads the file
	reveal  func(name string) string
}

// NewSecrets keeps values apart from what may be printed.
func NewSecrets(store, program string, names []string, values map[string]string) *Secrets {
	return &Secrets{Names: names, Store: store, Program: program, reveal: func(name string) string { return values[name] }}
}

// Environ lists NAME=value for the process that runs the task, and for nothing else.
func (s *Secrets) Environ() []string {
	if s == nil {
		return nil
	}
	list := make([]string, len(s.Names))
	for i, n := range s.Names {
		list[i] = n + "=" + s.reveal(n)
	}
	return list
}

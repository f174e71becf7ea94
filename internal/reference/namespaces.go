package reference

func namespaces() []*Page { return nil }

package container

import "testing"

// The expectations are what the original made of these names.
func TestReference(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ image, registry, want string }{
		{"ubuntu:20.04", "", "ubuntu:20.04"},
		{"ubuntu:20.04", "quay.io/", "quay.io/ubuntu:20.04"},
		{"a/b", "reg.io/sub", "reg.io/sub/a/b"},
		{"library/x", "quay.io", "quay.io/library/x"},
		{"localhost/x", "quay.io", "quay.io/localhost/x"},
		{"localhost:80/r", "quay.io", "localhost:80/r"},
		{"host:5000/x", "quay.io", "host:5000/x"},
		{"docker.io/z", "quay.io", "docker.io/z"},
		{"quay.io/a/b:1", "reg.io", "quay.io/a/b:1"},
		{"docker://a/b", "quay.io", "docker://a/b"},
	} {
		if got := Reference(tc.image, tc.registry, false); got != tc.want {
			t.Errorf("%s with %s: got %s, want %s", tc.image, tc.registry, got, tc.want)
		}
	}
	if got := Reference("quay.io/a/b:1", "reg.io/m", true); got != "reg.io/m/a/b:1" {
		t.Errorf("override gives %s", got)
	}
}

// Charliecloud adds a tag to names of Docker's alone; Shifter counts colons.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ image, unpacked, typed string }{
		{"a/b", "img/a%b+latest", "docker:a/b:latest"},
		{"a/b:1", "img/a%b+1", "docker:a/b:1"},
		{"h:80/a", "img/h+80%a+latest", "docker:h:80/a"},
		{"id:a:1", "img/id+a+1", "id:a:1"},
		{"docker://a/b:2", "img/a%b+2", "docker://a/b:2"},
		{"shub://a/b", "img/a%b", "docker:shub://a/b"},
		{"https://h/a.sif", "img/h%a.sif", "docker:https://h/a.sif"},
	} {
		if _, got := Unpacked(tc.image); got != tc.unpacked {
			t.Errorf("Charliecloud keeps %s in %s, want %s", tc.image, got, tc.unpacked)
		}
		if got := Typed(tc.image); got != tc.typed {
			t.Errorf("Shifter runs %s as %s, want %s", tc.image, got, tc.typed)
		}
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	exists := func(name string) (string, bool) { return "/launch/" + name, name == "sub/a.img" }
	for _, tc := range []struct{ image, registry, url, path, file string }{
		{"ubuntu:20.04", "", "docker://ubuntu:20.04", "", "ubuntu-20.04.img"},
		{"ubuntu:20.04", "quay.io", "docker://quay.io/ubuntu:20.04", "", "quay.io-ubuntu-20.04.img"},
		{"docker://busybox", "quay.io", "docker://busybox", "", "busybox.img"},
		{"library://u/c/d:latest", "", "library://u/c/d:latest", "", "u-c-d-latest.img"},
		{
			"https://depot.galaxyproject.org/singularity/fastqc:0.11.9--0", "quay.io", "https://depot.galaxyproject.org/singularity/fastqc:0.11.9--0", "",
			"depot.galaxyproject.org-singularity-fastqc-0.11.9--0.img",
		},
		{"oras://reg.io/x/y:z", "", "oras://reg.io/x/y:z", "", "reg.io-x-y-z.img"},
		{"docker-archive:///tmp/x.tar", "", "docker-archive:///tmp/x.tar", "", "-tmp-x.tar.img"},
		{"quay.io/a/b@sha256:abcdef", "reg.io", "docker://quay.io/a/b@sha256:abcdef", "", "quay.io-a-b@sha256-abcdef.img"},
		{"host:5000/x/y", "", "docker://host:5000/x/y", "", "host-5000-x-y.img"},
		{"https://h/x.sif", "", "https://h/x.sif", "", "h-x.sif"},
		{"library://a/b.sif:1.0", "", "library://a/b.sif:1.0", "", "a-b-1.0.sif"},
		{"https://h/x.simg", "", "https://h/x.simg", "", "h-x.simg.img"},
		{"rel/x.img", "", "docker://rel/x.img", "", "rel-x.img.img"},
		{"sub/a.img", "quay.io", "", "/launch/sub/a.img", ""},
		{"/abs/x.img", "quay.io", "", "/abs/x.img", ""},
		{"file:///abs/x.img", "", "", "/abs/x.img", ""},
	} {
		url, path := Source(tc.image, tc.registry, false, exists)
		if url != tc.url || path != tc.path {
			t.Errorf("%s: got %q %q, want %q %q", tc.image, url, path, tc.url, tc.path)
		}
		if tc.file != "" && File(url) != tc.file {
			t.Errorf("%s: kept as %s, want %s", tc.image, File(url), tc.file)
		}
	}
}

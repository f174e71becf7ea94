package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"

	"golang.org/x/sys/unix"
)

// An Entry is one secret as the file has it.
type Entry struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Store is a file of secrets; the file need not exist.
type Store struct{ Path string }

// Open gives the store of the environment: the file NXF_SECRETS_FILE names,
// or secrets/store.json below NXF_HOME, which is ~/.nextflow unless set.
func Open(getenv func(string) (string, bool)) (*Store, error) {
	if path, ok := getenv("NXF_SECRETS_FILE"); ok && path != "" {
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("find the secrets file %s: %w", path, err)
		}
		return &Store{Path: abs}, nil
	}
	home, ok := getenv("NXF_HOME")
	if !ok || home == "" {
		user, ok := getenv("HOME")
		if !ok || user == "" {
			return nil, errors.New("find the secrets file: neither NXF_SECRETS_FILE, NXF_HOME nor HOME is set")
		}
		home = filepath.Join(user, ".nextflow")
	}
	abs, err := filepath.Abs(filepath.Join(home, "secrets", "store.json"))
	if err != nil {
		return nil, fmt.Errorf("find the secrets file: %w", err)
	}
	return &Store{Path: abs}, nil
}

var validName = regexp.MustCompile(`^[A-Za-z_](_?[A-Za-z0-9])*_?$`)

// CheckName says what is wrong with a name: it becomes a variable of tasks.
func CheckName(name string) error {
	if name == "_" || !validName.MatchString(name) {
		return fmt.Errorf("`%s` cannot be the name of a secret: it is made of letters, digits and single underscores and does not begin with a digit", name)
	}
	return nil
}

// All lists the secrets by name; no file means none.
func (s *Store) All() ([]Entry, error) {
	f, err := os.Open(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read secrets: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read secrets: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the secrets file %s can be read by others: close it with `chmod 600 %s`", s.Path, s.Path)
	}
	var all []Entry
	if info.Size() == 0 {
		return nil, nil
	}
	if err := json.NewDecoder(f).Decode(&all); err != nil { // err holds no value: only a position
		return nil, fmt.Errorf("the secrets file %s is not a list of names and values: %w", s.Path, err)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

// Get finds one value.
func (s *Store) Get(name string) (text string, found bool, err error) {
	all, err := s.All()
	for _, e := range all {
		if e.Name == name {
			return e.Value, true, err
		}
	}
	return "", false, err
}

// Set puts a value under a name, new or old.
func (s *Store) Set(name, value string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	return s.change(func(all []Entry) []Entry {
		for i := range all {
			if all[i].Name == name {
				all[i].Value = value
				return all
			}
		}
		return append(all, Entry{name, value})
	})
}

// Delete removes a name and says whether it was there.
func (s *Store) Delete(name string) (found bool, err error) {
	err = s.change(func(all []Entry) []Entry {
		kept := all[:0]
		for _, e := range all {
			if e.Name == name {
				found = true
				continue
			}
			kept = append(kept, e)
		}
		return kept
	})
	return found, err
}

// change rewrites the file; two programs that do so wait for each other.
func (s *Store) change(edit func([]Entry) []Entry) (err error) {
	dir := filepath.Dir(s.Path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write secrets: %w", err)
	}
	lock, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("write secrets: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return fmt.Errorf("write secrets: lock %s: %w", dir, err)
	}
	all, err := s.All()
	if err != nil {
		return err
	}
	all = edit(all)
	if all == nil {
		all = []Entry{}
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write secrets: %w", err)
	}
	return s.replace(dir, data)
}

// replace puts the new content in the place of the old at once. The temporary
// file is closed to others from its first moment.
func (s *Store) replace(dir string, data []byte) error {
	f, err := os.CreateTemp(dir, ".store-*.json") // 0600
	if err != nil {
		return fmt.Errorf("write secrets: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), s.Path)
	}
	if err != nil {
		return fmt.Errorf("write secrets: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

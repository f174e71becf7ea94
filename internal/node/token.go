package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const identityURL = "http://169.254.169.254/metadata/identity/oauth2/token"

// Tokens gives tokens of the node's identities. All processes of a user on a
// node share what the identity endpoint gave:
//
//	<shared>/sluice/tokens/<uid>/<hash of identity and audience>.json   0600
//
// A token is asked for again at half of its life, more or less, so that not
// all nodes of a pool ask at once; an old one serves while the endpoint fails.
type Tokens struct {
	Dir  string // of the cache; "" = none but memory
	HTTP *http.Client
	// Now and Sleep are time; nil is the real one.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error

	mu   sync.Mutex
	have map[string]kept
}

// kept is a token as the cache has it.
type kept struct {
	Token   string    `json:"token"`
	Refresh time.Time `json:"refresh"`
	Expires time.Time `json:"expires"`
}

// least is how much life a token must have to be worth using.
const least = 2 * time.Minute

func (t *Tokens) now() time.Time {
	if t.Now != nil {
		return t.Now()
	}
	return time.Now()
}

// Get is a token of an identity for an audience such as
// https://storage.azure.com. stale is a token that was refused: another is got.
func (t *Tokens) Get(ctx context.Context, clientID, audience, stale string) (string, error) {
	key := keyOf(clientID, audience)
	good := func(k kept) bool { return k.Token != "" && k.Token != stale && t.now().Before(k.Refresh) }
	t.mu.Lock()
	defer t.mu.Unlock()
	if k := t.have[key]; good(k) {
		return k.Token, nil
	}
	file := t.file(key)
	old := readKept(file)
	if !good(old) {
		unlock := lock(file)
		defer unlock()
		old = readKept(file) // another process may have been here
	}
	if !good(old) {
		fresh, err := t.fetch(ctx, clientID, audience)
		switch {
		case err == nil:
			old = fresh
			writeKept(file, fresh)
		case old.Token == "" || old.Token == stale || t.now().Add(least).After(old.Expires) || configFault(err):
			return "", err
		}
	}
	if t.have == nil {
		t.have = map[string]kept{}
	}
	t.have[key] = old
	return old.Token, nil
}

func keyOf(clientID, audience string) string {
	sum := sha256.Sum256([]byte(clientID + "\n" + audience))
	return hex.EncodeToString(sum[:12])
}

func configFault(err error) bool {
	var f *Fault
	return errors.As(err, &f) && f.Class == ClassConfig
}

// file is where a token is kept: in a directory that is ours alone, or nowhere.
func (t *Tokens) file(key string) string {
	if t.Dir == "" {
		return ""
	}
	dir := filepath.Join(t.Dir, strconv.Itoa(os.Getuid()))
	// An unwritable shared directory means no sharing, and no failure.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ""
	}
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return ""
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || int(st.Uid) != os.Getuid() {
		return ""
	}
	return filepath.Join(dir, key+".json")
}

// lock keeps other processes of this node out. Where it cannot, each asks for
// itself.
func lock(file string) func() {
	if file == "" {
		return func() {}
	}
	f, err := os.OpenFile(file+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return func() {}
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	return func() { f.Close() }
}

func readKept(file string) kept {
	var k kept
	data, err := os.ReadFile(file)
	if file == "" || err != nil || json.Unmarshal(data, &k) != nil {
		return kept{}
	}
	return k
}

// writeKept replaces the file; without it the next process asks again.
func writeKept(file string, k kept) {
	if file == "" {
		return
	}
	data, err := json.Marshal(k)
	if err != nil {
		return
	}
	part := file + "." + strconv.Itoa(os.Getpid())
	if os.WriteFile(part, data, 0o600) != nil || os.Rename(part, file) != nil {
		os.Remove(part) //nolint:errcheck // it may not be there
	}
}

// fetch asks the identity endpoint, and again where Azure says that this helps.
func (t *Tokens) fetch(ctx context.Context, clientID, audience string) (kept, error) {
	wait := 800 * time.Millisecond
	for attempt := 1; ; attempt++ {
		k, after, err := t.ask(ctx, clientID, audience)
		if err == nil || after < 0 || attempt == 7 {
			return k, err
		}
		pause := max(after, wait+rand.N(wait/2))
		wait = min(2*wait, 20*time.Second)
		if serr := t.sleep(ctx, pause); serr != nil {
			return k, err
		}
	}
}

func (t *Tokens) sleep(ctx context.Context, d time.Duration) error {
	if t.Sleep != nil {
		return t.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// ask makes one call. after is how long to wait before another, negative if
// none helps.
func (t *Tokens) ask(ctx context.Context, clientID, audience string) (kept, time.Duration, error) {
	q := url.Values{"api-version": {"2018-02-01"}, "resource": {audience}}
	if clientID != "" {
		q.Set("client_id", clientID)
	}
	fault := &Fault{Class: ClassInfra, Step: StepIdentity, Op: "token", URL: identityURL, Identity: clientID}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, identityURL+"?"+q.Encode(), nil)
	if err != nil {
		return kept{}, -1, fmt.Errorf("ask for a token: %w", err)
	}
	req.Header.Set("Metadata", "true")
	asked := t.now()
	resp, err := t.HTTP.Do(req)
	if err != nil {
		fault.Message = "the identity endpoint does not answer: " + unwrapURL(err)
		return kept{}, 0, fault
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		fault.Message = "the identity endpoint stopped in the middle: " + err.Error()
		return kept{}, 0, fault
	}
	if resp.StatusCode != http.StatusOK {
		return kept{}, refusal(fault, resp, body), fault
	}
	k, err := parseToken(body, asked)
	if err != nil {
		fault.Message = err.Error()
		return kept{}, 0, fault
	}
	return k, 0, nil
}

// refusal fills in the fault of an answer, and says how long to wait.
func refusal(f *Fault, resp *http.Response, body []byte) time.Duration {
	var e struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &e) != nil || e.Error == "" {
		e.Description = clip(string(body))
	}
	f.Status, f.Code, f.Message = resp.StatusCode, e.Error, e.Description
	f.RequestID = resp.Header.Get("x-ms-request-id")
	s := resp.StatusCode
	// Microsoft Learn: "How to use managed identities on a VM", retry guidance.
	if s == http.StatusNotFound || s == http.StatusGone || s == http.StatusTooManyRequests || s >= 500 {
		if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
			return time.Duration(n) * time.Second
		}
		return 0
	}
	f.Class = ClassConfig
	return -1
}

func clip(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 300 {
		s = s[:300] + "…"
	}
	return s
}

// unwrapURL is an error of net/http without the address and its query.
func unwrapURL(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

func parseToken(body []byte, asked time.Time) (kept, error) {
	var a struct {
		Token string          `json:"access_token"`
		In    json.RawMessage `json:"expires_in"` // a number in quotes, mostly
		On    json.RawMessage `json:"expires_on"`
	}
	if err := json.Unmarshal(body, &a); err != nil || a.Token == "" {
		return kept{}, errors.New("the identity endpoint gave no token")
	}
	life := time.Hour
	number := func(raw json.RawMessage) (int64, bool) {
		n, err := strconv.ParseInt(strings.Trim(string(raw), `"`), 10, 64)
		return n, err == nil && n > 0
	}
	if n, ok := number(a.In); ok {
		life = time.Duration(n) * time.Second
	} else if n, ok := number(a.On); ok {
		life = time.Unix(n, 0).Sub(asked)
	}
	half := life / 2
	half += time.Duration((rand.Float64() - 0.5) * 0.4 * float64(half))
	return kept{Token: a.Token, Refresh: asked.Add(half), Expires: asked.Add(life)}, nil
}

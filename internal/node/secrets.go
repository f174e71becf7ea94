package node

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// secretsCommand writes values of the key vault into a pipe, for the wrapper
// that sets them in the environment of the script.
func (n *Node) secretsCommand(ctx context.Context, args []string) (int, error) {
	if len(args) == 0 {
		return 0, &usage{"node secrets takes names"}
	}
	if f, ok := n.Stdout.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return 0, &usage{"node secrets writes into a pipe only"}
		}
	}
	vault := n.get("SLUICE_KEY_VAULT")
	if vault == "" {
		return 0, n.fail(&Fault{Class: ClassConfig, Step: StepSecret, Message: "the task has secrets, and azure.keyVault.uri names no vault"})
	}
	var values []string
	for _, name := range args {
		v, f := n.secret(ctx, vault, name)
		if f != nil {
			return 0, n.fail(f)
		}
		if strings.Contains(v, "\x00") {
			return 0, n.fail(&Fault{Class: ClassConfig, Step: StepSecret, Op: "GET", URL: secretURL(vault, name), Message: "the value has a NUL, which no variable can hold"})
		}
		values = append(values, v)
	}
	for _, v := range values {
		if _, err := io.WriteString(n.Stdout, v+"\x00"); err != nil {
			return 0, fmt.Errorf("write secrets: %w", err)
		}
	}
	return 0, nil
}

// secretURL is the address of a secret. Names in a vault have no `_`.
func secretURL(vault, name string) string {
	return strings.TrimRight(vault, "/") + "/secrets/" + strings.ReplaceAll(name, "_", "-")
}

// secret gets one value, and again where that may help.
func (n *Node) secret(ctx context.Context, vault, name string) (string, *Fault) {
	wait := time.Second
	stale := ""
	for attempt := 1; ; attempt++ {
		v, token, f := n.askVault(ctx, vault, name, stale)
		if f == nil {
			return v, nil
		}
		refused := f.Status == http.StatusUnauthorized && stale == "" && token != ""
		if !refused && f.Class != ClassInfra || attempt == 6 || f.Step == StepIdentity {
			return "", f
		}
		if refused {
			stale = token
			continue
		}
		if n.tokens().sleep(ctx, wait) != nil {
			return "", f
		}
		wait *= 2
	}
}

func (n *Node) askVault(ctx context.Context, vault, name, stale string) (value, token string, f *Fault) {
	f = &Fault{Class: ClassInfra, Step: StepSecret, Op: "GET", URL: secretURL(vault, name), Identity: n.reader()}
	token, err := n.tokens().Get(ctx, n.reader(), n.audience("SLUICE_VAULT_AUDIENCE", "https://vault.azure.net"), stale)
	if err != nil {
		return "", "", (*blobs)(nil).faultOf(StepSecret, "token", "", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL+"?api-version=7.4", nil)
	if err != nil {
		f.Class, f.Message = ClassConfig, "`"+vault+"` is not an address of a key vault"
		return "", token, f
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := n.http().Do(req)
	if err != nil {
		f.Message = unwrapURL(err)
		return "", token, f
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		f.Message = err.Error()
		return "", token, f
	}
	var a struct {
		Value *string `json:"value"`
		Error struct{ Code, Message string }
	}
	uerr := json.Unmarshal(body, &a)
	if resp.StatusCode == http.StatusOK && uerr == nil && a.Value != nil {
		return *a.Value, token, nil
	}
	f.Status, f.Code, f.Message, f.RequestID = resp.StatusCode, a.Error.Code, a.Error.Message, resp.Header.Get("x-ms-request-id")
	if s := resp.StatusCode; s >= 400 && s < 500 && s != http.StatusTooManyRequests && s != http.StatusRequestTimeout {
		f.Class = ClassConfig
	}
	if f.Message == "" {
		f.Message = http.StatusText(resp.StatusCode)
	}
	return "", token, f
}

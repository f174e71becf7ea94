package engine

import (
	"fmt"

	"sluice/internal/lang/value"
	"sluice/internal/observe/trace"
	"sluice/internal/observe/web"
)

// openWeblog prepares the messages to a web address.
func (r *run) openWeblog() (keeper, error) {
	if !value.Truth(r.config.Get("weblog", "enabled")) {
		return nil, nil
	}
	address := "http://localhost"
	if v := r.config.Get("weblog", "url"); v != nil {
		address = value.ToString(v)
	}
	if err := web.CheckURL(address); err != nil {
		return nil, fmt.Errorf("config option `weblog.url`: %w", err)
	}
	token := ""
	if v := r.config.Get("weblog", "basicToken"); v != nil {
		token = value.ToString(v)
	}
	if err := web.CheckToken(token); err != nil {
		return nil, fmt.Errorf("config option `weblog.basicToken`: %w", err)
	}
	r.measures, r.tells = true, true
	s, err := web.New(web.Options{URL: address, BasicToken: token, Agent: "Nextflow/" + r.o.Version, Trace: trace.Record, Warn: r.warnLate})
	if err != nil {
		return nil, fmt.Errorf("config option `weblog.url`: %w", err)
	}
	return s, nil
}

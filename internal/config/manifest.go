package config

import (
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/config#manifest
var manifest = scope("manifest", "What the pipeline is.", `
	author | string | | [deprecated] Authors, separated by commas; use contributors.
	contributors | list | | [24.10] Maps with name, affiliation, email, github, contribution, orcid.
	defaultBranch | string | master | [deprecated] Branch that is run by default.
	description | string | | One sentence about the pipeline.
	docsUrl | string | | Address of its documentation.
	doi | string | | Identifier of its publication.
	gitmodules | boolean/string | | Whether submodules are pulled, or which.
	homePage | string | | Address of its home page.
	icon | string | | Address of its icon.
	license | string | | Its licence.
	mainScript | string | main.nf | Name of its main script.
	name | string | | Its name.
	nextflowVersion | string | | Release of Nextflow it needs, such as !>=24.04.
	organization | string | | Who makes it.
	recurseSubmodules | boolean | false | Pull submodules of submodules.
	version | string | | Its version.
`)

// A Manifest is the scope manifest.
type Manifest struct {
	Name, Version, Description, Author, HomePage string
	DefaultBranch, MainScript, NextflowVersion   string
	Doi, DocsURL, Icon, License, Organization    string
	Contributors                                 []value.Value
	Map                                          *value.Map // as written
}

// Manifest reads the scope manifest.
func (c *Config) Manifest() (Manifest, diag.List) {
	r := c.reader("manifest")
	m := Manifest{
		Name: r.text("", "name"), Version: r.text("", "version"), Description: r.text("", "description"),
		Author: r.text("", "author"), HomePage: r.text("", "homePage"), DefaultBranch: r.text("master", "defaultBranch"),
		MainScript: r.text("main.nf", "mainScript"), NextflowVersion: r.text("", "nextflowVersion"), Doi: r.text("", "doi"),
		DocsURL: r.text("", "docsUrl"), Icon: r.text("", "icon"), License: r.text("", "license"),
		Organization: r.text("", "organization"), Map: c.Scope("manifest"),
	}
	if l, ok := r.get("contributors").(*value.List); ok {
		m.Contributors = l.Elems
	}
	return m, r.problems
}

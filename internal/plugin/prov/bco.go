package prov

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/internal/lang/value"
)

// The parts of a BioCompute object, as the plugin writes them.
// See https://w3id.org/ieee/ieee-2791-schema/2791object.json
type (
	bcoObject struct {
		ID          string         `json:"object_id"`
		Spec        string         `json:"spec_version"`
		Etag        string         `json:"etag"`
		Provenance  bcoProvenance  `json:"provenance_domain"`
		Usability   any            `json:"usability_domain"`
		Extension   []any          `json:"extension_domain"`
		Description bcoDescription `json:"description_domain"`
		Execution   bcoExecution   `json:"execution_domain"`
		Parametric  []bcoParam     `json:"parametric_domain"`
		IO          bcoIO          `json:"io_domain"`
		Errors      bcoErrors      `json:"error_domain"`
	}
	bcoProvenance struct {
		Name         any   `json:"name"`
		Version      any   `json:"version"`
		Review       any   `json:"review"`
		DerivedFrom  any   `json:"derived_from"`
		Obsolete     any   `json:"obsolete_after"`
		Embargo      any   `json:"embargo"`
		Created      any   `json:"created"`
		Modified     any   `json:"modified"`
		Contributors []any `json:"contributors"`
		License      any   `json:"license"`
	}
	bcoDescription struct {
		Keywords any       `json:"keywords"`
		Xref     any       `json:"xref"`
		Platform []string  `json:"platform"`
		Steps    []bcoStep `json:"pipeline_steps"`
	}
	bcoStep struct {
		Number      int      `json:"step_number"`
		Name        string   `json:"name"`
		Description string   `json:"description"`
		Inputs      []bcoURI `json:"input_list"`
		Outputs     []bcoURI `json:"output_list"`
	}
	bcoURI struct {
		URI string `json:"uri"`
	}
	bcoExecution struct {
		Script        []string          `json:"script"`
		Driver        string            `json:"script_driver"`
		Prerequisites []bcoSoftware     `json:"software_prerequisites"`
		Endpoints     any               `json:"external_data_endpoints"`
		Variables     map[string]string `json:"environment_variables"`
	}
	bcoSoftware struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		URI     bcoURI `json:"uri"`
	}
	bcoParam struct {
		Param string `json:"param"`
		Value string `json:"value"`
		Step  string `json:"step"`
	}
	bcoIO struct {
		Inputs  []bcoInput  `json:"input_subdomain"`
		Outputs []bcoOutput `json:"output_subdomain"`
	}
	bcoInput struct {
		URI bcoURI `json:"uri"`
	}
	bcoOutput struct {
		Mediatype string  `json:"mediatype"`
		URI       bcoFile `json:"uri"`
	}
	bcoFile struct {
		Name string `json:"filename"`
		URI  string `json:"uri"`
	}
	bcoErrors struct {
		Empirical   struct{} `json:"empirical_error"`
		Algorithmic struct{} `json:"algorithmic_error"`
	}
)

// bco is the report as a BioCompute object.
func bco(r *record) (string, error) {
	option := func(empty any, path ...string) any {
		if v := r.o.Option(append([]string{"prov", "formats", "bco"}, path...)...); v != nil {
			return r.o.Plain(v)
		}
		return empty
	}
	none := []any{}
	version, start := r.launch.Version, r.workflow["start"]
	o := bcoObject{
		Provenance: bcoProvenance{
			Name: orEmpty(r.manifest("name")), Version: orEmpty(r.manifest("version")), Review: option(none, "provenance_domain", "review"),
			DerivedFrom: option(nil, "provenance_domain", "derived_from"), Obsolete: option(nil, "provenance_domain", "obsolete_after"),
			Embargo: option(nil, "provenance_domain", "embargo"), Created: start, Modified: start, Contributors: r.contributors(), License: r.manifest("license"),
		},
		Usability: option(none, "usability_domain"), Extension: r.extension(),
		Description: bcoDescription{
			Keywords: option(none, "description_domain", "keywords"), Xref: option(none, "description_domain", "xref"), Platform: []string{"Nextflow"}, Steps: r.steps(),
		},
		Execution: bcoExecution{
			Script: []string{r.uri(r.launch.ScriptFile)}, Driver: "nextflow",
			Prerequisites: []bcoSoftware{{"Nextflow", version, bcoURI{"https://github.com/nextflow-io/nextflow/releases/tag/v" + version}}},
			Endpoints:     option(none, "execution_domain", "external_data_endpoints"), Variables: r.variables(),
		},
		Parametric: r.parameters(), IO: bcoIO{Inputs: r.inputs(), Outputs: r.outputs()},
	}
	text, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	o.Etag = hex.EncodeToString(sum[:16])
	id := make([]byte, 16)
	rand.Read(id)
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	o.ID = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
	o.Spec = "https://w3id.org/ieee/ieee-2791-schema/2791object.json"
	return pretty(o)
}

// pretty is JSON laid out for people.
func pretty(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "    ")
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

func orEmpty(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// contributions are the plugin's words for those of the manifest.
var contributions = map[string]string{"author": "authoredBy", "maintainer": "curatedBy", "contributor": "curatedBy"}

func (r *record) contributors() []any {
	list, _ := r.manifest("contributors").([]any)
	all := []any{}
	for _, c := range list {
		m, ok := c.(map[string]any)
		if !ok {
			continue
		}
		kinds := []any{}
		given, _ := m["contribution"].([]any)
		for _, k := range given {
			if word := contributions[strings.ToLower(fmt.Sprint(k))]; word != "" {
				kinds = append(kinds, word)
			}
		}
		all = append(all, map[string]any{"name": m["name"], "affiliation": m["affiliation"], "email": m["email"], "contribution": kinds, "orcid": m["orcid"]})
	}
	return all
}

// extension names the project's repository.
func (r *record) extension() []any {
	repository, _ := r.workflow["repository"].(string)
	if repository == "" {
		return []any{}
	}
	script := r.launch.ScriptFile
	return []any{map[string]any{
		"extension_schema": "https://w3id.org/biocompute/extension_domain/1.1.0/scm/scm_extension.json",
		"scm_extension": map[string]any{
			"scm_repository": repository, "scm_type": "git", "scm_commit": r.workflow["commitId"],
			"scm_path": strings.TrimPrefix(script, r.launch.ProjectDir+"/"), "scm_preview": r.uri(script),
		},
	}}
}

func (r *record) steps() []bcoStep {
	all := []bcoStep{}
	for _, t := range r.tasks {
		s := bcoStep{Number: t.ID, Name: t.Hash.String(), Description: t.Name, Inputs: []bcoURI{}, Outputs: []bcoURI{}}
		for _, in := range t.Stage {
			s.Inputs = append(s.Inputs, bcoURI{r.uri(in.Source)})
		}
		for _, out := range t.Outputs {
			s.Outputs = append(s.Outputs, bcoURI{r.uri(out)})
		}
		all = append(all, s)
	}
	return all
}

// variables are those that the configuration names.
func (r *record) variables() map[string]string {
	all := map[string]string{}
	names, _ := value.Elements(r.o.Option("prov", "formats", "bco", "execution_domain", "environment_variables"))
	for _, n := range names {
		if v, ok := r.o.Getenv(value.ToString(n)); ok {
			all[value.ToString(n)] = v
		}
	}
	return all
}

func (r *record) parameters() []bcoParam {
	all := []bcoParam{}
	var flatten func(prefix string, m map[string]any)
	flatten = func(prefix string, m map[string]any) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if inner, ok := m[k].(map[string]any); ok && len(inner) > 0 {
				flatten(prefix+k+".", inner)
				continue
			}
			text := "null"
			if m[k] != nil {
				text = fmt.Sprint(m[k])
			}
			if filepath.IsAbs(text) {
				text = r.uri(text)
			}
			all = append(all, bcoParam{prefix + k, text, "0"})
		}
	}
	flatten("", r.params)
	return all
}

// inputs are the files that no task made.
func (r *record) inputs() []bcoInput {
	all, seen := []bcoInput{}, map[string]bool{}
	for _, t := range r.tasks {
		for _, in := range t.Stage {
			if r.makers[in.Source] == nil && !seen[in.Source] {
				seen[in.Source] = true
				all = append(all, bcoInput{bcoURI{r.uri(in.Source)}})
			}
		}
	}
	return all
}

func (r *record) outputs() []bcoOutput {
	all := []bcoOutput{}
	for _, p := range r.published {
		all = append(all, bcoOutput{mediaType(p.target), bcoFile{r.uri(p.source), r.uri(p.target)}})
	}
	return all
}

// mediaType is that of a file by its name, "" where none is known.
func mediaType(path string) string {
	if st, err := os.Stat(path); err != nil || st.IsDir() {
		return ""
	}
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".txt", ".log":
		return "text/plain"
	case ".csv":
		return "text/csv"
	case ".tsv":
		return "text/tab-separated-values"
	case ".yml", ".yaml":
		return "application/yaml"
	case ".gz":
		return "application/gzip"
	default:
		kind, _, _ := strings.Cut(mime.TypeByExtension(ext), ";")
		return kind
	}
}

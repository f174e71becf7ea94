package conformance

import (
	"regexp"
	"sort"
	"strings"
)

var (
	// Lines an engine prints about itself. Pipelines of the cases print nothing of this form.
	chatter = regexp.MustCompile(`^( *(N E X T F L O W|S L U I C E) .*|Launching .*|executor > .*|WARN: .*|(Pulling|Charliecloud pulling|Creating env using) .*|Execution cancelled -- .*|Downloading plugin.*|Monitor the execution.*|\[[0-9a-f]{2}/[0-9a-f]{6}\] .*|\[[^\]]*\] (Cached|Stored|Submitted|Re-submitted) process > .*)$`)

	errorEnd = regexp.MustCompile(`^ -- Check .*\.nextflow\.log' file`)

	workDir   = regexp.MustCompile(`([^\s'"]*/)?work/[0-9a-f]{2}/[0-9a-f]{30}`)
	blockEnd  = regexp.MustCompile(`^(Tip:| -- Check | *= help:|help:| *= note:)`)
	taskDir   = regexp.MustCompile(`(^|/)[0-9a-f]{2}/[0-9a-f]{30}$`)
	stagePath = regexp.MustCompile(`work/stage-[-0-9a-f]+/[0-9a-f]{2}/[0-9a-f]{30}`)
)

// normalStdout keeps what the pipeline itself printed.
func normalStdout(out, dir string, sorted bool) string {
	var kept []string
	inError := false
	for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		line = strings.TrimRight(line, "\r")
		switch {
		case strings.HasPrefix(line, "ERROR ~ ") || isDiagnostic(line):
			inError = true
		case inError && errorEnd.MatchString(line):
			inError = false
		case inError || chatter.MatchString(line):
		default:
			kept = append(kept, line)
		}
	}
	// The engine separates its messages with empty lines.
	for len(kept) > 0 && kept[len(kept)-1] == "" {
		kept = kept[:len(kept)-1]
	}
	for len(kept) > 0 && kept[0] == "" {
		kept = kept[1:]
	}
	if len(kept) == 0 {
		return ""
	}
	if sorted {
		sort.Strings(kept)
	}
	return normalText(strings.Join(kept, "\n")+"\n", dir)
}

// isDiagnostic recognises the first line of a compile error of the original:
// "Error main.nf:3:1: …"; the block ends as that of an ERROR does.
func isDiagnostic(line string) bool {
	return strings.HasPrefix(line, "Error ") && (strings.Contains(line, ".nf:") || strings.Contains(line, ".config:"))
}

// dropMatching takes the lines that a pattern matches out of text: the original
// prints some of its error messages like any other output.
func dropMatching(text string, patterns []string) (string, error) {
	var kept strings.Builder
	res := make([]*regexp.Regexp, len(patterns))
	for i, p := range patterns {
		re, err := regexp.Compile(p)
		if err != nil {
			return "", err
		}
		res[i] = re
	}
lines:
	for _, line := range strings.SplitAfter(text, "\n") {
		for _, re := range res {
			if re.MatchString(line) {
				continue lines
			}
		}
		kept.WriteString(line)
	}
	return kept.String(), nil
}

// normalText replaces what differs from run to run and ends the text with a newline.
func normalText(text, dir string) string {
	text = stagePath.ReplaceAllString(text, "work/[stage]")
	text = strings.ReplaceAll(text, dir, "[launchDir]")
	text = workDir.ReplaceAllString(text, "[work]")
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

// errorBlock cuts the report of a failed task out of the output, from its
// "Caused by:" to the advice at its end. Both engines use the same headings.
// Unsorted, the lines under a heading keep their order; what a task writes to
// two streams has none.
func errorBlock(out, dir string, sorted bool) string {
	_, rest, ok := strings.Cut("\n"+out, "\nCaused by:\n")
	if !ok {
		return ""
	}
	block := []string{"Caused by:"}
	start := len(block) // of the lines under the present heading
	for _, line := range strings.Split(rest, "\n") {
		if blockEnd.MatchString(line) {
			break
		}
		// Empty lines between the headings carry nothing.
		if strings.TrimSpace(line) == "" {
			continue
		}
		heading := line[0] != ' ' && strings.HasSuffix(line, ":")
		if heading && sorted {
			sort.Strings(block[start:])
		}
		block = append(block, strings.TrimRight(line, " "))
		if heading {
			start = len(block)
		}
	}
	return normalText(strings.Join(block, "\n"), dir)
}

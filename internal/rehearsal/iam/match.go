package iam

import "strings"

// matches says whether an action is one that a pattern of a role definition
// stands for. A `*` stands for any text, slashes included; `/*/` also for a
// single slash, as in the Managed Identity Operator's
// userAssignedIdentities/*/assign/action. Case does not count.
func matches(pattern, action string) bool {
	return glob(strings.ToLower(pattern), strings.ToLower(action))
}

func glob(pattern, text string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if before, ok := strings.CutSuffix(head, "/"); ok && strings.HasPrefix(rest, "/") {
		if tail, ok := strings.CutPrefix(text, before); ok && glob(rest, tail) {
			return true
		}
	}
	text, ok := strings.CutPrefix(text, head)
	if !ok {
		return false
	}
	if rest == "" {
		return true
	}
	for i := 0; i <= len(text); i++ {
		if glob(rest, text[i:]) {
			return true
		}
	}
	return false
}

func anyMatches(patterns []string, action string) bool {
	for _, p := range patterns {
		if matches(p, action) {
			return true
		}
	}
	return false
}

// within says whether scope is outer or below it: grants act downwards.
func within(scope, outer string) bool {
	scope, outer = fold(scope), fold(outer)
	return outer == "" || scope == outer || strings.HasPrefix(scope, outer+"/")
}

func fold(scope string) string { return strings.ToLower(strings.TrimRight(scope, "/")) }

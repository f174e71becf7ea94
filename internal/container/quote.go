package container

import "strings"

// plain are the bytes that mean themselves to every shell.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%="

// Quote makes one shell word that stands for exactly s. It does not protect a
// leading `-` from the command that gets the word.
func Quote(s string) string {
	if s != "" && onlyPlain(s) && s[0] != '=' {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func onlyPlain(s string) bool {
	for i := range len(s) {
		if strings.IndexByte(plain, s[i]) < 0 {
			return false
		}
	}
	return true
}

var inDouble = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`")

// InDouble escapes shell text so that it can stand between double quotes and
// reach an inner shell unchanged.
func InDouble(s string) string { return inDouble.Replace(s) }

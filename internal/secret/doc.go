// Package secret keeps values that must not be seen: passwords, keys, tokens.
//
// They are in one JSON file that only its owner can read, under names:
//
//	[
//	  {
//	    "name": "API_TOKEN",
//	    "value": "…"
//	  }
//	]
//
// The file is replaced as a whole, so that a reader sees the old or the new
// content, and nobody else ever sees either. Start with Open.
package secret

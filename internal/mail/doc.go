// Package mail sends mail: by a mail server where the configuration names
// one, else by the program `sendmail`, else by `mail`.
//
// A password is used to log in and is part of no message, error or log.
package mail

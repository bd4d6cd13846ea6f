// Package hob holds what the program embeds from the top of the repository: the
// sample house. The command is in package server. The value is read-only and
// safe to share.
package hob

import _ "embed"

// SampleConfig is config.yaml, the house that `hob demo` runs when there is no
// configuration in the working directory.
//
//go:embed config.yaml
var SampleConfig []byte

package config

import (
	"errors"
	"fmt"
	"io/fs"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
)

// secrets are the values of secrets.yaml. They are read when the first one is
// asked for; what is wrong with the file is said once.
type secrets struct {
	values map[string]*yaml.Node // nil until read
	bad    bool                  // reported already
}

// secretText is text for a field whose value nobody should see: it may come from
// secrets.yaml. What is wrong with it is told without quoting it.
func (v value) secretText(expected string) (raw string, fromFile, ok bool) {
	if v.node.Tag != "!secret" {
		if v.node.Kind != yaml.ScalarNode || isNothing(v.node) {
			v.problem(problem{code: diag.WrongType, message: fmt.Sprintf("%s must be %s", v.label(), expected)})
			return "", false, false
		}
		raw, ok = v.text(expected)
		return raw, false, ok
	}
	name := v.node.Value
	if v.node.Kind != yaml.ScalarNode || name == "" {
		v.problem(problem{code: diag.UnknownSecret, message: "!secret needs the name of a value in " + secretsFile,
			suggestion: "write such as: code: !secret alarm_code"})
		return "", true, false
	}
	values, ok := v.r.readSecrets(v)
	if !ok {
		return "", true, false
	}
	n, known := values[name]
	if !known {
		var names []string
		for n := range values {
			names = append(names, n)
		}
		v.problem(problem{code: diag.UnknownSecret, message: fmt.Sprintf("%s has no %s", v.r.files.shown(secretsFile), quote(name)),
			suggestion: v.r.didYouMeanSorted(name, names, fmt.Sprintf("add a line to it: %s: and the value", name))})
		return "", true, false
	}
	if n.Kind != yaml.ScalarNode || isNothing(n) {
		v.r.errorAt(nodeSpan(v.r.sourceOf(n), n), problem{code: diag.WrongType, message: fmt.Sprintf("the secret %s must be a text", quote(name))})
		return "", true, false
	}
	return n.Value, true, true
}

// readSecrets reads secrets.yaml for the first value that needs it.
func (r *report) readSecrets(v value) (map[string]*yaml.Node, bool) {
	if r.secrets.values != nil || r.secrets.bad {
		return r.secrets.values, !r.secrets.bad
	}
	r.secrets.bad = true
	shown := r.files.shown(secretsFile)
	data, info, err := r.files.read(secretsFile)
	switch {
	case errors.Is(err, errTooLarge):
		v.problem(problem{code: diag.TooLarge, message: fmt.Sprintf("%s is too large", shown)})
		return nil, false
	case errors.Is(err, fs.ErrNotExist):
		v.problem(problem{code: diag.UnknownSecret, message: "there is no file " + shown,
			suggestion: fmt.Sprintf("create it with a line %s: and the value, and let only its owner read it: chmod 600 %s", v.node.Value, shown)})
		return nil, false
	case err != nil:
		v.problem(problem{code: diag.UnknownSecret, message: fmt.Sprintf("%s cannot be read: %s", shown, reason(err))})
		return nil, false
	case info.Mode().Perm()&0o077 != 0:
		v.problem(problem{code: diag.SecretsMode,
			message:    fmt.Sprintf("others can read %s: its mode is %04o", shown, info.Mode().Perm()),
			suggestion: "let only its owner read it: chmod 600 " + shown})
		return nil, false
	}
	values, ok := r.parseSecrets(data)
	r.secrets.values, r.secrets.bad = values, !ok
	return values, ok
}

// parseSecrets reads names and values. The file's lines are never shown.
func (r *report) parseSecrets(data []byte) (map[string]*yaml.Node, bool) {
	src := r.source(r.files.shown(secretsFile), data)
	r.hidden[src.Name()] = true
	if !scan(r, src, data) {
		return nil, false
	}
	root, ok := parseYAML(r, src, data)
	if !ok {
		return nil, false
	}
	r.own(root, src)
	if !withinLimits(r, root) {
		return nil, false
	}
	before := r.errors
	entries, ok := rootValue(r, root).mapping("names with values")
	values := make(map[string]*yaml.Node)
	for _, e := range entries {
		values[e.name] = e.node
	}
	return values, ok && r.errors == before
}

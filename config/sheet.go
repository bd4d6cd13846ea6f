package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// Sheet is a configuration that was read and can be asked about more texts in its
// words: what is given to a simulation, and tests in files beside it.
type Sheet struct {
	Loaded
	path string
	book *book // nil where the file could not be read so far
}

// Open is LoadFiles for those who have such texts.
func Open(path string) (*Sheet, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, &ReadError{path, err}
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, &ReadError{path, err}
	}
	defer root.Close()
	s := &Sheet{path: path}
	s.Loaded, s.book = parseAll(path, data, root.FS(), true)
	return s, nil
}

// Given reads texts such as "porch=on". The sheet must be without errors.
func (s *Sheet) Given(texts []string) ([]entity.Given, diag.List) {
	r, c := s.about("--set", []byte(strings.Join(texts, "\n")))
	var out []entity.Given
	for i, text := range texts {
		id, raw, ok := strings.Cut(text, "=")
		if !ok {
			r.errorAt(r.src.Span(i+1, 1, len(text)), problem{code: diag.BadTest, message: quote(text) + " says nothing about an entity",
				suggestion: "write such as --set porch=on"})
			continue
		}
		key := &yaml.Node{Kind: yaml.ScalarNode, Value: id, Line: i + 1, Column: 1}
		val := &yaml.Node{Kind: yaml.ScalarNode, Value: strings.TrimSpace(raw), Tag: "!!str", Style: yaml.DoubleQuotedStyle, Line: i + 1, Column: len([]rune(id)) + 2}
		if g, ok := c.given(entry{id, value{r: r, name: id, key: key, site: val, node: val}}, false); ok {
			out = append(out, g)
		}
	}
	return out, r.done()
}

// Tests reads a file of tests: what could stand under tests in the configuration
// itself. The sheet must be without errors. The error says that the file could
// not be read at all.
func (s *Sheet) Tests(path string) ([]entity.Test, diag.List, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, nil, &ReadError{path, err}
	}
	tests, list := s.parseTests(path, data)
	return tests, list, nil
}

func (s *Sheet) parseTests(path string, data []byte) ([]entity.Test, diag.List) {
	r, c := s.about(path, data)
	return parseTests(r, c, data)
}

// parseTests reads what r is about with what c knows.
func parseTests(r *report, c *ruleCheck, data []byte) ([]entity.Test, diag.List) {
	if !scan(r, r.src, data) {
		return nil, r.done()
	}
	if _, err := decodeYAML(data); errors.Is(err, errEmpty) {
		r.errorAt(r.src.Span(1, 1, 0), problem{code: diag.Empty, message: "the file has no tests",
			suggestion: `write one: porch at dusk: {given: {time: "2026-11-25 15:00"}, when: {at: sunset}, then: {porch: on}}`})
		return nil, r.done()
	}
	root, ok := parseYAML(r, r.src, data)
	if !ok || !withinLimits(r, root) {
		return nil, r.done()
	}
	var section testSection
	section.decode(withoutSection(rootValue(r, root)), "")
	tests := c.tests(&section)
	return tests, r.done()
}

// about is a report of its own, and who understands the house's words in it.
func (s *Sheet) about(name string, data []byte) (*report, *ruleCheck) {
	r := newReport(name, data, &files{where: filepath.Dir(name), names: []string{name}})
	b := *s.book
	b.r, b.mentions = r, make(mentions)
	return r, &ruleCheck{book: &b, y: &ruleYAML{}}
}

// withoutSection is what stands below "tests:", which belongs to the main file alone.
func withoutSection(root value) value {
	n := root.node
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 || resolve(n.Content[0]).Value != "tests" {
		return root
	}
	inner := resolve(n.Content[1])
	if inner.Kind != yaml.MappingNode {
		return root
	}
	for i := 0; i+1 < len(inner.Content); i += 2 {
		if resolve(inner.Content[i+1]).Kind != yaml.MappingNode || slices.Contains([]string{"given", "when", "then"}, resolve(inner.Content[i]).Value) {
			return root // it is a test of that name
		}
	}
	e, ok := root.entry(n.Content[0], n.Content[1])
	if !ok {
		return root
	}
	e.r.errorAt(e.keySpan(), problem{code: diag.BadTest, message: "in a file of tests, the names of the tests are the keys of the file",
		suggestion: `delete the line "tests:", and the indentation of what is below it`})
	return e.value
}

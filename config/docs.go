package config

import (
	_ "embed" // the parts of the page that no type knows
	"fmt"
	"strings"

	"hob/internal/diag"
)

//go:embed reference/intro.md
var introPage string

//go:embed reference/rules.md
var rulesPage string

//go:embed reference/house.yaml
var exampleHouse string

// Docs is docs/config.md: every key of the file with its meaning, what it
// accepts, its default and an example.
func Docs() []byte {
	var out strings.Builder
	out.WriteString(introPage)
	for _, m := range members(&houseYAML{}) {
		writeSection(&out, m)
	}
	fmt.Fprintf(&out, "\n## A whole house\n\n```yaml\n%s```\n", exampleHouse)
	out.WriteString("\n## Messages\n\n`hob explain CODE` shows an example of each.\n\n| code | meaning |\n|---|---|\n")
	for _, c := range diag.Codes() {
		fmt.Fprintf(&out, "| `%s` | %s |\n", c.Code, c.Meaning)
	}
	return []byte(out.String())
}

func writeSection(out *strings.Builder, m member) {
	fmt.Fprintf(out, "\n## %s\n\n%s\n", m.name, marked(m.tags.Get("doc")))
	shape := m.field.shape(m.tags)
	keys := shape.each
	if keys == nil {
		keys = shape.inner
	}
	writeKeys(out, "", keys)
	if m.name == "rules" {
		out.WriteString("\n" + rulesPage)
	}
}

// writeKeys writes the table of a mapping's keys, then those of the mappings in it.
func writeKeys(out *strings.Builder, path string, of any) {
	all := members(of)
	if len(all) == 0 {
		return
	}
	out.WriteString("\n| key | meaning | value | default | example |\n|---|---|---|---|---|\n")
	for _, m := range all {
		def := m.tags.Get("default")
		if m.required {
			def = "**needed**"
		}
		example := m.tags.Get("example")
		if example != "" {
			example = "`" + example + "`"
		}
		fmt.Fprintf(out, "| `%s` | %s | %s | %s | %s |\n", m.name, marked(m.tags.Get("doc")), cell(m), marked(def), example)
	}
	for _, m := range all {
		if inner := m.field.shape(m.tags).inner; inner != nil {
			fmt.Fprintf(out, "\nKeys of `%s%s`:\n", path, m.name)
			writeKeys(out, path+m.name+".", inner)
		}
	}
}

// cell is what a key accepts, fit for a table.
func cell(m member) string {
	return strings.ReplaceAll(m.field.shape(m.tags).words, "|", "\\|")
}

// marked turns the marks of a tag, where ` cannot stand, into code.
func marked(doc string) string {
	if strings.HasPrefix(doc, "**") {
		return doc
	}
	return strings.ReplaceAll(doc, "*", "`")
}

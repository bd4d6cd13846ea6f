package api

import (
	"bytes"
	"cmp"
	"html/template"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// operation is a line of the page.
type operation struct {
	Method, Path, Summary string
}

const docsPage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Hob API</title>
<h1>Hob API</h1>
<p>{{.Description}} The machine-readable description is <a href="/api/openapi.json">openapi.json</a>.</p>
<table><tr><th>Method<th>Path<th>What</tr>
{{range .Operations}}<tr><td><code>{{.Method}}</code><td><code>{{.Path}}</code><td>{{.Summary}}</tr>
{{end}}</table></html>
`

// docs lists the operations: huma's own page needs a CDN, and nothing leaves the house.
func (a *API) docs() ([]byte, error) {
	page, err := template.New("docs").Parse(docsPage)
	if err != nil {
		return nil, err
	}
	spec := a.description()
	var b bytes.Buffer
	err = page.Execute(&b, struct {
		Description string
		Operations  []operation
	}{spec.Info.Description, operationsOf(spec)})
	return b.Bytes(), err
}

func operationsOf(spec *huma.OpenAPI) []operation {
	var out []operation
	for path, item := range spec.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete} {
			if op != nil {
				out = append(out, operation{method, path, op.Summary})
			}
		}
	}
	slices.SortFunc(out, func(x, y operation) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Method, y.Method))
	})
	return out
}

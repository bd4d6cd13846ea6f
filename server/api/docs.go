package api

import (
	"bytes"
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

// describeOthers adds to the description what is not served through huma.
func describeOthers(spec *huma.OpenAPI) {
	text := map[string]*huma.Schema{"token": {Type: huma.TypeString}}
	for _, op := range []*huma.Operation{
		{Method: http.MethodGet, Path: "/healthz", OperationID: "get-health", Summary: "Get health",
			Responses: answers(http.StatusOK, "the server runs; without the token only that")},
		{Method: http.MethodGet, Path: "/api/live", OperationID: "get-live", Summary: "Follow the house (WebSocket, hob.live.1)",
			Responses: answers(http.StatusSwitchingProtocols, "a session of the live protocol")},
		{Method: http.MethodPost, Path: "/api/session", OperationID: "post-session", Summary: "Open a browser's session",
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{echo.MIMEApplicationJSON: {
				Schema: &huma.Schema{Type: huma.TypeObject, Properties: text, Required: []string{"token"}, AdditionalProperties: false}}}},
			Responses: answers(http.StatusNoContent, "the cookie is set")},
		{Method: http.MethodDelete, Path: "/api/session", OperationID: "delete-session", Summary: "Close a browser's session",
			Responses: answers(http.StatusNoContent, "the cookie is removed")},
	} {
		spec.AddOperation(op)
	}
}

// describeAbsence says in the description which objects may be null, and that
// attributes are an object: huma refers to an object by its schema alone, and of
// an any it says nothing.
func describeAbsence(spec *huma.OpenAPI) {
	schemas := spec.Components.Schemas.Map()
	for owner, members := range map[string][]string{
		"Record":       {"unavailable", "pending", "failure"},
		"BoardDetails": {"link", "update"},
		"RuleBody":     {"last"},
		"WhyNotBody":   {"if"},
	} {
		for _, m := range members {
			of := schemas[owner].Properties
			of[m] = &huma.Schema{OneOf: []*huma.Schema{of[m], {Type: "null"}}}
		}
	}
	schemas["Record"].Properties["attributes"] = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true,
		Description: "those of its kind, as docs/api.md lists them"}
}

func answers(status int, description string) map[string]*huma.Response {
	return map[string]*huma.Response{strconv.Itoa(status): {Description: description}}
}

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
func (a *API) docs(spec *huma.OpenAPI) echo.HandlerFunc {
	page := template.Must(template.New("docs").Parse(docsPage))
	return func(c echo.Context) error {
		var b bytes.Buffer
		err := page.Execute(&b, struct {
			Description string
			Operations  []operation
		}{spec.Info.Description, operations(spec)})
		if err != nil {
			return err
		}
		return c.HTMLBlob(http.StatusOK, b.Bytes())
	}
}

func operations(spec *huma.OpenAPI) []operation {
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

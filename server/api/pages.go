package api

import (
	"bytes"
	"cmp"
	"errors"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

const notBuilt = "The dashboard is not in this build. Run `make build`, which builds it into bin/hob."

// dashboard serves the built files; a path that is a page of the dashboard's
// own, and no file, gets index.html.
func (a *API) dashboard() echo.HandlerFunc {
	return func(c echo.Context) error {
		name := strings.TrimPrefix(path.Clean("/"+c.Request().URL.Path), "/")
		if name == "" {
			name = "index.html"
		}
		b, err := fs.ReadFile(a.Dashboard, name)
		if err != nil && path.Ext(name) == "" {
			name = "index.html"
			b, err = fs.ReadFile(a.Dashboard, name)
		}
		switch {
		case errors.Is(err, fs.ErrNotExist) && name == "index.html":
			return c.String(http.StatusServiceUnavailable, notBuilt)
		case err != nil:
			return problem(http.StatusNotFound, "no such file")
		}
		h := c.Response().Header()
		if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
			h.Set(echo.HeaderContentType, kind)
		}
		h.Set("Cache-Control", "no-cache")
		if strings.HasPrefix(name, "assets/") { // their names carry a hash
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		http.ServeContent(c.Response(), c.Request(), name, time.Time{}, bytes.NewReader(b))
		return nil
	}
}

type operation struct {
	Method, Path, Summary string
}

var docsPage = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Hob API</title>
<h1>Hob API</h1>
<p>{{.Description}} The machine-readable description is <a href="/api/openapi.json">openapi.json</a>.</p>
<table><tr><th>Method<th>Path<th>What</tr>
{{range .Operations}}<tr><td><code>{{.Method}}</code><td><code>{{.Path}}</code><td>{{.Summary}}</tr>
{{end}}</table></html>
`))

// docs lists the operations: huma's own page needs a CDN, and nothing leaves the house.
func (a *API) docs(spec *huma.OpenAPI) echo.HandlerFunc {
	var ops []operation
	for p, item := range spec.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "DELETE": item.Delete} {
			if op != nil {
				ops = append(ops, operation{method, p, op.Summary})
			}
		}
	}
	slices.SortFunc(ops, func(x, y operation) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Method, y.Method))
	})
	return func(c echo.Context) error {
		var b bytes.Buffer
		err := docsPage.Execute(&b, struct {
			Description string
			Operations  []operation
		}{spec.Info.Description, ops})
		if err != nil {
			return err
		}
		return c.HTMLBlob(http.StatusOK, b.Bytes())
	}
}

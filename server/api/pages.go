package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

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
		if kind := contentType(name); kind != "" {
			h.Set(echo.HeaderContentType, kind)
		}
		sum := sha256.Sum256(b)
		h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
		h.Set("Cache-Control", "no-cache")
		if strings.HasPrefix(name, "assets/") { // their names carry a hash
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		http.ServeContent(c.Response(), c.Request(), name, time.Time{}, bytes.NewReader(b))
		return nil
	}
}

// contentType is by the file's name; the computer's own tables may not know
// what a dashboard is made of.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	default:
		return mime.TypeByExtension(ext)
	}
}

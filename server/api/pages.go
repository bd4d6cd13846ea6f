package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

const notBuilt = "The dashboard is not in this build. Run `make build`, which builds it into bin/hob."

// page is a file of the dashboard as it goes out.
type page struct {
	packed     []byte // nil when packing does not pay
	kind, etag string
}

// leastPacked is the size below which a file fits into one packet anyway.
const leastPacked = 1400

// pages reads the built dashboard once, so that a request costs no hashing and
// no packing. What goes out as it is stays where it is: browsers ask for most of
// it packed, and for the rest once.
func (a *API) pages() map[string]page {
	out := map[string]page{}
	err := fs.WalkDir(a.Dashboard, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(a.Dashboard, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		out[name] = page{pack(b), contentType(name), hex.EncodeToString(sum[:12])}
		return nil
	})
	if err != nil {
		a.Log.Error("the dashboard cannot be read", "error", err)
	}
	return out
}

func pack(b []byte) []byte {
	if len(b) < leastPacked {
		return nil
	}
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // fails only for another level
	_, _ = w.Write(b)                                       // a Buffer takes everything
	_ = w.Close()
	if out.Len() > len(b)*9/10 {
		return nil // a font or a picture is packed already
	}
	return out.Bytes()
}

// dashboard serves the built files; a path that is a page of the dashboard's
// own, and no file, gets index.html.
func (a *API) dashboard() echo.HandlerFunc {
	pages := a.pages()
	return func(c echo.Context) error {
		name := strings.TrimPrefix(path.Clean("/"+c.Request().URL.Path), "/")
		p, ok := pages[name]
		if !ok && path.Ext(name) == "" {
			name = "index.html"
			p, ok = pages[name]
		}
		switch {
		case !ok && name == "index.html":
			return c.String(http.StatusServiceUnavailable, notBuilt)
		case !ok:
			return problem(http.StatusNotFound, "no such file")
		}
		h := c.Response().Header()
		if p.kind != "" {
			h.Set(echo.HeaderContentType, p.kind)
		}
		h.Set("Cache-Control", "no-cache")
		if strings.HasPrefix(name, "assets/") { // their names carry a hash
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		h.Set("Vary", "Accept-Encoding")
		content, tag := p.packed, p.etag+"-gz"
		if content != nil && takesGzip(c.Request()) {
			h.Set(echo.HeaderContentEncoding, "gzip")
		} else {
			var err error
			if content, err = fs.ReadFile(a.Dashboard, name); err != nil {
				return err
			}
			tag = p.etag
		}
		h.Set("ETag", `"`+tag+`"`)
		http.ServeContent(c.Response(), c.Request(), name, time.Time{}, bytes.NewReader(content))
		return nil
	}
}

// takesGzip says whether the client asked for it. One that puts a weight on it
// is no browser, and gets the plain file.
func takesGzip(r *http.Request) bool {
	for _, v := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		if strings.TrimSpace(v) == "gzip" {
			return true
		}
	}
	return false
}

// contentType is by the file's name. The computer's own tables may not know what a
// dashboard is made of, and to have them read takes as much memory as the dashboard.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	}
	return "" // net/http looks at what it is
}

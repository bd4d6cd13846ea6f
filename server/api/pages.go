package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

const notBuilt = "The dashboard is not in this build. Run `make build`, which builds it into bin/hob."

// packedAs is what the name of a file ends in that is kept packed.
const packedAs = ".gz"

// page is a file of the dashboard.
type page struct {
	file       string // in the dashboard
	kind, etag string
}

func (p page) packed() bool { return strings.HasSuffix(p.file, packedAs) }

// pages looks at the built dashboard once, so that a request costs no hashing. It
// holds none of it: the files are a part of the program.
func (a *API) pages() map[string]page {
	out := map[string]page{}
	err := fs.WalkDir(a.Dashboard, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := a.Dashboard.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		sum := sha256.New()
		if _, err := io.Copy(sum, f); err != nil {
			return err
		}
		plain := strings.TrimSuffix(name, packedAs)
		out[plain] = page{name, contentType(plain), hex.EncodeToString(sum.Sum(nil)[:12])}
		return nil
	})
	if err != nil {
		a.Log.Error("the dashboard cannot be read", "error", err)
	}
	return out
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
		return a.send(c, name, p)
	}
}

// send answers with a page, packed if it is and the client takes that.
func (a *API) send(c echo.Context, name string, p page) error {
	h := c.Response().Header()
	if p.kind != "" {
		h.Set(echo.HeaderContentType, p.kind)
	}
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // their names carry a hash
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Vary", "Accept-Encoding")
	f, err := a.Dashboard.Open(p.file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	content, tag := f.(io.ReadSeeker), p.etag // as all files of an embed.FS
	switch {
	case p.packed() && takesGzip(c.Request()):
		h.Set(echo.HeaderContentEncoding, "gzip")
		tag += "-gz"
	case p.packed():
		if content, err = unpack(f); err != nil {
			return err
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(c.Response(), c.Request(), name, time.Time{}, content)
	return nil
}

// unpack is for clients that take nothing packed; no browser is one.
func unpack(packed io.Reader) (io.ReadSeeker, error) {
	r, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return bytes.NewReader(b), err
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

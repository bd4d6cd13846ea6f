package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

func TestTheDashboardIsServedWithWhatBrowsersNeed(t *testing.T) {
	r := newRig(t)
	const home, revalidate, forEver = "<!doctype html>home", "no-cache", "public, max-age=31536000, immutable"
	for _, c := range []struct{ path, body, kind, cache string }{
		{"/", home, "text/html; charset=utf-8", revalidate},
		{"/index.html", home, "text/html; charset=utf-8", revalidate},
		{"/areas/hall", home, "text/html; charset=utf-8", revalidate},
		{"/assets", home, "text/html; charset=utf-8", revalidate},
		{"/../../etc/passwd", home, "text/html; charset=utf-8", revalidate},
		{"/%2e%2e/%2e%2e/etc/passwd", home, "text/html; charset=utf-8", revalidate},
		{"/assets/a-1b2c.js", "go()", "text/javascript; charset=utf-8", forEver},
		{"/x/../assets/a-1b2c.js", "go()", "text/javascript; charset=utf-8", forEver},
		{"/manifest.webmanifest", "{}", "application/manifest+json", revalidate},
	} {
		rec := r.do("GET "+c.path, "")
		h := rec.Header()
		if rec.Code != 200 || rec.Body.String() != c.body || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d %q %s %s", c.path, rec.Code, rec.Body, h.Get("Content-Type"), h.Get("Cache-Control"))
		}
		again := r.do("GET "+c.path, "", "If-None-Match: "+h.Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s, known already: %d", c.path, again.Code)
		}
	}
}

func TestAPackedFileGoesOutAsItIsToWhoeverTakesThat(t *testing.T) {
	script := strings.Repeat("go();", 2000)
	var kept bytes.Buffer
	w := gzip.NewWriter(&kept)
	if _, err := io.WriteString(w, script); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(o *Options) {
		o.Dashboard = fstest.MapFS{"index.html": {Data: []byte("home")}, "assets/a.js.gz": {Data: kept.Bytes()}}
	})
	plain := r.do("GET /assets/a.js", "")
	if plain.Body.String() != script || plain.Header().Get("Content-Encoding") != "" {
		t.Errorf("plain: %d bytes, %v", plain.Body.Len(), plain.Header())
	}
	packed := r.do("GET /assets/a.js", "", "Accept-Encoding: br, gzip")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Header().Get("ETag") == plain.Header().Get("ETag") {
		t.Fatalf("packed: %v", packed.Header())
	}
	if kind := packed.Header().Get("Content-Type"); !bytes.Equal(packed.Body.Bytes(), kept.Bytes()) || kind != plain.Header().Get("Content-Type") {
		t.Errorf("packed: %d bytes of %s", packed.Body.Len(), kind)
	}
	wantProblem(t, r.do("GET /assets/a.js.gz", ""), http.StatusNotFound, "")
	part := r.do("GET /assets/a.js", "", "Accept-Encoding: gzip", "Range: bytes=2-5")
	if part.Code != http.StatusPartialContent || !bytes.Equal(part.Body.Bytes(), kept.Bytes()[2:6]) {
		t.Errorf("a range of what is packed: %d %q", part.Code, part.Body)
	}
	for _, known := range []struct{ tag, takes, others string }{
		{packed.Header().Get("ETag"), "gzip", "identity"}, {plain.Header().Get("ETag"), "identity", "gzip"}} {
		again := r.do("GET /assets/a.js", "", "Accept-Encoding: "+known.takes, "If-None-Match: "+known.tag)
		other := r.do("GET /assets/a.js", "", "If-None-Match: "+known.tag, "Accept-Encoding: "+known.others)
		if again.Code != http.StatusNotModified || other.Code != http.StatusOK {
			t.Errorf("%s known to who takes %s: %d, and to others %d", known.tag, known.takes, again.Code, other.Code)
		}
	}
	if rec := r.do("GET /", "", "Accept-Encoding: gzip"); rec.Body.String() != "home" || rec.Header().Get("Content-Encoding") != "" {
		t.Errorf("one that is not packed: %v", rec.Header())
	}
}

func TestAFileThatIsNotThereIsNotAPage(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/assets/gone.js", "/favicon.ico", "/../server.go", "/..%2f..%2fserver.go", "/a%00.js", "/.env",
		`/..\..\server.go`} {
		wantProblem(t, r.do("GET "+path, ""), http.StatusNotFound, "")
	}
}

func TestABuildWithoutTheDashboardSaysHowToGetOne(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Dashboard = fstest.MapFS{".keep": {}} })
	for _, path := range []string{"/", "/areas/hall"} {
		if rec := r.do("GET "+path, ""); rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), "make build") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	if rec := r.do("GET /api/house", ""); rec.Code != 200 {
		t.Errorf("the API: %d", rec.Code)
	}
}

type broken struct{}

func (broken) Open(string) (fs.File, error) { return nil, errBroken }

func TestAFileThatCannotBeReadTellsNothingOfTheDisk(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Dashboard = broken{} })
	rec := r.do("GET /", "")
	if rec.Code < 400 || strings.Contains(rec.Body.String(), "fire") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// spec is what is looked at of an OpenAPI document.
type spec struct {
	OpenAPI string                          `json:"openapi"`
	Info    struct{ Title, Version string } `json:"info"`
	Paths   map[string]map[string]operationJSON
	All     map[string]any `json:"-"`
}

type operationJSON struct {
	OperationID string         `json:"operationId"`
	Summary     string         `json:"summary"`
	Responses   map[string]any `json:"responses"`
	Parameters  []struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
	} `json:"parameters"`
}

func openAPI(t *testing.T, r *rig) spec {
	t.Helper()
	rec := r.do("GET /api/openapi.json", "")
	var s spec
	if err := json.Unmarshal(rec.Body.Bytes(), &s); err != nil {
		t.Fatalf("%d %v", rec.Code, err)
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &s.All); err != nil {
		t.Fatal(err)
	}
	return s
}

var parameter = regexp.MustCompile(`:(\w+)`)

func TestTheDescriptionHasEveryRoute(t *testing.T) {
	r := newRig(t)
	s := openAPI(t, r)
	ids := map[string]bool{}
	for _, route := range r.api.echo.Routes() {
		path := parameter.ReplaceAllString(route.Path, "{$1}")
		if strings.Contains(path, "*") || path == "/api" || strings.HasPrefix(path, "/api/openapi") || path == "/api/docs" {
			continue
		}
		op, ok := s.Paths[path][strings.ToLower(route.Method)]
		if !ok {
			t.Errorf("%s %s is not described", route.Method, path)
			continue
		}
		if op.Summary == "" || len(op.Responses) == 0 || op.OperationID == "" || ids[op.OperationID] {
			t.Errorf("%s %s: %+v", route.Method, path, op)
		}
		ids[op.OperationID] = true
		for _, name := range parameter.FindAllStringSubmatch(route.Path, -1) {
			if !slices.ContainsFunc(op.Parameters, func(p struct {
				Name     string `json:"name"`
				In       string `json:"in"`
				Required bool   `json:"required"`
			}) bool {
				return p.Name == name[1] && p.In == "path" && p.Required
			}) {
				t.Errorf("%s %s: no parameter %s", route.Method, path, name[1])
			}
		}
	}
	if len(ids) < 15 {
		t.Errorf("only %d operations", len(ids))
	}
}

// TestTheDescriptionIsThereInEveryForm asks for all of them at once, before any is made.
func TestTheDescriptionIsThereInEveryForm(t *testing.T) {
	r := newRig(t)
	var all sync.WaitGroup
	for path, begins := range map[string]string{"openapi.json": `{"components":`, "openapi.yaml": "components:\n",
		"openapi-3.0.json": `{"components":`, "openapi-3.0.yaml": "components:\n", "docs": "<!doctype html>\n"} {
		for range 2 {
			all.Go(func() {
				rec := r.do("GET /api/"+path, "")
				if rec.Code != 200 || !strings.HasPrefix(rec.Body.String(), begins) || !strings.Contains(rec.Body.String(), "Command an entity") {
					t.Errorf("%s: %d %.300s", path, rec.Code, rec.Body)
				}
			})
		}
	}
	all.Wait()
}

func TestTheDescriptionIsWhole(t *testing.T) {
	s := openAPI(t, newRig(t))
	if !strings.HasPrefix(s.OpenAPI, "3.1.") || s.Info.Title != "Hob" || s.Info.Version != "1.2.3" {
		t.Errorf("%s %+v", s.OpenAPI, s.Info)
	}
	refs := 0
	walk(s.All, func(key string, v any) {
		ref, ok := v.(string)
		if key != "$ref" || !ok {
			return
		}
		refs++
		var at any = s.All
		for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			m, _ := at.(map[string]any)
			at = m[step]
		}
		if !strings.HasPrefix(ref, "#/") || at == nil {
			t.Errorf("%s leads nowhere", ref)
		}
	})
	if refs == 0 {
		t.Error("no schema is referred to")
	}
}

func walk(v any, f func(key string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			f(k, e)
			walk(e, f)
		}
	case []any:
		for _, e := range v {
			walk(e, f)
		}
	}
}

func TestTheDocsPageHasEveryOperationAndAsksNobodyElse(t *testing.T) {
	r := newRig(t)
	rec := r.do("GET /api/docs", "")
	page := rec.Body.String()
	if rec.Code != 200 || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("%d %s", rec.Code, rec.Header())
	}
	if m := regexp.MustCompile(`(?i)(https?:)?//[a-z]|<script|<style|url\(`).FindString(page); m != "" {
		t.Errorf("the page holds %q", m)
	}
	for path := range openAPI(t, r).Paths {
		if !strings.Contains(page, "<code>"+path+"</code>") {
			t.Errorf("%s is not on the page", path)
		}
	}
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if rec := r.do("GET "+m[1], ""); rec.Code != 200 {
			t.Errorf("link %s: %d", m[1], rec.Code)
		}
	}
}

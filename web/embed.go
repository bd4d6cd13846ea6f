// Package web holds the built dashboard and what a server must say when it
// serves it. It owns no behaviour: server/api serves Files under
// ContentSecurityPolicy. Both may be called from any goroutine.
//
// A clone that has not run `npm run build` has an empty dashboard: Files then
// holds no index.html, and the server says how to build one.
package web

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed all:dist
var dist embed.FS

//go:embed csp.txt
var policy string

// Files is the built dashboard: index.html at its root, and assets/, whose
// names carry a hash of their content and can be cached for ever. Everything
// else must be asked for anew each time (Cache-Control: no-cache). What packing
// makes much smaller is there as NAME.gz alone.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: " + err.Error()) // "dist" is a valid path, and nothing else can fail
	}
	return files
}

// ContentSecurityPolicy is the value of the header of that name under which
// the dashboard works: scripts, styles, fonts and sockets of its own host
// only, nothing inline, no frames. The browser tests run under it.
func ContentSecurityPolicy() string {
	return strings.Join(strings.Fields(policy), " ")
}

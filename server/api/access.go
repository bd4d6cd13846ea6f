package api

import (
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"

	"github.com/labstack/echo/v4"
)

// guard decides who may ask, before anything else is looked at.
func (a *API) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		trust := trustOf(r.Context())
		if trust == TrustSocket {
			return next(c)
		}
		if !hostAllowed(r.Host) {
			return problem(http.StatusMisdirectedRequest, "this server does not go by the name "+r.Host+
				"; use its address, localhost or a .local name")
		}
		if foreign(r) {
			return problem(http.StatusForbidden, "requests from other sites are refused")
		}
		if trust == TrustNobody && needsToken(r) && !isHook(r) && !a.token.Load().is(tokenOf(r)) {
			c.Response().Header().Set("WWW-Authenticate", `Bearer realm="hob"`)
			return problem(http.StatusUnauthorized, "this needs the token from the server's state directory")
		}
		return next(c)
	}
}

// foreign says whether a page that is not ours made a browser send this. To
// follow a link to us is everybody's right; what scripts, forms, images and
// sockets send is not. Another port of this computer is another site.
func foreign(r *http.Request) bool {
	for _, origin := range r.Header.Values("Origin") {
		if !sameOrigin(origin, r.Host) {
			return true
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none": // no browser or an old one; our page; a person
		return false
	}
	return r.Method != http.MethodGet || r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// sameOrigin says whether an Origin header names the host that was asked.
func sameOrigin(origin, host string) bool {
	for _, scheme := range []string{"http://", "https://"} {
		if rest, ok := strings.CutPrefix(origin, scheme); ok {
			return strings.EqualFold(rest, host)
		}
	}
	return false
}

// hostAllowed says whether a request that names this host can have been meant
// for us. A name that somebody else owns, and points at this machine, is not:
// its pages would otherwise speak to us with the owner's rights.
func hostAllowed(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if host == "" {
		return false
	}
	if !strings.Contains(host, ".") && !strings.Contains(host, ":") {
		return true // a single label is never a public name
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	for _, ours := range []string{".local", ".home.arpa", ".localhost"} {
		if strings.HasSuffix(host, ours) {
			return true
		}
	}
	own, err := os.Hostname()
	return err == nil && strings.EqualFold(host, own)
}

// needsToken spares what the dashboard needs to ask for the token.
func needsToken(r *http.Request) bool {
	return r.URL.Path != "/api/session" && (r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/"))
}

// secureHeaders go with every answer, refusals too.
func (a *API) secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", a.Policy)
		if strings.HasPrefix(c.Request().URL.Path, "/api") {
			h.Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}

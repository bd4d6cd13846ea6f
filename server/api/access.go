package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"

	"github.com/labstack/echo/v4"
)

const tokenCookie = "hob_token"

// token compares in constant time and keeps no copy of the secret.
type token struct {
	hash [sha256.Size]byte
	set  bool
}

func newToken(s string) token { return token{sha256.Sum256([]byte(s)), s != ""} }

func (t token) is(s string) bool {
	h := sha256.Sum256([]byte(s))
	return t.set && subtle.ConstantTimeCompare(h[:], t.hash[:]) == 1
}

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
		if o := r.Header.Get("Origin"); o != "" && !sameOrigin(o, r.Host) {
			return problem(http.StatusForbidden, "requests from other sites are refused")
		}
		if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" && r.Method != http.MethodGet {
			return problem(http.StatusForbidden, "requests from other sites are refused")
		}
		if trust == TrustNobody && needsToken(r) && !a.token.is(tokenOf(r)) {
			c.Response().Header().Set("WWW-Authenticate", `Bearer realm="hob"`)
			return problem(http.StatusUnauthorized, "this needs the token from the server's state directory")
		}
		return next(c)
	}
}

// needsToken spares what the dashboard needs to ask for the token.
func needsToken(r *http.Request) bool {
	switch {
	case r.URL.Path == "/healthz":
		return false
	case r.URL.Path == "/api/session":
		return false
	}
	return strings.HasPrefix(r.URL.Path, "/api")
}

func tokenOf(r *http.Request) string {
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(t)
	}
	if c, err := r.Cookie(tokenCookie); err == nil {
		return c.Value
	}
	return ""
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
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	if own, err := os.Hostname(); err == nil && strings.EqualFold(host, own) {
		return true
	}
	switch {
	case host == "":
		return false
	case !strings.Contains(host, "."):
		return true // a single label is never a public name
	}
	return strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".home.arpa") || strings.HasSuffix(host, ".localhost")
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

// openSession puts the token into a cookie that scripts cannot read.
func (a *API) openSession(c echo.Context) error {
	var body struct {
		Token string `json:"token"`
	}
	if err := c.Bind(&body); err != nil {
		return problem(http.StatusBadRequest, "the body must be {\"token\": \"…\"}")
	}
	if trustOf(c.Request().Context()) == TrustNobody && !a.token.is(strings.TrimSpace(body.Token)) {
		return problem(http.StatusUnauthorized, "the token is not right")
	}
	c.SetCookie(&http.Cookie{Name: tokenCookie, Value: strings.TrimSpace(body.Token), Path: "/", HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: c.Request().TLS != nil, MaxAge: 400 * 24 * 3600})
	return c.NoContent(http.StatusNoContent)
}

func (a *API) closeSession(c echo.Context) error {
	c.SetCookie(&http.Cookie{Name: tokenCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: -1})
	return c.NoContent(http.StatusNoContent)
}

// secureHeaders go with every answer.
func (a *API) secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", a.Policy)
		if strings.HasPrefix(c.Request().URL.Path, "/api") {
			h.Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}

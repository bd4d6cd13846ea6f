package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	tokenCookie = "hob_token"
	// Browsers keep no cookie longer than 400 days (draft-ietf-httpbis-rfc6265bis, 5.5).
	sessionLasts = 400 * 24 * time.Hour
)

// token compares in constant time and keeps no copy of the secret.
type token struct {
	hash   [sha256.Size]byte
	set    bool
	number uint64 // of the tokens of this run, the first is 1
}

func newToken(s string, number uint64) *token {
	return &token{sha256.Sum256([]byte(s)), s != "", number}
}

// SetToken replaces the token that is asked for, and gives the new one's number:
// sessions that one with a lower number let in have lost their right. It is for
// one goroutine at a time.
func (a *API) SetToken(s string) (number uint64) {
	t := newToken(s, a.token.Load().number+1)
	a.token.Store(t)
	return t.number
}

func (t *token) is(s string) bool {
	h := sha256.Sum256([]byte(s))
	return t.set && subtle.ConstantTimeCompare(h[:], t.hash[:]) == 1
}

// tokenOf is the token that came with a request; "" when none did.
func tokenOf(r *http.Request) string {
	scheme, t, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(t)
	}
	if c, err := r.Cookie(tokenCookie); err == nil {
		return c.Value
	}
	return ""
}

// openSession puts the token into a cookie that scripts cannot read. Where no
// token is asked for, a wrong one does no harm and gets no cookie.
func (a *API) openSession(c echo.Context) error {
	given, err := readToken(c.Request())
	if err != nil {
		return err
	}
	if a.token.Load().is(given) {
		c.SetCookie(&http.Cookie{Name: tokenCookie, Value: given, Path: "/", HttpOnly: true,
			SameSite: http.SameSiteStrictMode, Secure: c.Request().TLS != nil, MaxAge: int(sessionLasts.Seconds())})
	} else if trustOf(c.Request().Context()) == TrustNobody {
		return problem(http.StatusUnauthorized, "the token is not right")
	}
	return c.NoContent(http.StatusNoContent)
}

func readToken(r *http.Request) (string, error) {
	// Insisting on JSON keeps the forms of other sites out even where a browser
	// tells us nothing of where a request comes from.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != echo.MIMEApplicationJSON {
		return "", problem(http.StatusUnsupportedMediaType, "the body must be JSON (Content-Type: application/json)")
	}
	var body struct {
		Token *string `json:"token"`
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(&body)
	if err == nil {
		_, err = d.Token()
	}
	var tooLong *echo.HTTPError
	switch {
	case errors.As(err, &tooLong):
		return "", tooLong
	case !errors.Is(err, io.EOF) || body.Token == nil:
		return "", problem(http.StatusUnprocessableEntity, `the body must be {"token": "…"}`)
	}
	return strings.TrimSpace(*body.Token), nil
}

func (a *API) closeSession(c echo.Context) error {
	c.SetCookie(&http.Cookie{Name: tokenCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: -1})
	return c.NoContent(http.StatusNoContent)
}

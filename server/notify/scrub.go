package notify

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// addresses are what looks like one in a text.
var addresses = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"']+`)

const (
	hidden = "[...]"
	// leastHidden is the shortest part of an address that can be a secret.
	leastHidden = 4
	// mostSaid bounds what is passed on of somebody else's words, in bytes.
	mostSaid = 300
)

// scrub is an error's text without any address, and without any part of the
// address that it came of: tokens are in user names, paths, queries and, with some
// services, in what looks like a host.
func scrub(err error, address string) string {
	text := addresses.ReplaceAllString(err.Error(), hidden)
	for _, part := range partsOf(address) {
		text = replaceFold(text, part, hidden)
	}
	if len(text) > mostSaid {
		text = strings.ToValidUTF8(text[:mostSaid], "") + "..."
	}
	return text
}

// partsOf are the texts in an address that must not be seen, longest first.
func partsOf(address string) []string {
	raw := []string{address}
	if u, err := url.Parse(address); err == nil {
		raw = append(raw, u.User.Username(), u.Host, u.Hostname(), u.Opaque, u.Path, u.RawQuery, u.Fragment)
		if password, ok := u.User.Password(); ok {
			raw = append(raw, password)
		}
		raw = append(raw, strings.Split(u.Path, "/")...)
		for _, values := range u.Query() {
			raw = append(raw, values...)
		}
	}
	// Whatever is made of the text, its words are no larger than these.
	raw = append(raw, strings.FieldsFunc(address, func(r rune) bool { return strings.ContainsRune("/:@?&=#+.,-", r) })...)
	var out []string
	for _, part := range raw {
		for _, form := range []string{part, url.QueryEscape(part), url.PathEscape(part)} {
			if len(form) >= leastHidden && !plain(form) {
				out = append(out, form)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(out)
}

// plain says whether a word of an address is no secret: the names of services.
func plain(word string) bool {
	switch strings.ToLower(word) {
	case "http", "https", "generic", "ntfy", "smtp", "webhook", "telegram", "discord", "slack", "matrix", "gotify", "pushover":
		return true
	}
	return false
}

// replaceFold replaces every occurrence, in whatever case: hosts are lowered.
func replaceFold(text, part, by string) string {
	lower, small := strings.ToLower(text), strings.ToLower(part)
	if len(lower) != len(text) { // a letter that has another length in lower case
		return strings.ReplaceAll(text, part, by)
	}
	var out strings.Builder
	for {
		i := strings.Index(lower, small)
		if i < 0 {
			return out.String() + text
		}
		out.WriteString(text[:i] + by)
		text, lower = text[i+len(part):], lower[i+len(part):]
	}
}

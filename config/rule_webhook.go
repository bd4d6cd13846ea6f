package config

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
)

// Bounds of a call to a web service, and what it is unless said otherwise.
const (
	maxAddress     = 2000 // bytes
	maxBody        = 4096 // bytes
	maxHeaders     = 10
	maxHeader      = 1000 // bytes of a value
	leastTimeout   = 100 * time.Millisecond
	mostTimeout    = time.Minute
	defaultTimeout = 10 * time.Second
	maxRetries     = 5
)

func webhookKeys() []string {
	return []string{"webhook", "method", "body", "headers", "timeout", "retries", "on_failure"}
}

// webhookStep reads {webhook: https://..., method: post, body: "..."}.
func (c *ruleCheck) webhookStep(keys map[string]value) entity.Step {
	call := entity.Call{Method: http.MethodPost, Timeout: defaultTimeout}
	ok := webAddress(keys["webhook"], &call.URL)
	if v, given := keys["method"]; given {
		word, known := decodeChoice(v, []string{"get", "post", "put", "patch", "delete"}, diag.BadChoice)
		call.Method, ok = strings.ToUpper(word), ok && known
	}
	if v, given := keys["body"]; given {
		ok = webBody(v, &call) && ok
	}
	if v, given := keys["headers"]; given {
		ok = webHeaders(v, &call) && ok
	}
	if v, given := keys["timeout"]; given {
		d, fits := c.span(v, "a duration such as 10s", leastTimeout, mostTimeout)
		call.Timeout, ok = d, ok && fits
	}
	if v, given := keys["retries"]; given {
		n, fits := retries(v)
		call.Retries, ok = n, ok && fits
	}
	stop, known := onFailure(keys)
	call.StopIfFailed = stop
	if !ok || !known {
		return nil
	}
	return call
}

// webAddress is not quoted in messages: it may hold a token.
func webAddress(v value, into *entity.Secret) bool {
	raw, _, ok := v.secretText("an address such as https://hooks.example/house")
	if !ok {
		return false
	}
	u, err := url.Parse(raw)
	p := problem{code: diag.BadWebhook, suggestion: "write such as https://hooks.example/house, or !secret with the name of one"}
	switch {
	case strings.ContainsFunc(raw, unprintable) || strings.Contains(raw, " "):
		p.message = "the address holds a space or an invisible character"
	case len(raw) > maxAddress:
		p.message = fmt.Sprintf("the address has %d characters; %d are the most", len(raw), maxAddress)
	case err != nil || u.Scheme != "http" && u.Scheme != "https":
		p.message = "this is no address of the web: it begins with https:// or http://"
	case u.Hostname() == "":
		p.message = "the address names no host"
	default:
		*into = entity.NewSecret(raw)
		return true
	}
	v.problem(p)
	return false
}

func webBody(v value, call *entity.Call) bool {
	raw, ok := v.anyText("a text")
	if !ok {
		return false
	}
	if isTemplate(raw) {
		v.warning(problem{code: diag.BadText, message: "the body holds a template, which is sent as it is", suggestion: "if the service does not fill it in, write plain text"})
	}
	if call.Method == http.MethodGet {
		v.r.errorAt(v.keySpan(), problem{code: diag.NotApplied, message: `"body" has no effect with method: get`, suggestion: "delete it, or make it method: post"})
		return false
	}
	if len(raw) > maxBody {
		v.problem(problem{code: diag.BadText, message: fmt.Sprintf("the body has %d bytes; %d are the most", len(raw), maxBody)})
		return false
	}
	call.Body = raw
	return true
}

const (
	lettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	mostHeaderName   = 64
)

// headerName says whether s is a token of RFC 9110, section 5.6.2.
func headerName(s string) bool {
	return s != "" && len(s) <= mostHeaderName && strings.Trim(s, lettersAndDigits+"!#$%&'*+.^_`|~-") == ""
}

// webHeaders reads {Authorization: !secret token}.
func webHeaders(v value, call *entity.Call) bool {
	entries, ok := v.mapping("a mapping such as {Content-Type: text/plain}")
	if len(entries) > maxHeaders {
		v.problem(problem{code: diag.BadWebhook, message: fmt.Sprintf("%d headers are the most", maxHeaders)})
		return false
	}
	// Those that say how the message itself is put together are not the file's.
	own := []string{"host", "content-length", "connection", "transfer-encoding", "upgrade", "te", "trailer", "expect"}
	for _, e := range entries {
		if !headerName(e.name) || slices.Contains(own, strings.ToLower(e.name)) {
			e.r.errorAt(e.keySpan(), problem{code: diag.BadWebhook, message: fmt.Sprintf("%s cannot be a header of this request", quote(e.name)),
				suggestion: "write such as Content-Type or Authorization"})
			ok = false
			continue
		}
		raw, _, isText := e.secretText("a text")
		if isText && (len(raw) > maxHeader || strings.ContainsFunc(raw, unprintable)) {
			e.problem(problem{code: diag.BadText, message: fmt.Sprintf("the value of a header is one line of at most %d characters", maxHeader)})
			isText = false
		}
		ok = ok && isText
		call.Headers = append(call.Headers, entity.Header{Name: e.name, Value: entity.NewSecret(raw)})
	}
	return ok
}

func retries(v value) (int, bool) {
	raw, ok := v.text("a whole number")
	if !ok {
		return 0, false
	}
	if len(raw) == 1 && raw[0] >= '0' && raw[0] <= '0'+maxRetries {
		return int(raw[0] - '0'), true
	}
	v.problem(problem{code: diag.OutOfRange, message: fmt.Sprintf("%s must be a whole number from 0 to %d, not %s", v.label(), maxRetries, quote(raw))})
	return 0, false
}

// onFailure says whether the run ends when the step fails.
func onFailure(keys map[string]value) (stop, ok bool) {
	v, given := keys["on_failure"]
	if !given {
		return false, true
	}
	word, ok := decodeChoice(v, []string{"continue", "stop"}, diag.BadChoice)
	return word == "stop", ok
}

package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hob/internal/entity"
)

const (
	// mostRead is how much of an answer is looked at: nothing goes by it, and the
	// connection can be used again when it was read to its end.
	mostRead = 64 << 10
	// mostHops is how many redirects are followed, all on the host that was asked.
	mostHops = 5
	// mostCalls is how many calls are under way at once; others wait for their turn.
	mostCalls = 16
	// mostCallRest is the longest pause between attempts.
	mostCallRest = 30 * time.Second
)

// Calls asks other programs for something by HTTP. Make one with NewCalls.
type Calls struct {
	client *http.Client
	slots  chan struct{}
	rest   func(attempt int) time.Duration // before the attempt after this one, from 1
}

// NewCalls returns Calls; Close it in the end.
func NewCalls() *Calls {
	return &Calls{
		client: &http.Client{
			Transport: &http.Transport{
				Proxy:               http.ProxyFromEnvironment,
				MaxIdleConns:        mostCalls,
				MaxIdleConnsPerHost: 2,
				IdleConnTimeout:     30 * time.Second,
				TLSHandshakeTimeout: 10 * time.Second,
				ForceAttemptHTTP2:   true,
			},
			CheckRedirect: sameHost,
		},
		slots: make(chan struct{}, mostCalls),
		rest: func(attempt int) time.Duration {
			return min(time.Second<<min(attempt-1, 8), mostCallRest)
		},
	}
}

// errElsewhere is a redirect that leads away: what was meant for one host, its
// body and its headers, is not for another.
var errElsewhere = errors.New("it sends us to another address, which is not followed")

func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) >= mostHops:
		return fmt.Errorf("it sends us on more than %d times", mostHops)
	case req.URL.Host != first.Host || req.URL.Scheme != first.Scheme:
		return errElsewhere
	}
	return nil
}

// Call does what the step says, with its retries, until ctx is done at the latest.
// It fails unless an answer's status was 2xx; the error is a sentence for people
// and tells of the address no more than its host.
func (c *Calls) Call(ctx context.Context, call *entity.Call) error {
	address, err := url.Parse(call.URL.Reveal())
	if err != nil || address.Host == "" {
		return errors.New("the address of the webhook cannot be read")
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return fmt.Errorf("%s was not asked: the server stops", address.Hostname())
	}
	for attempt := 1; ; attempt++ {
		again, err := c.attempt(ctx, call, address.Hostname())
		switch {
		case err == nil:
			return nil
		case !again || attempt > call.Retries || ctx.Err() != nil:
			if attempt > 1 {
				err = fmt.Errorf("%w (%d attempts)", err, attempt)
			}
			return err
		}
		rest := time.NewTimer(c.rest(attempt))
		select {
		case <-rest.C:
		case <-ctx.Done():
			rest.Stop()
			return fmt.Errorf("%w, and then the server stopped", err)
		}
	}
}

// attempt asks once; again says whether asking again makes sense.
func (c *Calls) attempt(ctx context.Context, call *entity.Call, host string) (again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, call.Timeout)
	defer cancel()
	req, err := request(ctx, call)
	if err != nil {
		return false, fmt.Errorf("%s cannot be asked like this: %s", host, scrub(err, call.URL.Reveal()))
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return !errors.Is(err, errElsewhere), c.failure(err, call, host)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, mostRead)); err != nil {
		return true, c.failure(err, call, host)
	}
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return false, nil
	}
	again = resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusRequestTimeout
	return again, fmt.Errorf("%s answers %d %s", host, resp.StatusCode, http.StatusText(resp.StatusCode))
}

func request(ctx context.Context, call *entity.Call) (*http.Request, error) {
	var body io.Reader
	if call.Body != "" {
		body = strings.NewReader(call.Body)
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, call.URL.Reveal(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "Hob")
	if body != nil {
		req.Header.Set("Content-Type", contentType(call.Body))
	}
	for _, h := range call.Headers {
		if http.CanonicalHeaderKey(h.Name) == "Host" {
			req.Host = h.Value.Reveal()
			continue
		}
		req.Header.Set(h.Name, h.Value.Reveal())
	}
	return req, nil
}

// contentType is what a body is that no header says it of.
func contentType(body string) string {
	if json.Valid([]byte(body)) {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}

// failure is why there was no answer. What net/http says has the whole address in
// front, and what is in it may be a header's value.
func (c *Calls) failure(err error, call *entity.Call, host string) error {
	var in *url.Error
	if errors.As(err, &in) {
		if in.Timeout() {
			return fmt.Errorf("%s did not answer within %s", host, call.Timeout)
		}
		err = in.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer within %s", host, call.Timeout)
	}
	if errors.Is(err, errElsewhere) {
		return fmt.Errorf("%s: %w", host, errElsewhere)
	}
	return fmt.Errorf("%s cannot be reached: %s", host, scrubBut(err, call.URL.Reveal(), host))
}

// scrubBut is scrub, but for a host that may be named.
func scrubBut(err error, address, host string) string {
	const mark = "\x00"
	text := strings.ReplaceAll(err.Error(), host, mark)
	return strings.ReplaceAll(scrub(errors.New(text), address), mark, host)
}

// Close gives idle connections up.
func (c *Calls) Close() { c.client.CloseIdleConnections() }

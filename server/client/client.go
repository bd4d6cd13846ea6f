// Package client speaks to a running Hob: over the unix socket in its state
// directory, or over HTTP with a token. The command line and the end-to-end
// tests use it. The shapes are those of docs/api.md, as internal/entity has them.
// A Client may be used from any goroutine.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"hob/internal/entity"
)

// SocketName is the file of the unix socket in the state directory.
const SocketName = "hob.sock"

const (
	mostAnswer = 64 << 20
	// answerWithin is when a server that took a request is given up; nothing
	// that it does for one takes longer than half of that.
	answerWithin = time.Minute
)

// Options says where the server is: URL, or the socket in State.
type Options struct {
	State string // state directory, used when URL is ""
	URL   string // such as "http://192.0.2.1:8420"
	Token string
}

// Client speaks to one server. Make one with New.
type Client struct {
	base  *url.URL
	token string
	dial  func(ctx context.Context, network, addr string) (net.Conn, error) // nil is TCP
	where string
	http  *http.Client
}

// Errors that a caller may want to tell apart.
var (
	// ErrNoServer says that nobody answers there.
	ErrNoServer = errors.New("no server")
	// ErrAuth says that the token is missing or wrong.
	ErrAuth = errors.New("not authorized")
	// ErrNotFound says that there is no such entity or board.
	ErrNotFound = errors.New("not found")
)

// New returns a client. It does not connect yet.
func New(o Options) (*Client, error) {
	c := &Client{token: strings.TrimSpace(o.Token)} // it may come from a file, with its newline
	if o.URL == "" {
		path := filepath.Join(o.State, SocketName)
		c.where = path
		c.base = &url.URL{Scheme: "http", Host: "localhost"}
		c.dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		}
	} else {
		u, err := url.Parse(o.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, fmt.Errorf("--url must look like http://192.0.2.1:8420, not %q", o.URL)
		}
		c.base, c.where = u, o.URL
	}
	c.http = &http.Client{Transport: &http.Transport{DialContext: c.dial, DisableKeepAlives: true}}
	return c, nil
}

// House describes the house.
func (c *Client) House(ctx context.Context) (House, error) {
	var h House
	err := c.get(ctx, "/api/house", &h)
	return h, err
}

// Entities lists all entities, in the order of config.yaml.
func (c *Client) Entities(ctx context.Context) ([]entity.Record, error) {
	var out []entity.Record
	err := c.get(ctx, "/api/entities", &out)
	return out, err
}

// Entity returns one entity. The error is ErrNotFound when there is none.
func (c *Client) Entity(ctx context.Context, id entity.ID) (entity.Record, error) {
	var out entity.Record
	err := c.get(ctx, "/api/entities/"+url.PathEscape(string(id)), &out)
	return out, err
}

// Boards lists the boards, declared and found.
func (c *Client) Boards(ctx context.Context) ([]entity.BoardDetails, error) {
	var out []entity.BoardDetails
	err := c.get(ctx, "/api/boards", &out)
	return out, err
}

// Command asks for an action and waits for its end, at most as long as wait.
// A command that was refused, failed or expired is a Result and no error.
func (c *Client) Command(ctx context.Context, id entity.ID, a entity.Action, wait time.Duration) (entity.Result, error) {
	body := map[string]any{"action": a.Verb, "wait": wait.String()}
	if a.Level != nil {
		body["level"] = a.Level.Percent()
	}
	if a.Color != nil {
		body["color"] = a.Color.String()
	}
	if a.Temp != nil {
		body["temperature"] = a.Temp.Celsius()
	}
	if a.For != 0 {
		body["for"] = a.For.String()
	}
	if !a.Code.IsZero() {
		body["code"] = a.Code.Reveal()
	}
	if a.Confirm {
		body["confirm"] = true
	}
	var out entity.Result
	err := c.do(ctx, http.MethodPost, "/api/entities/"+url.PathEscape(string(id))+"/commands", body, &out)
	if out.Status != "" {
		return out, nil
	}
	return out, err
}

// Adopt gives a key to a board that shows this setup code.
func (c *Client) Adopt(ctx context.Context, board, code string, replace bool) (entity.BoardRecord, error) {
	var out entity.BoardRecord
	err := c.do(ctx, http.MethodPost, "/api/boards/"+url.PathEscape(board)+"/adopt",
		map[string]any{"code": code, "replace": replace}, &out)
	return out, err
}

// Provision has the server make the next key of a board that is on a cable.
func (c *Client) Provision(ctx context.Context, id string, replace bool) (entity.ProvisionedKey, error) {
	var out entity.ProvisionedKey
	err := c.do(ctx, http.MethodPost, "/api/boards/"+url.PathEscape(id)+"/provision",
		map[string]any{"replace": replace}, &out)
	return out, err
}

// BoardAction posts one of "rotate", "identify" and "restart".
func (c *Client) BoardAction(ctx context.Context, board, action string) (entity.BoardRecord, error) {
	var out entity.BoardRecord
	err := c.do(ctx, http.MethodPost, "/api/boards/"+url.PathEscape(board)+"/"+action, nil, &out)
	return out, err
}

// Update begins to bring a board to the firmware of a signed image.
func (c *Client) Update(ctx context.Context, board string, image []byte) (entity.BoardRecord, error) {
	var out entity.BoardRecord
	err := c.do(ctx, http.MethodPost, "/api/boards/"+url.PathEscape(board)+"/update", file(image), &out)
	return out, err
}

// Board returns one board.
func (c *Client) Board(ctx context.Context, board string) (entity.BoardDetails, error) {
	var out entity.BoardDetails
	err := c.get(ctx, "/api/boards/"+url.PathEscape(board), &out)
	return out, err
}

// file is a body that is sent as it is.
type file []byte

// Revoke makes the server and the board forget their key.
func (c *Client) Revoke(ctx context.Context, board string) (entity.Revoked, error) {
	var out entity.Revoked
	err := c.do(ctx, http.MethodDelete, "/api/boards/"+url.PathEscape(board)+"/key", nil, &out)
	return out, err
}

func (c *Client) get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, nil, out)
}

func (c *Client) do(ctx context.Context, method, path string, body, out any) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var r io.Reader
	kind := "application/json"
	if bytesOf, ok := body.(file); ok {
		r, kind = bytes.NewReader(bytesOf), "application/octet-stream"
	} else if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(b)
	}
	path, query, _ := strings.Cut(path, "?")
	target := c.base.JoinPath(path)
	target.RawQuery = query
	req, err := http.NewRequestWithContext(ctx, method, target.String(), r)
	if err != nil {
		return err
	}
	c.sign(req.Header)
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.unreachable(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	switch {
	case ctx.Err() != nil:
		return c.unreachable(ctx.Err())
	case err != nil:
		return fmt.Errorf("the answer of %s broke off: %w", c.where, err)
	}
	if isProblem(resp) {
		return c.problem(resp.StatusCode, b)
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("%s does not speak like a Hob server: %w", c.where, err)
	}
	return nil
}

func (c *Client) sign(h http.Header) {
	h.Set("Hob-Client", "cli")
	if c.token != "" {
		h.Set("Authorization", "Bearer "+c.token)
	}
}

// unreachable says in words what went wrong on the way to the server.
func (c *Client) unreachable(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the server at %s does not answer: %w", c.where, context.DeadlineExceeded)
	case c.dial != nil && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)):
		return fmt.Errorf("%w at %s: is `hob serve` running with this --state?", ErrNoServer, c.where)
	case c.dial != nil && errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: the socket %s belongs to another user", ErrAuth, c.where)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return fmt.Errorf("%w at %s: %w", ErrNoServer, c.where, err)
}

func isProblem(r *http.Response) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/problem+json") || r.StatusCode >= 500 &&
		!strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

// problem turns an RFC 9457 body into an error.
func (c *Client) problem(status int, b []byte) error {
	var p struct {
		Title  string `json:"title"`
		Detail string `json:"detail"`
	}
	text := http.StatusText(status)
	if json.Unmarshal(b, &p) == nil && p.Title != "" {
		if text = p.Title; p.Detail != "" {
			text = p.Detail
		}
	}
	switch status {
	case http.StatusUnauthorized:
		if c.token != "" {
			text = "the token is another one than the server has in its state directory"
		}
		return fmt.Errorf("%w: %s", ErrAuth, text)
	case http.StatusNotFound:
		return fmt.Errorf("%w: %s", ErrNotFound, text)
	}
	return &Problem{status, text}
}

// Problem is what a server answers when it refuses a request.
type Problem struct {
	Status int // HTTP
	Detail string
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

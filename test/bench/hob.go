package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// hob is one `hob serve` process.
type hob struct {
	*process
	url    string
	host   string
	config string // file
	args   []string
	log    string
	state  string
}

// newHob lays out a directory for a house; run starts it.
func (b *bench) newHob(name, house string) (*hob, error) {
	dir, err := os.MkdirTemp(b.temp, name+"-")
	if err != nil {
		return nil, err
	}
	h := &hob{config: filepath.Join(dir, "config.yaml"), state: filepath.Join(dir, "state"), log: b.log(name)}
	h.args = []string{b.hobProgram, "serve", "--json", "--config", h.config, "--state", h.state,
		"--listen", "127.0.0.1:0", "--mdns-interface", "lo", "--log", "warn",
		"--reports", "-1"} // flat out one board changes more often than is taken up else
	return h, os.WriteFile(h.config, []byte(house), 0o600)
}

// run starts the server and returns when it answers.
func (h *hob) run() error {
	var ready struct {
		URL string `json:"url"`
	}
	p, err := start(h.log, &ready, h.args[0], h.args[1:]...)
	if err != nil {
		return err
	}
	u, err := url.Parse(ready.URL)
	if err != nil {
		p.stop()
		return err
	}
	h.process, h.url, h.host = p, "http://"+u.Host, u.Host
	for end := time.Now().Add(20 * time.Second); ; {
		if err = h.get("/healthz", &struct{}{}); err == nil {
			return nil
		}
		if time.Now().After(end) {
			p.stop()
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

func (h *hob) get(path string, into any) error { return h.ask(http.MethodGet, path, nil, into) }

// ask speaks REST (docs/api.md).
func (h *hob) ask(method, path string, body, into any) error {
	var r io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(text)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, h.url+path, r)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	return json.Unmarshal(answer, into)
}

func (h *hob) adopt(board, code string) error {
	return h.ask(http.MethodPost, "/api/boards/"+board+"/adopt", map[string]any{"code": code}, &struct{}{})
}

// online waits until n declared boards are online.
func (h *hob) online(n int, patience time.Duration) error {
	var health struct {
		Boards struct{ Online, Declared int } `json:"boards"`
	}
	for end := time.Now().Add(patience); ; {
		if err := h.get("/healthz", &health); err != nil {
			return err
		}
		if health.Boards.Online >= n {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d of %d boards are online after %v", health.Boards.Online, n, patience)
		}
		time.Sleep(time.Millisecond)
	}
}

// live is where browsers connect.
func (h *hob) live() endpoint {
	return endpoint{address: h.host, path: "/api/live", subprotocol: "hob.live.1", speaks: live{"door"}}
}

// startHob runs a server of a house that the stand-in board is part of.
func (b *bench) startHob(name string, house func(board string) string) (*system, *hob, error) {
	board, err := newStandIn()
	if err != nil {
		return nil, nil, err
	}
	h, err := b.newHob(name, house(board.addr))
	if err == nil {
		err = h.run()
	}
	if err != nil {
		board.close()
		return nil, nil, err
	}
	s := &system{name: nameHob, proc: h.process, browsers: h.live(), change: board.change, commands: true,
		stops: []func(){board.close, func() { h.stop() }}}
	if err = h.adopt(standInID, standInCode); err == nil {
		err = s.settled(h)
	}
	if err != nil {
		s.stop()
		return nil, nil, err
	}
	return s, h, nil
}

// settled waits until the contact can be used: the board has its configuration.
func (s *system) settled(h *hob) error {
	for end := time.Now().Add(20 * time.Second); ; {
		var door struct{ Available bool }
		if err := h.get("/api/entities/door", &door); err != nil {
			return err
		}
		if door.Available {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("the contact is not available after 20 s")
		}
		time.Sleep(time.Millisecond)
	}
}

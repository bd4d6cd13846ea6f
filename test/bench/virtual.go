package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// virtual is a hob-board process (docs/virtual-boards.md).
type virtual struct {
	*process
	control string
	boards  []virtualBoard
}

type virtualBoard struct {
	ID      string `json:"id"`
	Address string `json:"address"`
	Code    string `json:"setup_code"`
}

// startVirtual runs n boards, the first of which has this id.
func (b *bench) startVirtual(id string, n int, args ...string) (*virtual, error) {
	dir, err := os.MkdirTemp(b.temp, "board-")
	if err != nil {
		return nil, err
	}
	v := &virtual{control: filepath.Join(dir, "control")}
	var ready struct {
		Boards []virtualBoard `json:"boards"`
	}
	args = append([]string{"--id", id, "--boards", strconv.Itoa(n), "--listen", "127.0.0.1:0", "--state", dir,
		"--control", v.control}, args...)
	if v.process, err = start(b.log("board"), &ready, b.boardProgram, args...); err != nil {
		return nil, err
	}
	v.boards = ready.Boards
	return v, nil
}

// adoptBy gives every board its key, some at a time.
func (v *virtual) adoptBy(h *hob) error {
	var work sync.WaitGroup
	failed := make(chan error, len(v.boards))
	slots := make(chan struct{}, 16)
	for _, board := range v.boards {
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			if err := h.adopt(board.ID, board.Code); err != nil {
				failed <- err
			}
		})
	}
	work.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// hand is a connection to a board's control socket.
type hand struct {
	conn net.Conn
	r    *bufio.Reader
}

func (v *virtual) hand() (*hand, error) {
	c, err := net.Dial("unix", v.control)
	if err != nil {
		return nil, err
	}
	return &hand{c, bufio.NewReaderSize(c, 1<<20)}, nil
}

// do sends one request and reads the answer into out.
func (h *hand) do(out any, format string, args ...any) error {
	if _, err := fmt.Fprintf(h.conn, format+"\n", args...); err != nil {
		return err
	}
	line, err := h.r.ReadBytes('\n')
	if err != nil {
		return err
	}
	var answer struct {
		OK      bool   `json:"ok"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return err
	}
	if !answer.OK {
		return fmt.Errorf("hob-board: %s", answer.Message)
	}
	return json.Unmarshal(line, out)
}

// edge is one change at a pin.
type edge struct {
	UnixNS int64  `json:"unix_ns"`
	Pin    int    `json:"pin"`
	What   string `json:"what"`
}

// edges gives what happened at a pin after an edge's number, and the newest number.
func (h *hand) edges(pin int, what string, since uint64) ([]edge, uint64, error) {
	var answer struct {
		Edges []edge `json:"edges"`
		Last  uint64 `json:"last"`
	}
	if err := h.do(&answer, `{"cmd":"edges","since":%d}`, since); err != nil {
		return nil, 0, err
	}
	var found []edge
	for _, e := range answer.Edges {
		if e.Pin == pin && e.What == what {
			found = append(found, e)
		}
	}
	return found, answer.Last, nil
}

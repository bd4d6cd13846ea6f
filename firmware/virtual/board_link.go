package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/gorilla/websocket"
)

// What the sockets tell a board, from their goroutines, and what its core asks
// for in answer, on the board's own.

var errGone = errors.New("the connection is gone")

// openPeer makes room for a connection.
func (b *board) openPeer() (p *peer, err error) {
	stopped := b.call(func() {
		if b.running == nil {
			err = errPowerOff
			return
		}
		var num int
		if num, err = b.running.connOpen(b.clock.now()); err == nil {
			p = newPeer(num)
			b.peers[num] = p
		}
	})
	return p, errors.Join(stopped, err)
}

// attachPeer gives a connection its WebSocket.
func (b *board) attachPeer(p *peer, ws *websocket.Conn) error {
	err := errGone
	stopped := b.call(func() {
		if b.has(p) {
			p.ws, err = ws, nil
		}
	})
	return errors.Join(stopped, err)
}

// has tells whether the core still knows a connection.
func (b *board) has(p *peer) bool { return b.running != nil && b.peers[p.num] == p }

// forPeer does something for a connection if there still is one. What is said
// to a board that has ended is lost, as it should be.
func (b *board) forPeer(p *peer, do func(now uint64)) {
	_ = b.call(func() {
		if b.has(p) {
			do(b.clock.now())
		}
	})
}

func (b *board) peerMessage(p *peer, message []byte) {
	b.forPeer(p, func(now uint64) {
		if err := b.running.connMessage(p.num, message, now); err != nil {
			b.log.Debug("message", "board", b.id, "err", err)
		}
	})
}

func (b *board) peerViolates(p *peer) {
	b.forPeer(p, func(now uint64) { b.running.connViolation(p.num, now) })
}

func (b *board) peerGone(p *peer) {
	b.forPeer(p, func(now uint64) {
		b.peers[p.num] = nil
		b.running.connClosed(p.num, now)
	})
}

// ---- what the core asks for ----

func (b *board) connSend(conn int, message []byte) error {
	if conn < 0 || conn >= len(b.peers) || b.peers[conn] == nil {
		return errGone
	}
	return b.peers[conn].send(message)
}

func (b *board) connClose(conn, code int, reason string) {
	if conn < 0 || conn >= len(b.peers) || b.peers[conn] == nil {
		return
	}
	p := b.peers[conn]
	b.peers[conn] = nil
	p.close(code, reason)
}

func (b *board) restartWanted() { b.wantRestart = true }

func (b *board) adoptionChanged() { b.wantPublish = true }

func (b *board) stats() coreStats {
	s := coreStats{loopUS: uint32(b.longest.Microseconds())}
	b.longest = 0
	return s
}

func (b *board) logLine(level slog.Level, text string, detail int) {
	b.log.Log(context.Background(), level, text, "board", b.id, "detail", detail)
}

package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	subprotocol = "hob.link.1"
	// headerPatience is how long a peer may take for its HTTP request.
	headerPatience = 5 * time.Second
	// closePatience is how long a peer may take to answer a close frame.
	closePatience = time.Second
)

// peer is one WebSocket on /link. Its board's goroutine writes to it; a
// goroutine of its own reads.
type peer struct {
	num int             // the connection's number in the core
	ws  *websocket.Conn // nil until the upgrade is done

	// What to close with if the core gives the connection up before that. A board
	// that loses its memory meanwhile has restarted.
	code   int
	reason string
}

func newPeer(num int) *peer { return &peer{num: num, code: closeRestart, reason: "restarted"} }

// linkServer serves /link for every board of the process: an HTTP server that
// finds the board by the listener which the connection came in through.
type linkServer struct {
	http     *http.Server
	upgrader websocket.Upgrader
	messages sync.Pool // *[maxMessage + 1]byte: only a message on its way has one
	readers  sync.WaitGroup
}

func newLinkServer() *linkServer {
	s := &linkServer{
		upgrader: websocket.Upgrader{
			Subprotocols:    []string{subprotocol},
			ReadBufferSize:  512,
			WriteBufferSize: 1024,
			WriteBufferPool: &sync.Pool{},
			// Whoever speaks for a browser's page has no business on a board.
			CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "" },
		},
		messages: sync.Pool{New: func() any { return new([maxMessage + 1]byte) }},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /link", s.link)
	s.http = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: headerPatience,
		MaxHeaderBytes:    4 << 10,
		BaseContext:       boardContext,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	s.http.SetKeepAlivesEnabled(false)
	return s
}

// serve answers on one board's listener until it is closed.
func (s *linkServer) serve(b *board, listener net.Listener) {
	// Serve always returns an error, here that the listener was closed.
	_ = s.http.Serve(boardListener{listener, b})
}

// close ends what is left and waits for it. Every board has ended by then.
func (s *linkServer) close() {
	_ = s.http.Close()
	s.readers.Wait()
}

// link upgrades one request, if the board has room for another connection.
func (s *linkServer) link(w http.ResponseWriter, r *http.Request) {
	b := r.Context().Value(boardKey{}).(*board)
	if !offers(r, subprotocol) {
		http.Error(w, "subprotocol "+subprotocol+" is required", http.StatusBadRequest)
		return
	}
	p, err := b.openPeer()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		b.peerGone(p)
		return
	}
	if err := b.attachPeer(p, ws); err != nil {
		p.ws = ws // the board's goroutine will not touch it any more
		p.close(p.code, p.reason)
		_ = ws.Close()
		return
	}
	s.readers.Go(func() { s.read(b, p, ws) })
}

func offers(r *http.Request, name string) bool {
	for _, offered := range websocket.Subprotocols(r) {
		if offered == name {
			return true
		}
	}
	return false
}

// read hands messages to the board until the connection ends.
func (s *linkServer) read(b *board, p *peer, ws *websocket.Conn) {
	defer b.peerGone(p)
	defer ws.Close() // first: a board that restarts waits for its sockets to close
	for {
		kind, r, err := ws.NextReader()
		if err != nil {
			return
		}
		if err := s.readOne(b, p, kind, r); err != nil {
			return
		}
	}
}

// readOne reads one message. The limit is ours and not gorilla's, so that the
// peer is told 4000.
func (s *linkServer) readOne(b *board, p *peer, kind int, r io.Reader) error {
	message := s.messages.Get().(*[maxMessage + 1]byte)
	defer s.messages.Put(message)
	for n := 0; ; {
		if kind != websocket.BinaryMessage || n > maxMessage {
			b.peerViolates(p)
			return nil
		}
		more, err := r.Read(message[n:])
		n += more
		if errors.Is(err, io.EOF) {
			b.peerMessage(p, message[:n])
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// send writes one message; it does not wait for the peer.
func (p *peer) send(message []byte) error {
	if p.ws == nil {
		return errors.New("the connection is not open yet")
	}
	return p.ws.WriteMessage(websocket.BinaryMessage, message)
}

// close says why, and gives the peer a moment to answer: its reader ends then.
func (p *peer) close(code int, reason string) {
	if p.ws == nil {
		p.code, p.reason = code, reason
		return
	}
	deadline := time.Now().Add(closePatience)
	// Whatever fails here, the read deadline ends the connection.
	_ = p.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), deadline)
	_ = p.ws.SetReadDeadline(deadline)
}

// boardListener tells whose listener it is.
type boardListener struct {
	net.Listener
	board *board
}

type boardKey struct{}

// boardContext marks every request with the board whose listener it came in by.
func boardContext(l net.Listener) context.Context {
	return context.WithValue(context.Background(), boardKey{}, l.(boardListener).board)
}

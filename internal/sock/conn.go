package sock

import "net"

// conn is a connection of which every call that need not wait is made directly.
type conn struct {
	net.Conn
	r *Reader
	w *Writer
}

// NewConn gives a connection that does what c does; c itself when that has no
// descriptor.
func NewConn(c net.Conn) net.Conn {
	r, w := NewReader(c), NewWriter(c)
	if r == nil || w == nil {
		return c
	}
	return &conn{c, r, w}
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) { return c.r.Read(p) }

// Write implements net.Conn: what does not go out at once it waits with, as c does.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.w.Try(p)
	if err != nil || n == len(p) {
		return n, err
	}
	m, err := c.Conn.Write(p[n:])
	return n + m, err
}

// Below gives what NewConn was given.
func Below(c net.Conn) net.Conn {
	if quick, ok := c.(*conn); ok {
		return quick.Conn
	}
	return c
}

package main

import (
	"context"
	"fmt"
	"time"

	"hob/internal/entity"
)

// unknown stands for a figure that a board has not told, or does not tell.
const unknown = "unknown"

// showBoard prints all that is known of one board.
func (c *cli) showBoard(ctx context.Context, board string) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	b, err := cl.Board(ctx, board)
	if err != nil {
		return err
	}
	defer c.warnOfConfig(ctx, cl)
	if c.json {
		return c.printJSON(b)
	}
	rows := boardRows(&b)
	columns(c.stdout, append(rows, linkRows(b.Link)...))
	return nil
}

func boardRows(b *entity.BoardDetails) [][]cell {
	status := statusCell(b.Status)
	status.text += " for " + age(b.Since)
	rows := [][]cell{
		{text("board"), text(boardName(b.BoardRecord))},
		{text("status"), status},
	}
	for _, row := range [][2]string{
		{"", b.Message}, {"chip", b.Chip}, {"address", b.Address}, {"firmware", b.Firmware}, {"update", updateWords(b.Update)},
	} {
		if row[1] != "" {
			rows = append(rows, []cell{text(row[0]), text(row[1])})
		}
	}
	return rows
}

// updateWords is how far an update is, or how the last one ended.
func updateWords(u *entity.UpdateInfo) string {
	switch {
	case u == nil:
		return ""
	case u.Stage == "failed":
		return fmt.Sprintf("to %s failed %s ago: %s", u.Firmware, age(u.Since), u.Message)
	case u.Over():
		return fmt.Sprintf("to %s done %s ago", u.Firmware, age(u.Since))
	}
	return fmt.Sprintf("to %s: %s, %d of %d bytes", u.Firmware, u.Stage, u.Done, u.Size)
}

// linkRows are the figures that a board tells of itself, every 30 s.
func linkRows(l *entity.LinkInfo) [][]cell {
	if l == nil {
		return nil // the status says why
	}
	up := (time.Duration(l.UptimeMS) * time.Millisecond).Truncate(time.Second)
	rows := [][2]string{
		{"running for", fmt.Sprintf("%s, since a start by %s", up, l.Reset)},
		{"configuration", configWords(l)},
		{"Wi-Fi signal", figure(l.RSSI, l.RSSI != 0, "%d dBm")},
		{"free memory", figure(l.Heap, l.Heap != 0, "%d bytes")},
		{"least ever free", optional(l.HeapLow, "%d bytes since it started")},
		{"stack left", optional(l.Stack, "%d bytes at least, of the task that came nearest its end")},
		{"longest turn", figure(l.LoopUS, l.LoopUS != 0, "%d µs")},
		{"temperature", optional(l.Temp, "%d °C, of the chip")},
		{"since the server started", fmt.Sprintf("%d reconnects, %d frames or sessions refused, %d reports too many", l.Reconnects, l.Refused, l.Excess)},
	}
	out := make([][]cell, 0, len(rows))
	for _, r := range rows {
		out = append(out, []cell{text(r[0]), text(r[1])})
	}
	return out
}

func configWords(l *entity.LinkInfo) string {
	if l.Config == "" {
		return "none"
	}
	points := "points"
	if l.Points == 1 {
		points = "point"
	}
	return fmt.Sprintf("%s, %d %s", l.Config, l.Points, points)
}

func figure(n int64, known bool, format string) string {
	if !known {
		return unknown
	}
	return fmt.Sprintf(format, n)
}

func optional(n *int64, format string) string {
	if n == nil {
		return unknown
	}
	return fmt.Sprintf(format, *n)
}

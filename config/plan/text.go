package plan

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// moments are times as people read them, on the clock of the house; JSON has all of them.
func moments(times []string) []string {
	out := make([]string, len(times))
	for i, raw := range times {
		out[i] = raw
		if at, err := time.Parse(time.RFC3339, raw); err == nil {
			out[i] = at.Format("Mon 2 Jan 15:04")
		}
	}
	return out
}

// WriteText writes the plan for people.
func (p Plan) WriteText(w io.Writer) error {
	var out strings.Builder
	for _, c := range p.Changes {
		fmt.Fprintln(&out, c)
		for _, f := range c.Fields {
			fmt.Fprintf(&out, "  %s: %s -> %s\n", f.Key, f.Before, f.After)
		}
		if len(c.Next) > 0 {
			fmt.Fprintf(&out, "  next runs: %s\n", strings.Join(moments(c.Next), ", "))
		}
	}
	for _, b := range p.Boards {
		fmt.Fprintf(&out, "The board %s gets a new configuration; what has not changed on it is not touched.\n", b)
	}
	for _, m := range p.Moves {
		fmt.Fprintf(&out, "%s (%s) %s.\n", m.Entity, m.Point, m.Why)
	}
	switch {
	case p.Empty():
		fmt.Fprintln(&out, "Nothing would change.")
	case len(p.Moves) == 0:
		fmt.Fprintln(&out, "No output moves.")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

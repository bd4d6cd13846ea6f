package plan

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes the plan for people.
func (p Plan) WriteText(w io.Writer) error {
	var out strings.Builder
	for _, c := range p.Changes {
		fmt.Fprintln(&out, c)
		for _, f := range c.Fields {
			fmt.Fprintf(&out, "  %s: %s -> %s\n", f.Key, f.Before, f.After)
		}
		if len(c.Next) > 0 {
			fmt.Fprintf(&out, "  next runs: %s\n", strings.Join(c.Next, ", "))
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

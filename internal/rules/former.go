package rules

import (
	"strings"

	"hob/internal/entity"
)

// former are the ids that entities had before, by those that they have now. What a
// rule remembers is good over a rename: a pump that was switched on under its old name
// is switched off under its new one, and a door that has been open for nine of ten
// minutes has been.
type former map[entity.ID]entity.ID

func formerOf(h *entity.House) former {
	var f former
	for _, e := range h.Entities {
		if e.Was != "" {
			if f == nil {
				f = former{}
			}
			f[e.ID] = e.Was
		}
	}
	return f
}

// print is the fingerprint of what a text was before; "" where it was the same.
func (f former) print(text string) string {
	if len(f) == 0 {
		return ""
	}
	var out strings.Builder
	changed := false
	for text != "" {
		n := strings.IndexFunc(text, func(r rune) bool { return !idRune(r) })
		if n < 0 {
			n = len(text)
		}
		word := text[:n]
		if was, ok := f[entity.ID(word)]; ok {
			word, changed = string(was), true
		}
		rest := text[n:]
		m := strings.IndexFunc(rest, idRune)
		if m < 0 {
			m = len(rest)
		}
		out.WriteString(word)
		out.WriteString(rest[:m])
		text = rest[m:]
	}
	if !changed {
		return ""
	}
	return fingerprint(out.String())
}

func idRune(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }

// sameAs says whether a fingerprint is that of one thing, now or before a rename.
func sameAs(print, now, before string) bool { return print == now || before != "" && print == before }

// renamed has the engine know of entities under their new ids what it knew of them.
func (e *Engine) renamed(f former) {
	for id, was := range f {
		if _, known := e.seen[id]; known {
			continue
		}
		if seen, ok := e.seen[was]; ok {
			e.seen[id] = seen
		}
	}
}

package schedule

// SyntaxError is what the parsers of this package return: made for people who edit a file.
type SyntaxError struct {
	Message    string // what is wrong, with the text in question in quotes
	Suggestion string // what to write instead; empty if there is nothing near
	Offset     int    // where in the parsed text, in bytes
	Length     int    // how much of it, in bytes
}

func (e *SyntaxError) Error() string {
	if e.Suggestion == "" {
		return e.Message
	}
	return e.Message + "; " + e.Suggestion
}

// within moves an error of a part to where the part begins in the whole.
func (e *SyntaxError) within(offset int) *SyntaxError {
	moved := *e
	moved.Offset += offset
	return &moved
}

// excerpt quotes a text for a message, cut where it is long.
func excerpt(s string) string {
	const most = 40
	if len(s) > most {
		cut := most
		for cut > 0 && s[cut]&0xc0 == 0x80 { // not inside a character
			cut--
		}
		s = s[:cut] + "…"
	}
	return `"` + s + `"`
}

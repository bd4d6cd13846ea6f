package config

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"hob/internal/diag"
)

// maxTabLines bounds how many wrongly indented lines are pointed out one by one.
const maxTabLines = 20

// scan looks at the bytes before the YAML library does: size, encoding, control
// characters, indentation and traces of merging, of which the library says too little. It
// reports false if there is no point in parsing.
func scan(r *report, src *diag.Source, data []byte) bool {
	if len(data) > maxBytes {
		r.errorAt(src.Span(1, 1, 0), problem{
			code:       diag.TooLarge,
			message:    fmt.Sprintf("the file is larger than %d KiB", maxBytes>>10),
			suggestion: "a configuration describes one house; is this the right file?",
		})
		return false
	}
	if encoding := foreignEncoding(data); encoding != "" {
		r.hidden[src.Name()] = true // its lines are not what anyone wrote
		r.errorAt(src.Span(1, 1, 0), problem{
			code:       diag.BadCharacter,
			message:    "the file is saved as " + encoding + ", not as UTF-8",
			suggestion: "save it again and choose UTF-8 (in Windows Notepad: Save as, Encoding)",
		})
		return false
	}
	if n := marks(data); n > maxMarks {
		r.errorAt(src.Span(1, 1, 0), problem{
			code:       diag.TooComplex,
			message:    fmt.Sprintf("the file stands for more than %d values", maxNodes),
			suggestion: "a configuration describes one house; is this the right file?",
		})
		return false
	}
	characters := scanCharacters(r, src, data)
	conflicts := scanConflicts(r, src)
	return scanIndents(r, src) && characters && conflicts
}

// maxMarks bounds the commas and brackets of a file. Each can be a value in the
// library's tree, which takes two hundred times as much as it does in the file; the
// limit of values is looked at in that tree, which is too late for a list of nothing.
const maxMarks = 2 * maxNodes

func marks(data []byte) int {
	n := 0
	for _, c := range data {
		if c == ',' || c == '[' || c == '{' {
			n++
		}
	}
	return n
}

// foreignEncoding names the encoding of a text that is saved with two or four
// bytes a character, "" if it is not: by its mark at the start, else by its first
// character, which in YAML is an ASCII one.
func foreignEncoding(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe, 0, 0}), bytes.HasPrefix(data, []byte{0, 0, 0xfe, 0xff}):
		return "UTF-32"
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return "UTF-16"
	case len(data) >= 4 && (data[0] == 0) != (data[1] == 0) && data[0]|data[1] < 0x80 && (data[2] == 0) == (data[0] == 0) && (data[3] == 0) == (data[1] == 0):
		return "UTF-16"
	}
	return ""
}

// scanCharacters reports the first byte that is not UTF-8, else the first
// character that YAML refuses or takes for a line end that editors do not show.
func scanCharacters(r *report, src *diag.Source, data []byte) bool {
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	line, column := 1, 1
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		if c == utf8.RuneError && size == 1 {
			r.errorAt(src.Span(line, column, 1), notUTF8(text[0]))
			return false
		}
		if badCharacter(c) {
			r.errorAt(src.Span(line, column, 1), problem{
				code:       diag.BadCharacter,
				message:    fmt.Sprintf("the character U+%04X is not allowed", c),
				suggestion: "delete it; editors often do not show it",
			})
			return false
		}
		text = text[size:]
		switch {
		case c == '\n' || c == '\r' && !bytes.HasPrefix(text, []byte("\n")):
			line, column = line+1, 1
		case c != '\r':
			column++
		}
	}
	return true
}

// notUTF8 says what a byte probably is: the old encoding of Windows, which editors
// there still write, has a character for nearly each.
func notUTF8(b byte) problem {
	p := problem{code: diag.BadCharacter, message: fmt.Sprintf("byte 0x%02x is not UTF-8", b), suggestion: "save the file as UTF-8"}
	if c := charmap.Windows1252.DecodeByte(b); unicode.IsPrint(c) && c != utf8.RuneError {
		p.message += fmt.Sprintf("; in the old encoding of Windows (1252) it is %c", c)
		p.suggestion += " (in Windows Notepad: Save as, Encoding)"
	}
	return p
}

// badCharacter: control characters, the line ends of YAML 1.1 that nothing else
// treats as such, and byte order marks that are not at the start.
func badCharacter(c rune) bool {
	switch c {
	case '\t', '\n', '\r':
		return false
	case 0x7f, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
		return true
	}
	return c < 0x20 || c >= 0x80 && c < 0xa0
}

// scanIndents reports every line that is indented with anything but spaces.
func scanIndents(r *report, src *diag.Source) bool {
	found := 0
	for n := 1; n <= src.Lines(); n++ {
		from, width, p := badIndent(src.Line(n))
		if width == 0 {
			continue
		}
		found++
		if found > maxTabLines {
			continue
		}
		r.errorAt(src.Span(n, from+1, width), p)
	}
	return found == 0
}

// badIndent finds what does not belong into the blank part at the start of a line:
// where, in code points, and how much of it; nothing if the line is in order.
func badIndent(line string) (from, width int, p problem) {
	plain := strings.TrimLeft(line, " ")
	if plain == "" || plain[0] != '\t' && plain[0] < utf8.RuneSelf {
		return 0, 0, p
	}
	from = len(line) - len(plain)
	c, _ := utf8.DecodeRuneInString(plain)
	switch {
	case c == '\t':
		rest := strings.TrimLeft(plain, " \t")
		return from, len(plain) - len(rest), problem{code: diag.TabIndent,
			message: "this line is indented with a tab", suggestion: "indent with spaces: two for each level"}
	case unicode.Is(unicode.Zs, c) || c == '\u200b' || c == '\u2060':
		rest := strings.TrimLeftFunc(plain, func(r rune) bool { return r == c || r == ' ' })
		return from, utf8.RuneCountInString(plain) - utf8.RuneCountInString(rest), problem{code: diag.BadCharacter,
			message:    fmt.Sprintf("this line is indented with the character U+%04X, which looks like a space and is none", c),
			suggestion: "replace it by spaces; it comes with text that is copied from web pages and messages"}
	}
	return 0, 0, p
}

// scanConflicts reports what a merge of two versions has left for people to decide.
func scanConflicts(r *report, src *diag.Source) bool {
	begun, found := 0, 0
	for n := 1; n <= src.Lines(); n++ {
		switch line := src.Line(n); {
		case strings.HasPrefix(line, "<<<<<<< "):
			begun = n
		case begun > 0 && strings.HasPrefix(line, ">>>>>>> "):
			if found++; found <= maxTabLines {
				r.errorAt(src.Span(begun, 1, 7), problem{code: diag.Syntax,
					message:    fmt.Sprintf("two versions of the file were merged here, up to line %d, and nobody has decided between them", n),
					suggestion: "keep one of the two, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>"})
			}
			begun = 0
		}
	}
	return found == 0
}

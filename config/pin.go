package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"

	"hob/internal/diag"
	"hob/internal/entity"
)

// pin is a GPIO of a board, written board/number. Whether the board and the pin
// exist is checked when all of the file has been read.
type pin struct {
	slot
	board  entity.BoardName
	number int
}

var (
	pinShape   = regexp.MustCompile(`^([^/\s]+)/(0|[1-9][0-9]{0,3})$`)
	looksLikeA = regexp.MustCompile(`(?i)^(?:([^/:.\s]*?)[/:. ]+)?(?:gpio|pin|io|d)?[ _]?0*([0-9]{1,3})$`)
)

func (f *pin) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a pin such as hall/16")
	if !ok {
		return
	}
	m := pinShape.FindStringSubmatch(raw)
	if m == nil {
		v.problem(problem{code: diag.BadPin,
			message:    fmt.Sprintf("%s is no pin: a pin is written board/number", quote(raw)),
			suggestion: suggestPin(raw)})
		return
	}
	number, _ := strconv.Atoi(m[2])
	f.board, f.number, f.valid = entity.BoardName(m[1]), number, true
}

func suggestPin(raw string) string {
	m := looksLikeA.FindStringSubmatch(raw)
	switch {
	case m == nil:
		return "write, for example, hall/16 for GPIO16 of the board hall"
	case m[1] == "":
		return "write the board in front, such as hall/" + m[2]
	}
	return "write " + m[1] + "/" + m[2]
}

// boardPart and numberPart are where the two halves stand in the text.
func (f *pin) boardPart() part { return part{0, len([]rune(string(f.board)))} }

func (f *pin) numberPart() part {
	return part{len([]rune(string(f.board))) + 1, len(strconv.Itoa(f.number))}
}

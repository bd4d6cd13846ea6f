package hub

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"hob/internal/entity"
)

// WebSocket opcodes (RFC 6455 section 5.2), with FIN set.
const (
	frameText  = 0x81
	frameClose = 0x88
	framePing  = 0x89
	framePong  = 0x8a
)

// frame wraps a payload as one unmasked WebSocket frame of a server.
func frame(op byte, payload []byte) []byte {
	return append(frameHead(op, len(payload)), payload...)
}

// frameHead begins a frame, in a buffer with room for its payload of size bytes.
func frameHead(op byte, size int) []byte {
	b := make([]byte, 0, size+10)
	switch {
	case size < 126:
		return append(b, op, byte(size))
	case size < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, op, 126), uint16(size))
	}
	return binary.BigEndian.AppendUint64(append(b, op, 127), uint64(size))
}

// text is a message as a frame. Hub's own messages always marshal.
func text(message any) []byte {
	b, err := json.Marshal(message)
	if err != nil {
		panic(fmt.Sprintf("hub: %T does not marshal: %v", message, err))
	}
	return frame(frameText, b)
}

func closeFrame(code int, reason string) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(code))
	return frame(frameClose, append(b, reason...))
}

// The server's messages of docs/api.md.
type (
	areaJSON struct {
		ID   entity.AreaID `json:"id"`
		Name string        `json:"name"`
	}
	houseJSON struct {
		Name     string     `json:"name"`
		Timezone string     `json:"timezone"`
		Units    string     `json:"units"`
		Areas    []areaJSON `json:"areas"`
		// How the file is; null when no file is known.
		Config *entity.ConfigStatus `json:"config"`
	}
	entityMessage struct {
		Type     string          `json:"type"`
		Revision entity.Revision `json:"revision"`
		Entity   *entity.Record  `json:"entity"`
	}
	removedMessage struct {
		Type     string          `json:"type"`
		Revision entity.Revision `json:"revision"`
		ID       string          `json:"id"`
	}
	boardMessage struct {
		Type     string             `json:"type"`
		Revision entity.Revision    `json:"revision"`
		Board    entity.BoardRecord `json:"board"`
	}
	noticeMessage struct {
		Type     string          `json:"type"`
		Revision entity.Revision `json:"revision"`
		Notice   *entity.Notice  `json:"notice"`
	}
	noticeRemovedMessage struct {
		Type     string          `json:"type"`
		Revision entity.Revision `json:"revision"`
		ID       int64           `json:"id"`
	}
	houseMessage struct {
		Type     string          `json:"type"`
		Revision entity.Revision `json:"revision"`
		House    houseJSON       `json:"house"`
		Order    []entity.ID     `json:"order"`
	}
	resumedMessage struct {
		Type     string          `json:"type"`
		Epoch    string          `json:"epoch"`
		Revision entity.Revision `json:"revision"`
		Time     int64           `json:"time"`
	}
	pongMessage struct {
		Type string `json:"type"`
		ID   int64  `json:"id"`
		Time int64  `json:"time"`
	}
	errorMessage struct {
		Type    string `json:"type"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
)

func houseOf(h *entity.House, c *entity.ConfigStatus) houseJSON {
	out := houseJSON{Config: c, Name: h.Name, Timezone: h.Timezone, Units: h.Units, Areas: []areaJSON{}}
	for _, a := range h.Areas {
		out.Areas = append(out.Areas, areaJSON(a))
	}
	return out
}

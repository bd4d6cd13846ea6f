package hub

import (
	"encoding/binary"
	"strconv"

	"hob/internal/command"
	"hob/internal/entity"
)

const (
	longestHead = 10  // of a frame
	usualState  = 192 // what most state frames fit into, head and all
)

// stateFrame is the message `state` of docs/api.md as a frame. Every change of
// everything goes through here, while its browsers wait, so what all messages
// have is written by hand: reflection took a fifth of the time from a board's
// frame to the first browser's.
func stateFrame(rec *entity.Record) []byte {
	b := make([]byte, longestHead, usualState)
	b = append(b, `{"type":"state","revision":`...)
	b = strconv.AppendUint(b, uint64(rec.Revision), 10)
	b = appendString(append(b, `,"id":`...), string(rec.ID))
	b = appendString(append(b, `,"state":`...), rec.State)
	if rec.Attributes != (entity.NoAttributes{}) {
		b = append(append(b, `,"attributes":`...), marshal(rec.Attributes)...)
	}
	if !rec.Available {
		b = append(b, `,"available":false`...)
	}
	if rec.Unavailable != nil {
		b = append(append(b, `,"unavailable":`...), marshal(rec.Unavailable)...)
	}
	if rec.Pending != nil {
		b = appendPending(append(b, `,"pending":`...), rec.Pending)
	}
	if rec.Failure != nil {
		b = append(append(b, `,"failure":`...), marshal(rec.Failure)...)
	}
	b = strconv.AppendInt(append(b, `,"changed":`...), rec.Changed, 10)
	b = appendString(append(b, `,"cause":{"kind":`...), string(rec.Cause.Kind))
	b = appendString(append(b, `,"by":`...), rec.Cause.By)
	return headed(append(b, "}}"...))
}

// appendPending appends p as JSON. Whoever has sent the command waits for it.
func appendPending(b []byte, p *entity.Pending) []byte {
	b = appendString(append(b, `{"command":`...), string(p.Command))
	b = appendString(append(b, `,"action":`...), string(p.Action))
	b = appendString(append(b, `,"target":`...), p.Target)
	b = appendString(append(b, `,"origin":`...), string(p.Origin))
	b = appendString(append(b, `,"by":`...), p.By)
	b = strconv.AppendInt(append(b, `,"since":`...), p.Since, 10)
	return append(strconv.AppendInt(append(b, `,"until":`...), p.Until, 10), '}')
}

// resultFrame is the message `result` of docs/api.md as a frame, to the command that
// its client has called id. It is waited for like no other.
func resultFrame(id string, r *command.Result) []byte {
	b := make([]byte, longestHead, usualState)
	b = appendString(append(b, `{"type":"result","id":`...), id)
	b = appendString(append(b, `,"command":`...), string(r.Command))
	b = appendString(append(b, `,"entity":`...), string(r.Entity))
	b = appendString(append(b, `,"action":`...), string(r.Action))
	b = appendString(append(b, `,"status":`...), string(r.Status))
	b = appendString(append(b, `,"code":`...), string(r.Code))
	b = appendString(append(b, `,"message":`...), r.Message)
	if r.Detail != "" {
		b = appendString(append(b, `,"detail":`...), string(r.Detail))
	}
	if r.Params != "" {
		b = append(append(b, `,"params":`...), r.Params...)
	}
	return headed(append(b, '}'))
}

// headed makes a text frame of a payload that has room for the head before it.
func headed(b []byte) []byte {
	size := len(b) - longestHead
	switch {
	case size < 126:
		b = b[longestHead-2:]
		b[1] = byte(size)
	case size < 1<<16:
		b = b[longestHead-4:]
		b[1] = 126
		binary.BigEndian.PutUint16(b[2:], uint16(size))
	default:
		b[1] = 127
		binary.BigEndian.PutUint64(b[2:], uint64(size))
	}
	b[0] = frameText
	return b
}

// appendString appends s as JSON. Ids and states need no escaping.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return append(b, marshal(s)...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

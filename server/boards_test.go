package main

import (
	"bytes"
	"strings"
	"testing"

	"hob/internal/entity"
)

// Whoever sees a new board in the list is told what to type next.
func TestTheListOfBoardsSaysHowToAdoptOne(t *testing.T) {
	hall := entity.BoardRecord{Name: "hall", ID: "hob-7c9ebd", Status: entity.BoardOnline, Address: "192.0.2.7:80"}
	away := entity.BoardRecord{Name: "shed", ID: "hob-a0b765", Status: entity.BoardNotAdopted}
	fresh := entity.BoardRecord{Name: "desk", ID: "hob-c3d412", Status: entity.BoardNotAdopted, Address: "192.0.2.9:80"}
	for _, c := range []struct {
		list []entity.BoardRecord
		says string
	}{
		{[]entity.BoardRecord{hall, away, fresh}, "hob adopt desk CODE"},
		{[]entity.BoardRecord{hall, away}, ""},
	} {
		var out, tell bytes.Buffer
		(&cli{stdout: &out, stderr: &tell}).boardTable(c.list)
		if got := tell.String(); !strings.HasPrefix(got, c.says) || (got == "") != (c.says == "") {
			t.Errorf("%q, want %q", got, c.says)
		}
	}
}

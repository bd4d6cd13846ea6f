package app

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"hob/internal/entity"
	"hob/server/api"
	"hob/server/link"
)

func TestALinksErrorsHaveTheirStatus(t *testing.T) {
	for kind, want := range map[link.Kind]int{
		link.KindInvalid: 422, link.KindNotFound: 404, link.KindRefused: 409,
		link.KindUnavailable: 503, link.KindTimeout: 504,
	} {
		err := forPeople(fmt.Errorf("adopt: %w", &link.Error{Kind: kind, Op: "adopt", Board: hallID}))
		var why *api.BoardError
		if !errors.As(err, &why) || why.Status != want || why.Message == "" {
			t.Errorf("%v: %v", kind, err)
		}
	}
	plain := errors.New("disk on fire")
	if got := forPeople(plain); !errors.Is(got, plain) {
		t.Errorf("got %v", got)
	}
	if got := forPeople(nil); got != nil {
		t.Errorf("no error became %v", got)
	}
}

func TestADiskThatTakesNoKeyIsNamed(t *testing.T) {
	write := &os.PathError{Op: "write", Path: "/var/lib/hob/keys/hob-7c9ebd.json.new", Err: syscall.ENOSPC}
	err := forPeople(&link.Error{Kind: link.KindInternal, Op: "rotate", Board: hallID, Said: entity.Said{Message: write.Error()}, Cause: fmt.Errorf("keys: %w", write)})
	var why *api.BoardError
	if !errors.As(err, &why) || why.Status != http.StatusInsufficientStorage ||
		why.Message != "rotate "+string(hallID)+": the server cannot store the key: no space left on device" {
		t.Errorf("got %v", err)
	}
}

func TestABoardThatIsNotThereCanBeTriedAgain(t *testing.T) {
	a := build(t, options(t.TempDir()))
	run(t, a)
	for _, id := range []entity.BoardID{hallID, "hob-ffffff"} {
		err := boards{a.links}.Identify(t.Context(), id)
		var why *api.BoardError
		if !errors.As(err, &why) || why.Status != http.StatusServiceUnavailable && why.Status != http.StatusNotFound {
			t.Errorf("identify %s: %v", id, err)
			continue
		}
		if want := map[entity.BoardID]entity.Detail{hallID: "board_not_online", "hob-ffffff": "board_in_no_config"}[id]; why.Detail != want ||
			!strings.HasPrefix(why.Message, "identify "+string(id)+": the board is ") {
			t.Errorf("identify %s: %q %q, want %s", id, why.Detail, why.Message, want)
		}
	}
	if l := (boards{a.links}).Link("hob-ffffff"); l != nil {
		t.Errorf("the link of nobody: %+v", l)
	}
	if l := (boards{a.links}).Link(hallID); l != nil {
		t.Errorf("the link of an offline board: %+v", l)
	}
}

func TestACodeThatIsNoneIsRefusedBeforeABoardIsAsked(t *testing.T) {
	a := build(t, options(t.TempDir()))
	err := a.Adopt(t.Context(), hallID, "12345")
	var why *api.BoardError
	if !errors.As(err, &why) || why.Status != http.StatusUnprocessableEntity || !strings.Contains(why.Message, "26") ||
		errors.Is(err, ErrNotThere) {
		t.Errorf("got %v", err)
	}
}

func TestABoardThatWasNotFoundYetIsNotThere(t *testing.T) {
	a := build(t, options(t.TempDir()))
	run(t, a)
	if err := a.Adopt(t.Context(), hallID, "7K2QF-9XVMT-00000-00000-000000"); !errors.Is(err, ErrNotThere) {
		t.Errorf("got %v", err)
	}
}
